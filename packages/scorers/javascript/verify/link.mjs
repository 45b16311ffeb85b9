// Frames between the process of the tests and that of the answer: four bytes of length, big-endian, and that many bytes of JSON.
// Standard input and output carry them; reading waits, so that a call of the tests' is one call here.
import { readSync, writeSync } from 'node:fs'

const maxBytes = 8 << 20

function take(size) {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; ) {
    let read
    try {
      read = readSync(0, bytes, at, size - at, null)
    } catch (error) {
      if (error.code === 'EAGAIN') continue
      throw error
    }
    // The far end is gone, and with it whoever would want to know.
    if (read === 0) process.reallyExit(0)
    at += read
  }
  return bytes
}

export function receive() {
  return JSON.parse(take(take(4).readUInt32BE()).toString())
}

export function send(message) {
  let body = Buffer.from(JSON.stringify(message))
  if (body.length > maxBytes)
    body = Buffer.from(
      '{"error": {"builtin": "RangeError", "type": "RangeError", "message": "over 8 MiB", "trace": []}}',
    )
  const head = Buffer.alloc(4)
  head.writeUInt32BE(body.length)
  for (let left = Buffer.concat([head, body]); left.length > 0; ) {
    try {
      left = left.subarray(writeSync(1, left))
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
    }
  }
}
