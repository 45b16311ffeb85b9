import { open, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { withoutSecretsIn } from '../secrets.js'
import { type Entry, packed, unpacked } from './entry.js'
import { makeFolder, writeWhole } from './storage.js'

/** Replies by what was asked: see `replyKey`. */
export interface ReplyCache {
  get(key: string): Promise<Entry | undefined>
  /** Resolves once it is durable; a fault of the disk is told, and costs no more than asking again. */
  put(key: string, entry: Entry): Promise<void>
}

export interface ReplyCacheOptions {
  /** Told of the first fault of the disk: what happened, to what, and what it means. */
  onFault?(message: string): void
}

const dayMs = 24 * 3600 * 1000

/**
 * Replies in a folder, a file each; nothing is opened or created before it is needed. Any number of processes may
 * share it: a file is put in place whole, and of two that write the same the later stays. What is torn or altered is
 * no entry.
 */
export function replyCache(dir: string, options: ReplyCacheOptions = {}): ReplyCache {
  const folders = new Map<string, Promise<void>>()
  let told = false
  const tell = (what: string, path: string, error: unknown): void => {
    if (told) return
    told = true
    const { code, message } = error as NodeJS.ErrnoException
    options.onFault?.(
      `cannot ${what} ${path} (${code ?? message}): replies are not kept there, and asked again`,
    )
  }
  const folder = (path: string): Promise<void> => {
    const made = folders.get(path) ?? makeFolder(path)
    folders.set(path, made)
    return made
  }
  return {
    async get(key) {
      const path = pathOf(dir, key)
      try {
        return unpacked(key, await readFresh(path))
      } catch (error) {
        if (!isAbsent(error)) tell('read', path, error)
        return undefined
      }
    },
    async put(key, given) {
      const path = pathOf(dir, key)
      const entry = withoutSecretsIn(given)
      try {
        await folder(dirname(path))
        await writeWhole(path, packed(key, entry)).catch(async (error: unknown) => {
          if (!isAbsent(error)) throw error
          // Somebody cleaned the folder meanwhile.
          await makeFolder(dirname(path))
          await writeWhole(path, packed(key, entry))
        })
      } catch (error) {
        tell('write', path, error)
      }
    },
  }
}

/** Some hundred folders, so that none grows large. */
const pathOf = (dir: string, key: string): string => join(dir, key.slice(0, 2), `${key.slice(2)}.json`)

/** Reads a file, and marks it as in use once a day: what was not used for longest is the first to be pruned. */
async function readFresh(path: string): Promise<string> {
  await using handle = await open(path, 'r')
  const { mtimeMs } = await handle.stat()
  const now = Date.now()
  if (now - mtimeMs > dayMs) await utimes(path, now / 1000, now / 1000).catch(() => undefined)
  return handle.readFile('utf8')
}

const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
