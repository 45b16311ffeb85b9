import type { Readable, Writable } from 'node:stream'
import { caps } from '../execution/codec.js'

/** Sends a frame: four bytes of length, big-endian, and the bytes. Resolves once there is room for more. */
export async function writeFrame(out: Writable, body: Uint8Array): Promise<void> {
  if (out.destroyed || out.writableEnded) return
  const head = Buffer.alloc(4)
  head.writeUInt32BE(body.length)
  out.write(head)
  if (out.write(body)) return
  await new Promise<void>((resolve) => {
    const events = ['drain', 'close', 'error'] as const
    const done = () => {
      for (const event of events) out.off(event, done)
      resolve()
    }
    for (const event of events) out.on(event, done)
  })
}

export const jsonFrame = (out: Writable, message: unknown) =>
  writeFrame(out, Buffer.from(JSON.stringify(message)))

/** Reads frames one after the other. Bytes that are there before they were asked for stay in the stream. */
export class FrameReader {
  readonly #pieces: AsyncIterator<Uint8Array>
  #rest: Buffer = Buffer.alloc(0)

  constructor(stream: Readable) {
    stream.on('error', () => {})
    this.#pieces = stream[Symbol.asyncIterator]()
  }

  /** The next frame's bytes; `end` where the stream ends before it is whole, `too_large` where it is over 8 MiB. */
  async next(): Promise<Buffer | 'end' | 'too_large'> {
    const head = await this.#take(4)
    if (head === undefined) return 'end'
    const size = head.readUInt32BE()
    if (size > caps.bytes) return 'too_large'
    return (await this.#take(size)) ?? 'end'
  }

  async #take(size: number): Promise<Buffer | undefined> {
    const pieces = [this.#rest]
    let have = this.#rest.length
    while (have < size) {
      const piece = await this.#piece()
      if (piece === undefined) return undefined
      pieces.push(piece)
      have += piece.length
    }
    const all = pieces.length === 1 ? this.#rest : Buffer.concat(pieces)
    this.#rest = all.subarray(size)
    return all.subarray(0, size)
  }

  async #piece(): Promise<Buffer | undefined> {
    try {
      const { done, value } = await this.#pieces.next()
      return done ? undefined : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    } catch {
      return undefined
    }
  }
}
