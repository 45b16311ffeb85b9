/** The agent: the Python program that is the first process of a fork server's box. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { seccompFilter } from '../bubblewrap/seccomp.js'
import { checkPath } from '../paths.js'
import type { ForkServerSpec, Limits, Runtime } from '../spec.js'

/** How jobs are kept apart: each a user of its own, in namespaces, or not at all. */
export type Mode = 'users' | 'namespaces' | 'bare'

/** Where the agent finds what it needs in its box. */
export interface Layout {
  readonly mode: Mode
  /** A folder that it can write, where jobs have theirs. */
  readonly scratch: string
  /** An empty folder that it can write and jobs, in the end, cannot. */
  readonly programs: string
}

/** In the order in which they need each other. */
const modules = ['linux', 'channel', 'places', 'start', 'cell', 'job', 'broker']

const mark = Buffer.from('\0bench-agent\n')

/** Beside `src` in the sources, beside `dist` in the package. */
function source(name: string): string {
  const places = ['../agent', '../../agent'].map((folder) =>
    fileURLToPath(new URL(`${folder}/${name}`, import.meta.url)),
  )
  return readFileSync(places.find((path) => existsSync(path)) ?? name, 'utf8')
}

/** Not `-I`: its environment is ours, and the same order of sets and dictionaries' keys every time is wanted. */
export function agentCommand(python: string): readonly string[] {
  return [python, '-s', '-S', '-B', '-X', 'utf8', '-c', source('boot.py')]
}

export const agentEnv = { PYTHONHASHSEED: '0' }

/** What the agent reads first. */
export function opening(
  layout: Layout,
  spec: ForkServerSpec,
  limits: Limits,
  node: Runtime | undefined,
): Buffer {
  for (const name of Object.keys(spec.programs)) checkPath(name)
  const base64 = (content: string | Uint8Array) => Buffer.from(content).toString('base64')
  const filters = { x86_64: seccompFilter('x64'), aarch64: seccompFilter('arm64') }
  const text = Buffer.from(
    JSON.stringify({
      ...layout,
      agent: modules.map((name) => [name, source(`${name}.py`)]),
      filters: Object.fromEntries(
        Object.entries(filters).map(([machine, filter]) => [machine, base64(filter ?? '')]),
      ),
      diskBytes: limits.diskBytes,
      outputBytes: limits.outputBytes,
      rlimits: processLimits(layout.mode, limits),
      keeps: process.platform === 'linux',
      sources: Object.fromEntries(
        Object.entries(spec.programs).map(([name, content]) => [name, base64(content)]),
      ),
      node: node === undefined ? [] : [node.command],
    }),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([mark, length, text])
}

function processLimits(mode: Mode, limits: Limits): Record<string, number> {
  return {
    RLIMIT_CORE: 0,
    RLIMIT_FSIZE: limits.diskBytes,
    RLIMIT_NOFILE: 256,
    // Without users or namespaces of their own, everything else that the user runs would count.
    ...(mode === 'bare' ? {} : { RLIMIT_NPROC: limits.pids }),
  }
}
