import { withoutSecrets } from '@bench/providers'

type Write = (chunk: string | Uint8Array, ...rest: unknown[]) => boolean

/** From here on nothing known to be a secret leaves by this stream, whoever writes to it. */
export function guard(stream: { write: unknown }): void {
  const write = (stream.write as Write).bind(stream)
  stream.write = ((chunk, ...rest) =>
    write(typeof chunk === 'string' ? withoutSecrets(chunk) : cleanBytes(chunk), ...rest)) satisfies Write
}

function cleanBytes(chunk: Uint8Array): Uint8Array {
  const text = Buffer.from(chunk).toString('latin1')
  const safe = withoutSecrets(text)
  return safe === text ? chunk : Buffer.from(safe, 'latin1')
}
