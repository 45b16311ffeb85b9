/**
 * CPython 3.11 and QuickJS compiled to WebAssembly: a box that needs nothing installed.
 *
 * The interpreter can reach only what it is handed: a file system in memory, a clock, random numbers, three
 * streams. It has no processes, no threads and no sockets, so it judges input/output tasks alone, each run a
 * fresh instance in a thread of its own. It is several times slower than Python at home.
 */
import { SandboxError } from '../errors.js'
import { limitsOf } from '../limits.js'
import { checkPath } from '../paths.js'
import type { BoxSpec, ExecOptions, Probe, Sandbox, SandboxDriver } from '../spec.js'
import { type FetchProgress, fetchWasm, loadWasm, wasmIsCached } from '../wasm/fetch.js'
import { type CompiledModule, compileLimited, hasWebAssembly } from '../wasm/module.js'
import { type WasmLanguage, wasmPackage } from '../wasm/package.js'
import { createPool, type WasmFile, type WasmPool } from '../wasm/pool.js'
import { resultOf, text } from '../wasm/result.js'

export interface WasmOptions {
  /** Where the interpreter is kept; see `fetchWasm`. */
  readonly cacheDir?: string
  /** Where it is fetched from. */
  readonly registry?: string
  /** Called while it is fetched, which the first `open` does where the cache has none. */
  readonly onProgress?: (progress: FetchProgress) => void
  /** Most runs at the same time: the number of cores by default. More wait, and waiting costs no time limit. */
  readonly workers?: number
}

/** For the first run of a compiled interpreter, on however busy a machine. */
const warmMs = 60_000
const nothing = new Uint8Array()
const runtimes = {
  python: { command: 'python3', version: wasmPackage.python },
  javascript: { command: 'qjs', version: wasmPackage.quickjs },
} as const satisfies Record<WasmLanguage, object>

const languages: Readonly<Record<string, WasmLanguage>> = {
  python3: 'python',
  python: 'python',
  qjs: 'javascript',
}

/** An empty program. */
const nothingToDo: Readonly<Record<WasmLanguage, readonly string[]>> = {
  python: ['-I', '-c', ''],
  javascript: ['nothing.js'],
}

/** Languages and memory limits for which a compiled interpreter is kept. */
const keptModules = 6

export const driver: SandboxDriver = wasm()

export function wasm(options: WasmOptions = {}): SandboxDriver {
  const engine = lazyEngine(options)
  return {
    name: 'wasm',
    isolates: true,
    kinds: ['io'],
    probe: () => probe(options, engine),
    async open(spec = {}) {
      if (spec.mounts !== undefined && spec.mounts.length > 0) {
        throw unsupported('mounts, for it never touches the files of the host')
      }
      return openBox(await engine(), spec)
    },
  }
}

interface Engine {
  readonly pool: WasmPool
  /** Compiled once for each language and memory limit. */
  module(language: WasmLanguage, memoryBytes: number): Promise<CompiledModule>
}

function lazyEngine(options: WasmOptions): () => Promise<Engine> {
  let engine: Promise<Engine> | undefined
  return () => {
    engine ??= start(options)
    // A download that failed may succeed the next time.
    engine.catch(() => {
      engine = undefined
    })
    return engine
  }
}

async function start(options: WasmOptions): Promise<Engine> {
  const folder = await fetchWasm(options)
  const pool = createPool(options.workers)
  const compiled = new Map<string, Promise<CompiledModule>>()
  return {
    pool,
    module(language, memoryBytes) {
      const key = `${language} ${memoryBytes}`
      let module = compiled.get(key)
      if (module !== undefined) return module
      module = compile(folder, language, memoryBytes, pool)
      compiled.set(key, module)
      module.catch(() => compiled.delete(key))
      for (const oldest of [...compiled.keys()].slice(0, -keptModules)) compiled.delete(oldest)
      return module
    },
  }
}

/** Functions are compiled when first called: an empty program does that, so that no one's time limit pays for it. */
async function compile(
  folder: string,
  language: WasmLanguage,
  memoryBytes: number,
  pool: WasmPool,
): Promise<CompiledModule> {
  // A binary of 20 MB is not worth keeping for a limit that may never come.
  const module = await compileLimited(await loadWasm(folder, language), memoryBytes)
  const { diskBytes, outputBytes } = limitsOf()
  const limits = { diskBytes, outputBytes, timeoutMs: warmMs }
  await pool.run({
    module,
    args: commandLine(language, nothingToDo[language]),
    env: [],
    files: [['nothing.js', nothing]],
    stdin: nothing,
    ...limits,
  })
  return module
}

async function probe(options: WasmOptions, engine: () => Promise<Engine>): Promise<Probe> {
  const works: Probe = {
    ok: true,
    version: `Python ${runtimes.python.version}`,
    runtimes,
    notes: ['WebAssembly: slower than at home; no threads, processes or time.sleep; JavaScript by QuickJS'],
  }
  if (!hasWebAssembly) {
    return {
      ok: false,
      code: 'unsupported',
      reason: 'This Node has no WebAssembly (is it run with --jitless?).',
    }
  }
  if (!(await wasmIsCached(options))) {
    const megabytes = Math.round(wasmPackage.bytes / 1e6)
    return { ...works, notes: [...works.notes, `fetched on first use (${megabytes} MB)`] }
  }
  try {
    await using box = await openBox(await engine(), {})
    await box.write({ 'nothing.js': '' })
    for (const [language, { command }] of Object.entries(runtimes)) {
      const { code, stderr } = await box.exec([command, ...nothingToDo[language as WasmLanguage]])
      if (code === 0) continue
      const reason = `${language} in WebAssembly does not run here: ${text(stderr)}`
      return { ok: false, code: 'unsupported', reason }
    }
    return works
  } catch (error) {
    return { ok: false, code: 'unsupported', reason: error instanceof Error ? error.message : String(error) }
  }
}

function openBox(engine: Engine, spec: BoxSpec): Sandbox {
  let files: readonly WasmFile[] = []
  const closed = new AbortController()
  const env = Object.entries(spec.env ?? {}).map(([name, value]) => `${name}=${value}`)

  return {
    runtimes,
    forks: false,
    async write(added) {
      const byPath = new Map(files)
      for (const [path, content] of Object.entries(added)) {
        checkPath(path)
        // Its own copy: the bytes a caller changes later are not the box's.
        byPath.set(path, Uint8Array.from(typeof content === 'string' ? Buffer.from(content) : content))
      }
      files = [...byPath]
    },
    async read(paths) {
      const byPath = new Map(files)
      const found = paths.flatMap((path) => {
        checkPath(path)
        const data = byPath.get(path)
        return data === undefined ? [] : [[path, data.slice()] as const]
      })
      return Object.fromEntries(found)
    },
    async exec([command = '', ...args], options: ExecOptions = {}) {
      if (closed.signal.aborted) throw new SandboxError('failed', 'The box is closed.')
      const language = Object.hasOwn(languages, command) ? languages[command] : undefined
      if (language === undefined) throw unsupported(`“${command}”, only python3 and qjs`)
      const limits = limitsOf(spec.limits, options.limits)
      const { stdin = '', signal, onOutput } = options
      const outcome = await engine.pool.run({
        module: await engine.module(language, limits.memoryBytes),
        args: commandLine(language, args),
        env,
        files,
        stdin: typeof stdin === 'string' ? Buffer.from(stdin) : stdin,
        diskBytes: limits.diskBytes,
        outputBytes: limits.outputBytes,
        timeoutMs: limits.timeoutSec * 1000,
        signal: signal === undefined ? closed.signal : AbortSignal.any([signal, closed.signal]),
      })
      if (outcome.files !== undefined) files = outcome.files
      // All at once: the thread that runs it answers when it has ended.
      if (outcome.stdout.length > 0) onOutput?.('stdout', outcome.stdout)
      if (outcome.stderr.length > 0) onOutput?.('stderr', outcome.stderr)
      return resultOf(language, outcome)
    },
    async start() {
      throw unsupported('commands that stay')
    },
    async [Symbol.asyncDispose]() {
      closed.abort()
      files = []
    },
  }
}

/** No file has a time here: Python would take a stale compiled module for a fresh one, so it is to keep none. */
function commandLine(language: WasmLanguage, args: readonly string[]): string[] {
  return language === 'python' ? ['python3', '-B', '-X', 'utf8', ...args] : ['qjs', ...args]
}

function unsupported(what: string): SandboxError {
  return new SandboxError(
    'unsupported',
    `The WebAssembly sandbox has no ${what}: use bubblewrap or Docker (--sandbox bubblewrap, --sandbox docker).`,
  )
}
