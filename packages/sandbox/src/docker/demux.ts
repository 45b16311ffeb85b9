import { once } from 'node:events'
import { PassThrough, type Readable } from 'node:stream'

/**
 * Splits an attached stream into stdout and stderr, no faster than they are read.
 * Format: Docker Engine API, "Stream format" of ContainerAttach: one byte of type, three of nothing, four of length.
 */
export function demux(stream: Readable): { stdout: PassThrough; stderr: PassThrough; ended: Promise<void> } {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const pass = async () => {
    let pending = Buffer.alloc(0)
    let target = stdout
    let left = 0
    for await (const chunk of stream) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      while (left > 0 ? pending.length > 0 : pending.length >= 8) {
        if (left === 0) {
          target = pending[0] === 2 ? stderr : stdout
          left = pending.readUInt32BE(4)
          pending = pending.subarray(8)
          continue
        }
        const part = pending.subarray(0, left)
        pending = pending.subarray(part.length)
        left -= part.length
        // A reader that has had enough destroys its stream: the rest is drained into nothing.
        if (!target.destroyed && !target.write(part))
          await Promise.race([once(target, 'drain'), once(target, 'close')])
      }
    }
  }
  const ended = pass()
    .catch(() => {}) // The connection went: an end like any other.
    .then(() => {
      for (const side of [stdout, stderr]) side.end()
    })
  return { stdout, stderr, ended }
}
