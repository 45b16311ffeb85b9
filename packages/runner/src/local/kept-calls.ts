import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { withoutSecretsIn } from '@bench/providers'
import { z } from 'zod'
import type { KeptCall, KeptCalls } from '../solve/spec.js'
import { storageError, syncFolder, writeFileDurably } from './storage.js'

const entry = z.object({
  v: z.literal(1),
  question: z.string(),
  tries: z.number().int(),
  completion: z.custom<KeptCall['completion']>((value) => typeof value === 'object' && value !== null),
})

/**
 * Keeps them in `calls/` in a run's folder, a folder for each attempt under way and a file for each call. Nothing is created before
 * something is kept. Whoever writes holds the run's lock.
 *
 * @throws RunnerError `storage`, in each of its methods
 */
export function openKeptCalls(dir: string): KeptCalls {
  const folder = join(dir, 'calls')
  const fileOf = (key: string, nth: number) => join(folder, key, `${nth}.json`)
  return {
    async get(key, nth) {
      const path = fileOf(key, nth)
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
        throw storageError('read', path, error)
      })
      if (text === undefined) return undefined
      const read = entry.safeParse(parsed(text))
      return read.success ? read.data : undefined
    },
    async put(key, nth, call) {
      const own = join(folder, key)
      try {
        if ((await mkdir(own, { recursive: true })) !== undefined) {
          await syncFolder(folder)
          await syncFolder(dir)
        }
      } catch (error) {
        throw storageError('create', own, error)
      }
      await writeFileDurably(fileOf(key, nth), JSON.stringify({ v: 1, ...withoutSecretsIn(call) }))
    },
    async forget(key) {
      await rm(join(folder, key), { recursive: true, force: true }).catch((error: unknown) => {
        throw storageError('remove', join(folder, key), error)
      })
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
