import type { ServerResponse } from 'node:http'
import type { Exchange } from './exchange.js'

/** Plays one scripted reply. Ends early, without a word, where whoever asked has gone. */
export async function write(response: ServerResponse, exchange: Exchange): Promise<void> {
  const { status = 200, headers = {}, body = '', raw, waits = {}, cutAt, ending = 'end' } = exchange
  if (waits.headers) await pause(waits.headers, response)
  if (raw !== undefined) return writeRaw(response, raw, ending)
  response.writeHead(status, headers as Record<string, string | string[]>)
  const whole = typeof body === 'string' || body instanceof Uint8Array ? [body] : body
  const chunks = cutAt === undefined ? whole : cut(whole, cutAt)
  const end = cutAt === undefined ? ending : 'cut'
  const slow = waits.body || waits.chunks
  if (end === 'end' && chunks.length <= 1 && !slow) {
    response.end(chunks[0] ?? '')
    return
  }
  response.flushHeaders()
  if (waits.body) await pause(waits.body, response)
  for (const [index, chunk] of chunks.entries()) {
    if (index > 0 && waits.chunks) await pause(waits.chunks, response)
    if (response.destroyed) return
    if (chunk.length === 0) continue
    await new Promise((resolve) => response.write(chunk, resolve))
    // Its own packet: what is written together is read together.
    if (!waits.chunks) await new Promise((resolve) => setImmediate(resolve))
  }
  if (end === 'end') response.end()
  if (end === 'cut') response.destroy()
}

function writeRaw(response: ServerResponse, raw: string | Uint8Array, ending: Exchange['ending']): void {
  const { socket } = response
  if (!socket) return
  if (raw.length > 0) socket.write(raw)
  if (ending === 'cut') socket.resetAndDestroy()
  if (ending === 'end') socket.end()
}

function cut(chunks: readonly (string | Uint8Array)[], at: number): Uint8Array[] {
  const bytes = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk as string)))
  return [bytes.subarray(0, at)]
}

const pause = (ms: number, response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      response.off('close', done)
      resolve()
    }
    response.on('close', done)
  })
