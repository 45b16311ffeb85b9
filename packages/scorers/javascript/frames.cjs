/**
 * Frames on a job's descriptors: four bytes of length, big-endian, and that many bytes of JSON. All programs send and take them here,
 * and wait for them without the event loop: a test calls the candidate as it would call any function.
 */
'use strict'
const { readSync, writeSync } = require('node:fs')
const { methods } = require('./natives.cjs')

/** As the fork server hands them to a job: its result, and in a job of two what the other wrote and what it reads. */
const RESULT = 3
const HEARD = 4
const SAID = 5

const { byteLength, allocUnsafe } = Buffer
const [write, head, subarray, textOf] = methods(
  Buffer.prototype,
  'latin1Write',
  'writeUInt32BE',
  'subarray',
  'utf8Slice',
)
const [fill] = methods(Buffer.prototype, 'utf8Write')
/** Of a frame that a candidate's process sends. */
const MAX_FRAME = (8 << 20) + 1024

/** Sends JSON text, whole. */
function send(fd, text) {
  const size = byteLength(text)
  const frame = allocUnsafe(size + 4)
  head(frame, size, 0)
  if (size === text.length) write(frame, text, 4, size)
  else fill(frame, text, 4, size)
  for (let at = 0; at < frame.length; ) at += waiting(() => writeSync(fd, frame, at, frame.length - at))
}

/** The next frame's text; undefined where the far end has closed, or sends more than `most` bytes. */
function receive(fd, most = Number.POSITIVE_INFINITY) {
  const first = take(fd, 4)
  if (first === undefined) return undefined
  const size = first.readUInt32BE(0)
  if (size > most) return undefined
  const body = take(fd, size)
  return body && textOf(body, 0, size)
}

function take(fd, size) {
  const bytes = allocUnsafe(size)
  for (let at = 0; at < size; ) {
    const got = waiting(() => readSync(fd, bytes, at, size - at, null))
    if (got === 0) return undefined
    at += got
  }
  return subarray(bytes, 0, size)
}

/** Pipes may have been set not to block. */
function waiting(attempt) {
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      // Nobody is there any more.
      if (error.code === 'EPIPE') process.reallyExit(0)
      if (error.code !== 'EAGAIN' && error.code !== 'EINTR') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}

module.exports = { HEARD, MAX_FRAME, RESULT, SAID, receive, send }
