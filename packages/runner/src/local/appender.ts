import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { withoutSecrets } from '@bench/providers'
import { storageError, syncFolder, writeAll } from './storage.js'

/** A file of lines that only grows. */
export interface Appender extends AsyncDisposable {
  /**
   * Adds a text, whole lines with their newline. Resolves with the byte offset where it begins, once it is durable.
   * Texts land in the order of the calls. After one failure every later call fails alike.
   *
   * @throws RunnerError `storage`
   */
  append(text: string): Promise<number>
  /** Bytes of a torn last line that were cut off when it was opened; 0 where it was whole. */
  readonly healed: number
}

interface Waiting {
  readonly text: string
  resolve(offset: number): void
  reject(error: Error): void
}

/**
 * Opens a file for appending, creating it and cutting off what a crash left of a last line. Group commit: texts
 * that arrive while a write is under way go out together in one write and one `fdatasync`.
 *
 * @throws RunnerError `storage`
 */
export async function openAppender(path: string): Promise<Appender> {
  const opened = await openWhole(path).catch((error: unknown) => {
    throw storageError('open', path, error)
  })
  const { handle, healed } = opened
  let size = opened.size
  let queue: Waiting[] = []
  let failure: Error | undefined
  let pumping: Promise<void> | undefined

  /** One buffer for all writes, as large as the largest: a new one each time frays the memory. */
  let buffer = Buffer.allocUnsafeSlow(64 * 1024)
  const encoded = (text: string): Uint8Array => {
    const length = Buffer.byteLength(text)
    if (length > buffer.length) buffer = Buffer.allocUnsafeSlow(2 * length)
    return buffer.subarray(0, buffer.write(text))
  }

  async function pump(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue
      queue = []
      try {
        await writeAll(handle, encoded(batch.map(({ text }) => text).join('')))
        await handle.datasync()
        for (const { text, resolve } of batch) {
          resolve(size)
          size += Buffer.byteLength(text)
        }
      } catch (error) {
        failure = storageError('write', path, error)
        // What was not acknowledged is taken back, so that the file ends with a whole line. If the disk refuses
        // even that, the next opening heals it.
        await handle.truncate(size).catch(() => undefined)
        for (const { reject } of [...batch, ...queue]) reject(failure)
        queue = []
      }
    }
    pumping = undefined
  }

  return {
    healed,
    append(given) {
      const text = withoutSecrets(given)
      if (failure !== undefined) return Promise.reject(failure)
      return new Promise((resolve, reject) => {
        queue.push({ text, resolve, reject })
        pumping ??= pump()
      })
    },
    async [Symbol.asyncDispose]() {
      await pumping
      failure ??= storageError('write', path, new Error('it is closed'))
      await handle.close()
    },
  }
}

async function openWhole(path: string): Promise<{ handle: FileHandle; size: number; healed: number }> {
  const handle = await open(path, 'a+')
  try {
    const { size } = await handle.stat()
    const whole = await endOfLastLine(handle, size)
    if (whole < size) await handle.truncate(whole)
    await handle.sync()
    await syncFolder(dirname(path))
    return { handle, size: whole, healed: size - whole }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** The offset after the last newline; 0 where there is none. */
async function endOfLastLine(handle: FileHandle, size: number): Promise<number> {
  const block = Buffer.alloc(64 * 1024)
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - block.length)
    const { bytesRead } = await handle.read(block, 0, end - start, start)
    const newline = block.subarray(0, bytesRead).lastIndexOf(0x0a)
    if (newline >= 0) return start + newline + 1
    end = start
  }
  return 0
}
