import { type FileHandle, open } from 'node:fs/promises'
import { storageError } from './storage.js'

/** Lines of a file that is only ever appended to, by where they begin. */
export interface LineReader extends AsyncDisposable {
  /**
   * Without its newline; what is there of a last line that has none.
   *
   * @throws RunnerError `storage`
   */
  lineAt(offset: number): Promise<Buffer>
}

/** Part of a file as it was read once: lines that are whole in it are so for ever. */
interface Block {
  readonly at: number
  readonly bytes: Buffer
}

const lineSize = 4096
const blockSize = 64 * 1024
/** Attempts of one moment end in any order: the next line may be one from shortly before. */
const before = 8 * 1024

/** Opens the file at the first look. Who looks at one line after another, in about their order, has most of them without reading. */
export function lineReader(path: string): LineReader {
  let reader: Promise<FileHandle> | undefined
  let held: Block | undefined

  async function read(handle: FileHandle, at: number, size: number): Promise<Block> {
    const block = Buffer.allocUnsafeSlow(size)
    const { bytesRead } = await handle.read(block, 0, size, at)
    return { at, bytes: block.subarray(0, bytesRead) }
  }

  return {
    async lineAt(offset) {
      const known = held && lineIn(held, offset)
      if (known !== undefined) return known
      try {
        reader ??= open(path, 'r')
        const handle = await reader
        const near = held !== undefined && Math.abs(offset - held.at) < 2 * blockSize
        const block = near
          ? await read(handle, Math.max(0, offset - before), blockSize)
          : await read(handle, offset, lineSize)
        held = block
        const line = lineIn(block, offset)
        if (line !== undefined) return line
        const parts = [block.bytes.subarray(offset - block.at)]
        for (let at = block.at + block.bytes.length; ; ) {
          const { bytes } = await read(handle, at, blockSize)
          const end = bytes.indexOf(0x0a)
          parts.push(end >= 0 ? bytes.subarray(0, end) : bytes)
          if (end >= 0 || bytes.length === 0) return Buffer.concat(parts)
          at += bytes.length
        }
      } catch (error) {
        throw storageError('read', path, error)
      }
    },
    async [Symbol.asyncDispose]() {
      const handle = await reader?.catch(() => undefined)
      await handle?.close()
    },
  }
}

/** @returns undefined where it is not whole in there */
function lineIn({ at, bytes }: Block, offset: number): Buffer | undefined {
  if (offset < at || offset >= at + bytes.length) return undefined
  const end = bytes.indexOf(0x0a, offset - at)
  return end < 0 ? undefined : bytes.subarray(offset - at, end)
}
