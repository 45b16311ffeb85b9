/** Threads that run an interpreter, one job each, at most one per core. They share the compiled interpreter. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { SandboxError } from '../errors.js'
import type { CompiledModule } from './module.js'

/** A file by its path, or an empty folder by its path and a `/`. */
export type WasmFile = [path: string, data: Uint8Array]

interface WasmJob {
  /** Its memory has a maximum. */
  readonly module: CompiledModule
  readonly args: readonly string[]
  /** `NAME=value`. */
  readonly env: readonly string[]
  readonly files: readonly WasmFile[]
  readonly stdin: Uint8Array
  readonly diskBytes: number
  readonly outputBytes: number
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

export interface WasmOutcome {
  /** `abort`: a trap. `fault`: its stack ran over, or a pointer pointed nowhere. `lost`: the thread itself died. */
  readonly end: 'exit' | 'abort' | 'fault' | 'output_limit' | 'timeout' | 'killed' | 'out_of_memory' | 'lost'
  /** Where it ended by `exit`. */
  readonly code?: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  readonly ms: number
  readonly peakBytes?: number
  /** The files as it left them; absent where it changed none, or had no time to say. */
  readonly files?: WasmFile[]
}

export interface WasmPool {
  /** @throws SandboxError `failed` where the job could not be started. */
  run(job: WasmJob): Promise<WasmOutcome>
}

/** Jobs after which a thread makes room for a fresh one: what its collector left lying goes with it. */
const jobsPerThread = 200
/** A job that used more than this leaves a thread that is not worth keeping. */
const keptBytes = 64 * 2 ** 20
const idleMs = 10_000
/** A thread that can't be started in this time never will be. */
const startMs = 30_000

/** @param size Most jobs at the same time. More wait their turn, and their time limit waits with them. */
export function createPool(size = availableParallelism()): WasmPool {
  const idle: Thread[] = []
  const waiting: (() => void)[] = []
  let running = 0

  return {
    async run(job) {
      if (running < size) running++
      else await new Promise<void>((resolve) => waiting.push(resolve))
      const thread = idle.pop() ?? startThread()
      clearTimeout(thread.idle)
      try {
        const outcome = await runOn(thread, job)
        if (
          outcome.end === 'exit' &&
          (outcome.peakBytes ?? 0) <= keptBytes &&
          ++thread.jobs < jobsPerThread
        ) {
          rest(thread, idle)
        } else {
          await thread.worker.terminate()
        }
        return outcome
      } catch (error) {
        await thread.worker.terminate()
        throw error
      } finally {
        const next = waiting.shift()
        if (next === undefined) running--
        else next()
      }
    },
  }
}

interface Thread {
  readonly worker: Worker
  jobs: number
  /** Shared with it, and kept for its next job: what is touched of it is all that it costs. */
  output?: SharedArrayBuffer
  idle?: NodeJS.Timeout
}

interface Started {
  readonly started: true
}
type Done = Pick<WasmOutcome, 'end' | 'code' | 'peakBytes' | 'files'>

function startThread(): Thread {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    // Neither the keys in our environment nor our flags are any business of it.
    env: {},
    execArgv: [],
    stdin: false,
    // Of JavaScript's own heap; the memory of WebAssembly has a maximum of its own.
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 16 },
  })
  // A thread that fails after its last word is no longer anyone's concern, but must not crash the process.
  worker.on('error', () => {})
  return { worker, jobs: 0 }
}

/** An idle thread keeps nobody's process alive, and ends after a while. */
function rest(thread: Thread, idle: Thread[]): void {
  thread.worker.unref()
  thread.idle = setTimeout(() => {
    idle.splice(idle.indexOf(thread), 1)
    void thread.worker.terminate()
  }, idleMs).unref()
  idle.push(thread)
}

function runOn(thread: Thread, job: WasmJob): Promise<WasmOutcome> {
  const { worker } = thread
  const { timeoutMs, signal, outputBytes, ...message } = job
  const output = outputFor(thread, outputBytes)
  let startedAt: number | undefined
  worker.ref()

  return new Promise<WasmOutcome>((resolve, reject) => {
    let timer = setTimeout(
      () => settle(() => reject(failed(`it did not start within ${startMs / 1000} s`))),
      startMs,
    )
    const onAbort = () => finish({ end: 'killed' })
    const onMessage = (reply: Started | Done) => {
      if (!('started' in reply)) return finish(reply)
      startedAt = performance.now()
      clearTimeout(timer)
      timer = setTimeout(() => finish({ end: 'timeout' }), timeoutMs)
    }
    const onError = (error: Error & { code?: string }) => {
      // Once it runs, whatever ends it is its own doing.
      if (startedAt === undefined) return settle(() => reject(failed(error.message, error)))
      finish({ end: error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out_of_memory' : 'lost' })
    }
    const onExit = () => onError(new Error('the thread ended'))

    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted) onAbort()
    else worker.postMessage({ ...message, output })

    function finish(done: Done): void {
      const ms = startedAt === undefined ? 0 : performance.now() - startedAt
      settle(() => resolve({ ...done, ...outputOf(output), ms }))
    }
    function settle(act: () => void): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      act()
    }
  })
}

/** The two counts of bytes, then room for stdout and for stderr. */
function outputFor(thread: Thread, outputBytes: number): SharedArrayBuffer {
  const length = 8 + 2 * outputBytes
  if (thread.output?.byteLength !== length) thread.output = new SharedArrayBuffer(length)
  new Int32Array(thread.output, 0, 2).fill(0)
  return thread.output
}

function outputOf(output: SharedArrayBuffer): { stdout: Uint8Array; stderr: Uint8Array } {
  const counts = new Int32Array(output, 0, 2)
  const room = (output.byteLength - 8) / 2
  const [stdout, stderr] = [0, 1].map((index) =>
    new Uint8Array(output, 8 + index * room, Atomics.load(counts, index)).slice(),
  ) as [Uint8Array, Uint8Array]
  return { stdout, stderr }
}

function failed(why: string, cause?: unknown): SandboxError {
  return new SandboxError('failed', `The WebAssembly sandbox could not start an interpreter: ${why}.`, cause)
}
