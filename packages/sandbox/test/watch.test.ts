import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createWatch } from '../src/bubblewrap/watch.js'
import { defaultLimits } from '../src/limits.js'

const limits = { ...defaultLimits, memoryBytes: 100 * 2 ** 20 }
const mark = 'fs.writeFileSync("/proc/self/oom_score_adj", "1000");'
/** Takes more than the limit once it is told to, and stays until nobody is left who could tell it anything. */
const hoard = `const hear = () => fs.readSync(3, Buffer.alloc(1))
fs.writeSync(1, 'x'); hear()
globalThis.hoard = Buffer.alloc(200 * 2 ** 20, 1); hear()`

/** With a network of its own, for what is in sockets counts. */
const apart = ['--map-root-user', '--net']
const ready = spawnSync('unshare', [...apart, 'true']).status === 0

/** A watched process whose child hoards, and which outlives it. */
async function watched(code: string, options: Parameters<typeof createWatch>[1]) {
  const keep = '"$0" -e "$1" & wait; exec sleep 1000'
  const first = spawn('unshare', [...apart, '/bin/sh', '-c', keep, process.execPath, code], {
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
  })
  await once(first.stdout as Readable, 'data')
  const watch = createWatch(limits, options)
  watch.add(first.pid ?? 0)
  const line = first.stdio[3] as Writable
  line.on('error', () => {}).write('x')
  return {
    first,
    watch,
    async [Symbol.asyncDispose]() {
      line.destroy()
      first.kill('SIGKILL')
      await watch.remove()
    },
  }
}

test.runIf(ready)('those who are marked go first, and their keeper stays', async () => {
  await using at = await watched(mark + hoard, { sparing: true })
  await expect
    .poll(() => readFileSync(`/proc/${at.first.pid}/cmdline`, 'latin1'), { timeout: 30_000 })
    .toBe('sleep\u00001000\u0000')
  expect(at.watch.memory().kills).toBe(1)
  expect(at.watch.memory().peakBytes).toBeGreaterThan(limits.memoryBytes)
})

test.runIf(ready).each([
  ['nobody is marked', hoard, { sparing: true }],
  ['nobody is to be spared', mark + hoard, {}],
])('all go where %s', async (_, code, options) => {
  await using at = await watched(code, options)
  expect(await once(at.first, 'exit')).toEqual([null, 'SIGKILL'])
  expect(at.watch.memory().kills).toBe(1)
})
