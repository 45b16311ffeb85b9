/** The agent: the Python program that is the first process of a fork server's box. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { seccompFilter } from '../bubblewrap/seccomp.js'
import { SandboxError } from '../errors.js'
import { checkPath } from '../paths.js'
import type { ForkServerSpec, Limits, Runtime } from '../spec.js'

/** How jobs are kept apart: each a user of its own, in namespaces, or not at all. */
type Mode = 'users' | 'namespaces' | 'bare'

/** Where the agent finds what it needs in its box. */
export interface Layout {
  readonly mode: Mode
  /** A folder that it can write, where jobs have theirs. */
  readonly scratch: string
  /** An empty folder that it can write and jobs, in the end, cannot. */
  readonly programs: string
  /** Where jobs have users of their own: the first that is the box's, and how many are. */
  readonly users?: readonly [first: number, count: number]
}

/** In the order in which they need each other. */
const modules = ['linux', 'channel', 'places', 'start', 'cell', 'cells', 'job', 'broker']

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

/** Of the jobs: what else an engine or an image gives the agent, they do not see. */
function jobEnv(spec: ForkServerSpec): Record<string, string> {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', ...spec.env }
}

/** What the agent reads first. */
export function opening(
  layout: Layout,
  spec: ForkServerSpec,
  limits: Limits,
  node: Runtime | undefined,
): Buffer {
  for (const name of Object.keys(spec.programs)) checkPath(name)
  const base64 = (content: string | Uint8Array) => Buffer.from(content).toString('base64')
  const filters = {
    x86_64: seccompFilter('x64', { warm: true }),
    aarch64: seccompFilter('arm64', { warm: true }),
  }
  const text = Buffer.from(
    JSON.stringify({
      ...layout,
      agent: modules.map((name) => [name, source(`${name}.py`)]),
      filters: Object.fromEntries(
        Object.entries(filters).map(([machine, filter]) => [machine, base64(filter ?? '')]),
      ),
      env: jobEnv(spec),
      diskBytes: limits.diskBytes,
      outputBytes: limits.outputBytes,
      rlimits: processLimits(layout.mode, limits),
      sources: Object.fromEntries(
        Object.entries(spec.programs).map(([name, content]) => [name, base64(content)]),
      ),
      ...nodes(layout, spec, limits, node),
    }),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([mark, length, text])
}

/** Even in number, so that each has one to be joined to. */
export function spareNodes(spec: ForkServerSpec): number {
  const wanted = spec.spareNodes ?? 0
  return wanted + (wanted % 2)
}

/**
 * How spare Nodes are started. A hash seed of its own would cost each a sixth of its start, and gives nothing to a
 * process that serves nobody; threads beside the main one only make a short program longer.
 */
function nodes(layout: Layout, spec: ForkServerSpec, limits: Limits, node: Runtime | undefined) {
  const count = spareNodes(spec)
  if (count === 0) return { spareNodes: 0 }
  if (node === undefined)
    throw new SandboxError('unsupported', 'No Node in this box for programs in JavaScript.')
  const flags = ['--hash-seed=1', '--no-rehash-snapshot', '--single-threaded', '--v8-pool-size=0']
  const heap = `--max-old-space-size=${Math.floor(limits.memoryBytes / 2 ** 20)}`
  const names = Object.keys(spec.programs)
  return {
    spareNodes: count,
    node: [node.command, ...flags, heap, `${layout.programs}/.spare.cjs`, layout.programs, ...names],
    nodeBytes: limits.memoryBytes + 512 * 2 ** 20,
    spare: source('spare.cjs'),
  }
}

function processLimits(mode: Mode, limits: Limits): Record<string, number> {
  return {
    RLIMIT_CORE: 0,
    RLIMIT_FSIZE: limits.diskBytes,
    // Without users or namespaces of their own, everything else that the user runs would count.
    ...(mode === 'bare' ? {} : { RLIMIT_NPROC: limits.pids }),
  }
}
