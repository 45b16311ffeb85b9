/** Frames between host and agent: 4 bytes of total length, 4 of the header's, a JSON header, bytes. */

export interface Frame {
  readonly header: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

export function encode(header: Readonly<Record<string, unknown>>, ...parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.from(JSON.stringify(header))
  const lengths = Buffer.alloc(8)
  lengths.writeUInt32BE(4 + head.length + parts.reduce((sum, { length }) => sum + length, 0), 0)
  lengths.writeUInt32BE(head.length, 4)
  return Buffer.concat([lengths, head, ...parts])
}

/**
 * Takes a stream apart into frames. Throws where what comes cannot be one, or is longer than `most` bytes: whatever
 * is at the other end is not to be trusted from then on.
 */
export function decoder(most: () => number): (chunk: Buffer) => Frame[] {
  let chunks: Buffer[] = []
  let size = 0
  return (chunk) => {
    chunks.push(chunk)
    size += chunk.length
    const frames: Frame[] = []
    while (size >= 8) {
      const first = chunks[0]?.length ?? 0
      if (first < 8) chunks = [Buffer.concat(chunks)]
      const [total = 0, header = 0] = [chunks[0]?.readUInt32BE(0), chunks[0]?.readUInt32BE(4)]
      if (total > most() || header > total - 4) throw new Error(`a frame of ${total} bytes`)
      if (size < 4 + total) break
      const all = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
      const parsed: unknown = JSON.parse(all.toString('utf8', 8, 8 + header))
      if (typeof parsed !== 'object' || parsed === null) throw new Error('a header that is no object')
      frames.push({ header: parsed as Frame['header'], body: all.subarray(8 + header, 4 + total) })
      chunks = [all.subarray(4 + total)]
      size -= 4 + total
    }
    return frames
  }
}
