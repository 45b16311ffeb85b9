import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'

/** A body out of the encoding it came in. We ask for none, but some gateways pack whatever passes through them. */
export function unpacked(body: Readable, encoding: string | undefined): AsyncIterable<Uint8Array> {
  const unpack = unpackers[encoding?.trim().toLowerCase() ?? '']?.()
  if (!unpack) return body
  body.on('error', (error) => unpack.destroy(error))
  unpack.on('close', () => body.destroy())
  return body.pipe(unpack)
}

const unpackers: Readonly<Record<string, () => Readable & NodeJS.WritableStream>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}
