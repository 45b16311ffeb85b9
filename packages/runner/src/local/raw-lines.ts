import { createReadStream } from 'node:fs'
import { storageError } from './storage.js'

export interface RawLine {
  /** Without its newline. Valid until the next line is asked for. */
  readonly bytes: Buffer
  /** Where it begins in the file. */
  readonly offset: number
  /** 1 is the first. */
  readonly number: number
}

/**
 * A file's whole lines, as they are when reading begins; a last one without newline is still being written and is
 * left out. A file that is not there has none.
 *
 * @throws RunnerError `storage`
 */
export async function* rawLines(path: string): AsyncGenerator<RawLine> {
  let rest: Buffer[] = []
  let offset = 0
  let number = 0
  try {
    for await (const chunk of createReadStream(path, {
      highWaterMark: 256 * 1024,
    }) as AsyncIterable<Buffer>) {
      let begin = 0
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, begin)) {
        const tail = chunk.subarray(begin, end)
        const bytes = rest.length === 0 ? tail : Buffer.concat([...rest, tail])
        rest = []
        number++
        yield { bytes, offset, number }
        offset += bytes.length + 1
        begin = end + 1
      }
      if (begin < chunk.length) rest.push(chunk.subarray(begin))
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw storageError('read', path, error)
  }
}
