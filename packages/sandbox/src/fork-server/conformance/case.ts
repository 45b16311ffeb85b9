import type { ForkServer, ForkServerSpec, Job, JobEnd, JobProcess, SandboxDriver } from '../../spec.js'

/** One thing that every fork server must hold to. */
export interface Case {
  readonly name: string
  /** Needs Node in the box. */
  readonly node?: boolean
  /** Does to the machine what it tries, where nothing keeps it from that. */
  readonly harms?: boolean
  run(at: Place): Promise<void>
}

export interface Place {
  readonly driver: SandboxDriver
  /** Opens one with the programs of this suite. */
  open(spec?: Partial<ForkServerSpec>): Promise<ForkServer>
}

export const MiB = 2 ** 20

/** `run.py` and `run.cjs` are whatever their payload says; `tell(...)` writes to the result. */
export const programs = {
  'run.py': `
import os, sys
def tell(*values):
    data = ' '.join(map(str, values)).encode()
    while data: data = data[os.write(3, data):]
def hear():
    return os.read(4, 65536).decode()
def say(text):
    os.write(5, text.encode())
def main(payload):
    exec(compile(payload, 'job.py', 'exec'), {'__name__': 'job', 'tell': tell, 'hear': hear, 'say': say, 'os': os, 'sys': sys})
`,
  'run.cjs': `
const fs = require('node:fs')
const tell = (...values) => fs.writeSync(3, values.join(' '))
const hear = () => { const b = Buffer.alloc(65536); return b.toString('utf8', 0, fs.readSync(4, b)) }
const say = (text) => fs.writeSync(5, text)
exports.main = (payload) => new Function('tell', 'hear', 'say', 'fs', 'require', payload.toString())(tell, hear, say, fs, require)
`,
  'run.sh': '. "./$1"\n',
} as const

export interface Outcome extends JobEnd {
  readonly told: string
  readonly out: string
  readonly err: string
}

type Options = Partial<Omit<JobProcess, 'payload'>>

export function python(payload: string | Uint8Array, options: Options = {}): JobProcess {
  return { program: 'run.py', payload, cpuSec: 5, ...options }
}

export function node(payload: string | Uint8Array, options: Options = {}): JobProcess {
  return { program: 'run.cjs', payload, cpuSec: 5, ...options }
}

/** Runs one process and reads what it wrote. @throws where the job was a breach */
export async function alone(
  server: ForkServer,
  process: JobProcess,
  options: Partial<Omit<Job, 'processes'>> = {},
): Promise<Outcome> {
  const { ends, breach } = await server.run({ processes: [process], wallSec: 30, ...options })
  if (breach !== undefined) throw new Error(`breach: ${breach}`)
  return readable(ends[0])
}

/** Runs two that are joined. @throws where the job was a breach */
export async function both(
  server: ForkServer,
  first: JobProcess,
  last: JobProcess,
  options: Partial<Omit<Job, 'processes'>> = {},
): Promise<readonly [Outcome, Outcome]> {
  const { ends, breach } = await server.run({ processes: [first, last], wallSec: 30, ...options })
  if (breach !== undefined) throw new Error(`breach: ${breach}`)
  return [readable(ends[0]), readable(ends[1])]
}

function readable(end: JobEnd | undefined): Outcome {
  if (end === undefined) throw new Error('The job has an end too few.')
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
  return { ...end, told: text(end.result), out: text(end.stdout), err: text(end.stderr) }
}
