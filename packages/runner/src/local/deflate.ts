import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Codec } from '../record/packed.js'

/** A window of 8 kB holds some thirty rows, enough to find what they share, and asks for a quarter of zlib's usual memory each time. */
const options = { level: 1, windowBits: 13, memLevel: 6 } as const

/** All texts are brought into this one buffer, as large as the largest: a new one for each frays the memory. */
let scratch = Buffer.alloc(0)

/** Packs what a log is folded into: some 100 bytes a row, at the cost of about 5 microseconds. */
export const deflate: Codec = {
  pack(text) {
    const length = Buffer.byteLength(text)
    if (length > scratch.length) scratch = Buffer.allocUnsafeSlow(2 * length)
    const packed = deflateRawSync(scratch.subarray(0, scratch.write(text)), options)
    // Copied, for what comes from zlib is a part of a buffer several times its size.
    return new Uint8Array(packed)
  },
  unpack: (bytes) => inflateRawSync(bytes, { chunkSize: 128 * 1024 }).toString('utf8'),
}
