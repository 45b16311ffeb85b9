/**
 * What every driver does around a running command: feed it, keep its output within bounds, end it in time.
 * A driver only says how a command is started and how it and all it started are killed.
 */
import { once } from 'node:events'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { ExecOptions, ExecResult, ExitReason, Limits, Resident } from './spec.js'

export interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

/** A command that has begun. */
export interface Running {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** The command itself ended; what it started may still run and hold its streams. Never rejects. */
  readonly exited: Promise<Exit>
  /** Ends whatever is left of it. Resolves when nothing is; may be called again. */
  kill(): Promise<void>
  /** After `kill`: what is known of its memory. */
  readonly memory?: () => { peakBytes?: number; exhausted: boolean }
}

/**
 * How long after its end a command's last output may take to arrive. Whatever held the stream is dead by then, but where
 * another command of its box goes on: only there is it waited for in vain, and a busy engine must lose nothing.
 */
const drainMs = 5000

/** Runs a command to its end within its limits, or until `closing`. Nothing of it is alive when this resolves. */
export async function complete(
  running: Running,
  limits: Limits,
  options: ExecOptions,
  closing: AbortSignal,
): Promise<ExecResult> {
  const begun = performance.now()
  const command = watch(running, limits.timeoutSec, options.signal ? [closing, options.signal] : [closing])
  const full = () => command.end('output_limit')
  const told = (stream: 'stdout' | 'stderr') => (chunk: Buffer) =>
    options.onOutput?.(stream, new Uint8Array(chunk))
  const stdout = keep(running.stdout, limits.outputBytes, full, told('stdout'))
  const stderr = keep(running.stderr, limits.outputBytes, full, told('stderr'))
  running.stdin.on('error', () => {}) // It may end, or close its input, without reading it.
  running.stdin.end(options.stdin ?? '')
  const { reason, code, signal } = await command.ended
  const ms = performance.now() - begun
  const output = { stdout: await stdout.content(), stderr: await stderr.content() }
  const peakBytes = running.memory?.().peakBytes
  return { reason, code, signal, ...output, ms, ...(peakBytes === undefined ? {} : { peakBytes }) }
}

/** Leaves a command running; its stdout is the caller's. Time ends it only where `timeoutSec` is given. */
export function stay(
  running: Running,
  limits: Limits,
  timeoutSec: number | undefined,
  closing: AbortSignal,
): Resident {
  const command = watch(running, timeoutSec, [closing])
  const stderr = keep(running.stderr, limits.outputBytes, () => command.end('output_limit'))
  running.stdin.on('error', () => {})
  running.stdout.on('error', () => {})
  const ended = command.ended.then(async (end) => ({ ...end, stderr: await stderr.content() }))
  return {
    stdin: running.stdin,
    stdout: running.stdout,
    ended,
    async kill() {
      command.end('killed')
      await ended
    },
  }
}

/**
 * The exit of a command seen through a program that waited for it: shells, bubblewrap and container engines
 * report death by signal n as 128 + n. A program that exits with such a number itself cannot be told apart.
 */
export function exitOfStatus(status: number): Exit {
  const name = Object.entries(constants.signals).find(([, number]) => number === status - 128)?.[0]
  return name === undefined ? { code: status, signal: null } : { code: null, signal: name }
}

/** Ends the command at its time, or when told; then everything it started. */
function watch(running: Running, timeoutSec: number | undefined, aborts: readonly AbortSignal[]) {
  let reason: ExitReason = 'ok'
  let over = false
  const end = (why: ExitReason) => {
    if (over) return
    over = true
    reason = why
    void running.kill()
  }
  const timer = timeoutSec === undefined ? undefined : setTimeout(end, timeoutSec * 1000, 'timeout')
  const abort = () => end('killed')
  for (const signal of aborts) {
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
  }
  const ended = running.exited.then(async (exit) => {
    over = true
    clearTimeout(timer)
    for (const signal of aborts) signal.removeEventListener('abort', abort)
    await running.kill()
    if (reason === 'ok' && running.memory?.().exhausted) reason = 'memory'
    return { ...exit, reason }
  })
  return { ended, end }
}

/** Collects at most `cap` bytes of a stream, telling of each piece, and calls `full` at the first byte more. */
function keep(stream: Readable, cap: number, full: () => void, tell?: (kept: Buffer) => void) {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    if (size + chunk.length > cap) full()
    if (size < cap) {
      const kept = chunk.subarray(0, cap - size)
      chunks.push(kept)
      tell?.(kept)
    }
    size += chunk.length
  })
  stream.on('error', () => {})
  const closed = once(stream, 'close').catch(() => {})
  return {
    /** Once nothing writes to it any more. */
    async content(): Promise<Uint8Array> {
      let timer: NodeJS.Timeout | undefined
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, drainMs)
      })
      if (!stream.closed) await Promise.race([closed, patience])
      clearTimeout(timer)
      stream.destroy()
      return new Uint8Array(Buffer.concat(chunks))
    },
  }
}
