/**
 * What `@bench/providers` takes: processor time for each call beside that of the bare SDKs (bench/overhead.mjs), and memory
 * for many streams at once (bench/streams.mjs). Exits 1 where a floor is missed.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fail, root } from '../scripts/workspace.mjs'

const floors = { addedMs: 0.15, rssMb: 250 }
const [calls, rounds, streams] = [2000, 5, 1000]
const bench = join(root, 'bench')
const missed = []

const costs = await against([], (url) => node('overhead.mjs', url, calls, rounds))
console.log(`processor time a call, 32 at once, median of ${rounds} × ${calls}`)
console.log('            bare SDK       ours      added')
for (const [wire, { bareMs, oursMs }] of Object.entries(costs)) {
  const added = oursMs - bareMs
  const cells = [bareMs, oursMs, added].map((ms) => `${ms.toFixed(3)} ms`.padStart(11))
  console.log(wire.padEnd(9) + cells.join(''))
  if (added >= floors.addedMs)
    missed.push(`${wire}: ${added.toFixed(3)} ms added is not under ${floors.addedMs}`)
}
for (const wire of Object.keys(costs)) {
  const { rssMb } = await against([streams], (url) => node('streams.mjs', wire, url, streams))
  console.log(`${wire.padEnd(9)} ${streams} streams at once: ${rssMb.toFixed(0)} MB`)
  if (rssMb >= floors.rssMb) missed.push(`${wire}: ${rssMb.toFixed(0)} MB is not under ${floors.rssMb}`)
}
console.log(missed.length === 0 ? 'every floor held' : missed.join('\n'))
process.exitCode = missed.length === 0 ? 0 : 1

/** Runs something against a server of its own. */
async function against(args, run) {
  const server = spawn(process.execPath, [join(bench, 'instant-server.mjs'), ...args.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    return await run(String((await once(server.stdout, 'data'))[0]).trim())
  } finally {
    server.stdin.end()
  }
}

/** Runs a script of this folder to its end. @returns the JSON it printed */
async function node(script, ...args) {
  const child = spawn(process.execPath, [join(bench, script), ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.on('data', (chunk) => (printed += chunk))
  const [code] = await once(child, 'close')
  if (code !== 0) fail(`perf: bench/${script} ended with ${code}`)
  return JSON.parse(printed)
}
