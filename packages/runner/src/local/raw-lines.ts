import { open } from 'node:fs/promises'
import { storageError } from './storage.js'

export interface RawLine {
  /** Without its newline. Valid until the next line is asked for. */
  readonly bytes: Buffer
  /** Where it begins in the file. */
  readonly offset: number
  /** 1 is the first. */
  readonly number: number
}

const blockSize = 256 * 1024

/**
 * A file's whole lines; a last one without newline is still being written and is left out. A file that is not there
 * has none. Reads through one block of memory, whatever the size of the file.
 *
 * @throws RunnerError `storage`
 */
export async function* rawLines(path: string): AsyncGenerator<RawLine> {
  const block = Buffer.allocUnsafeSlow(blockSize)
  let parts: Buffer[] = []
  let offset = 0
  let number = 0
  try {
    await using handle = await open(path, 'r')
    for (;;) {
      const { bytesRead } = await handle.read(block, 0, blockSize, null)
      if (bytesRead === 0) return
      const read = block.subarray(0, bytesRead)
      let begin = 0
      for (let end = read.indexOf(0x0a); end >= 0; end = read.indexOf(0x0a, begin)) {
        const tail = read.subarray(begin, end)
        const bytes = parts.length === 0 ? tail : Buffer.concat([...parts, tail])
        parts = []
        number++
        yield { bytes, offset, number }
        offset += bytes.length + 1
        begin = end + 1
      }
      if (begin < bytesRead) parts.push(Buffer.from(read.subarray(begin)))
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw storageError('read', path, error)
  }
}
