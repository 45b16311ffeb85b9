import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { withoutSecrets } from '@bench/providers'
import { RunnerError } from '../errors.js'

const remedies: Readonly<Record<string, string>> = {
  ENOENT: 'nothing can be created there: use another folder with --output',
  ENOTDIR: 'a part of that path is a file: use another folder with --output',
  ENOSPC: 'the disk is full: free some space',
  EFBIG:
    'it would be larger than a file may be here: raise the limit with ulimit -f, or use another folder with --output',
  EDQUOT: 'the disk quota is used up: free some space',
  EIO: 'the disk reports an error: check it, or use another with --output',
  EACCES: 'no permission: check who owns it, or use another folder with --output',
  EPERM: 'no permission: check who owns it, or use another folder with --output',
  EROFS: 'the file system is read-only: use another folder with --output',
  EMFILE: 'too many files are open: raise the limit with ulimit -n',
}

/** A file operation that failed, as a person needs to hear it. What was recorded before stays. */
export function storageError(what: string, path: string, cause: unknown): RunnerError {
  if (cause instanceof RunnerError) return cause
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
  const remedy = remedies[code] ?? code
  return new RunnerError(
    'storage',
    `cannot ${what} ${path}: ${remedy}; what is recorded so far is safe`,
    cause,
  )
}

/**
 * Creates a folder and those above it. By hand, since Node's recursive `mkdir` never returns where the file system
 * lets nobody create any, as in /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  const missing: string[] = []
  for (let at = path; !(await isFolder(at)); at = dirname(at)) missing.unshift(at)
  for (const folder of missing) await mkdir(folder).catch(unlessThere)
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/** Another run may create the same folder meanwhile; a file in its place shows at the next step. */
function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

/** Writes all of it: a write may take less than it was given. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await handle.write(bytes, done, bytes.length - done, null)).bytesWritten
}

/** Makes a folder's own entries durable: names of files created or renamed in it. */
export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder, and keeps its names without being asked.
  if (process.platform === 'win32') return
  await using handle = await open(path, 'r')
  await handle.sync()
}

/**
 * Puts a whole file in place: after a crash at any point there is the old content or the new, never a part.
 *
 * @param text whole, or in pieces that no secret lies across
 * @throws RunnerError `storage`
 */
export async function writeFileDurably(path: string, text: string | Iterable<string>): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    {
      await using handle = await open(draft, 'wx')
      for (const piece of typeof text === 'string' ? [text] : text)
        await writeAll(handle, Buffer.from(withoutSecrets(piece)))
      await handle.sync()
    }
    await rename(draft, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw storageError('write', path, error)
  }
}
