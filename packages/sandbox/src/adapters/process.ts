import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { lstat, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SandboxError } from '../errors.js'
import { limitsOf } from '../limits.js'
import { checkPath } from '../paths.js'
import { endsWithUs, killGroup } from '../process-groups.js'
import { versionsOf } from '../runtimes.js'
import type { BoxSpec, Limits, Sandbox, SandboxDriver, ToolChain } from '../spec.js'
import { complete, type Exit, type Running, stay } from '../supervise.js'

/**
 * Runs commands on this machine, in a fresh folder and with a clean environment. It protects nothing:
 * only for code that you would run by hand. Never chosen unless asked for by name.
 */
export const driver: SandboxDriver = {
  name: 'process',
  isolates: false,
  kinds: ['io', 'assert'],
  async probe(toolChains) {
    await using box = await openBox()
    return {
      ok: true,
      version: `process (Node ${process.versions.node})`,
      runtimes: await runtimes(box, toolChains),
      notes: [
        'no isolation: code runs with your own rights',
        'memory limit per process only',
        'no limit of processes',
      ],
    }
  },
  async open(spec) {
    const box = await openBox(spec)
    return Object.assign(box, { runtimes: await runtimes(box, spec?.toolChains) })
  },
  async forkServer(spec) {
    await using box = await openBox()
    const { openBare } = await import('../fork-server/process.js')
    return openBare(spec, await runtimes(box, spec.toolChains))
  },
}

let known: Promise<Sandbox['runtimes']> | undefined

/** Asked once: what is installed does not change while we run. */
async function runtimes(box: Sandbox, wanted: readonly ToolChain[] = []): Promise<Sandbox['runtimes']> {
  known ??= versionsOf(box, candidates())
  const compilers = await versionsOf(box, Object.fromEntries(wanted.map((name) => [name, compilersOf[name]])))
  return { ...(await known), ...compilers }
}

const compilersOf: Readonly<Record<ToolChain, readonly string[]>> = {
  cpp: ['g++'],
  rust: ['rustc'],
  java: ['javac'],
  go: ['go'],
}

function candidates() {
  return { python: ['python3', 'python'], node: [process.execPath] }
}

async function openBox(spec: BoxSpec = {}): Promise<Sandbox> {
  if (spec.mounts?.length)
    throw new SandboxError('unsupported', 'The process driver has no mounts; read the files where they are.')
  const folder = await mkdtemp(join(tmpdir(), 'bench-process-'))
  const work = join(folder, 'work')
  await mkdir(work)
  const env = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: work,
    LANG: 'C.UTF-8',
    TMPDIR: folder,
    ...spec.env,
  }
  const alive = new Set<Running>()
  const closing = new AbortController()
  const begin = (command: readonly string[], limits: Limits) => {
    if (closing.signal.aborted) throw new SandboxError('failed', 'The box is closed; open another.')
    const running = launch(command, limits, work, env)
    alive.add(running)
    void running.exited.then(() => alive.delete(running))
    return running
  }
  return {
    runtimes: {},
    forks: true,
    async write(files) {
      for (const path of Object.keys(files)) checkPath(path)
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(work, path)), { recursive: true })
        await writeFile(join(work, path), content)
      }
    },
    async read(paths) {
      const cap = limitsOf(spec.limits).diskBytes
      const entries = await Promise.all(
        paths.map(async (path) => [path, await readRegular(work, checkPath(path), cap)] as const),
      )
      return Object.fromEntries(
        entries.filter((entry): entry is [string, Uint8Array] => entry[1] !== undefined),
      )
    },
    async exec(command, options = {}) {
      const limits = limitsOf(spec.limits, options.limits)
      return complete(begin(command, limits), limits, options, closing.signal)
    },
    async start(command, options = {}) {
      const limits = limitsOf(spec.limits, options.limits)
      return stay(begin(command, limits), limits, options.limits?.timeoutSec, closing.signal)
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await Promise.all([...alive].map((running) => running.kill()))
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** POSIX shells take `-f` in blocks of 512 bytes, `-d` in KiB; what a shell refuses stays unlimited. */
function withLimits(command: readonly string[], limits: Limits): readonly string[] {
  if (process.platform === 'win32') return command
  const script = [
    'ulimit -c 0',
    `ulimit -f ${Math.ceil(limits.diskBytes / 512)}`,
    `ulimit -d ${Math.ceil(limits.memoryBytes / 1024)}`,
    `ulimit -t ${Math.ceil(limits.timeoutSec * Math.max(1, limits.cpus)) + 1}`,
  ]
  return ['/bin/sh', '-c', `{ ${script.join('; ')}; } 2>/dev/null; exec "$@"`, 'sh', ...command]
}

function launch(
  command: readonly string[],
  limits: Limits,
  cwd: string,
  env: Record<string, string>,
): Running {
  const [file = '', ...args] = withLimits(command, limits)
  const child = spawn(file, args, { cwd, env, detached: true, stdio: 'pipe' })
  endsWithUs(child)
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.once('error', () => resolve({ code: 127, signal: null }))
  })
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    async kill() {
      killGroup(child)
      await exited
    },
  }
}

/** A regular file reached without following any link, at most `cap` bytes; anything else is absent. */
async function readRegular(work: string, path: string, cap: number): Promise<Uint8Array | undefined> {
  try {
    const names = path.split('/')
    for (let depth = 1; depth < names.length; depth++)
      if (!(await lstat(join(work, ...names.slice(0, depth)))).isDirectory()) return undefined
    await using file = await open(
      join(work, path),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    )
    const stats = await file.stat()
    return stats.isFile() && stats.size <= cap ? new Uint8Array(await file.readFile()) : undefined
  } catch (error) {
    if (
      ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
    )
      return undefined
    throw new SandboxError(
      'failed',
      `Could not read ${path} from the box: ${(error as Error).message}`,
      error,
    )
  }
}
