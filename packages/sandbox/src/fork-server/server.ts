/** The host's side of a fork server: jobs in turn, each answered in time or ended with its box. */
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { SandboxError } from '../errors.js'
import type { ForkServer, Job, JobEnd, JobProcess, JobResult, Limits, Runtime } from '../spec.js'
import { decoder, encode, type Frame } from './frames.js'

/** A running agent, whatever box it is in. */
export interface AgentBox {
  readonly stdin: Writable
  readonly stdout: Readable
  /** Resolves with what it last wrote to stderr once it has ended; never rejects. */
  readonly ended: Promise<string>
  /** Ends the box and all in it. Resolves when nothing is left; may be called again. */
  kill(): Promise<void>
  /** How often the kernel has killed in the box for want of memory, where the agent cannot know it. */
  readonly outOfMemory?: () => number
}

const defaultResultBytes = 8 * 2 ** 20 + 64 * 2 ** 10
const startMs = 20_000
/** How long after its wall time a job may take to be killed, buried and told of. */
const graceMs = 5000

/** Starts to serve. @throws SandboxError `unavailable` where the agent does not come up */
export async function serve(
  box: AgentBox,
  opening: Buffer,
  programs: readonly string[],
  limits: Limits,
  runtimes: Readonly<Record<string, Runtime>>,
): Promise<ForkServer> {
  let alive = true
  let served = 0
  let expected = 4096
  let answered: ((frame: Frame) => void) | undefined
  let broken: ((why: string) => void) | undefined
  const decode = decoder(() => expected)
  box.stdin.on('error', () => {})
  box.stdout.on('error', () => {})
  box.stdout.on('data', (chunk: Buffer) => {
    try {
      for (const frame of decode(chunk)) answered?.(frame)
    } catch (error) {
      broken?.(`the agent answered with ${(error as Error).message}`)
    }
  })
  void box.ended.then((said) => {
    // Where no job is there to be broken, the next is told.
    if (broken) broken(`the agent ended${said === '' ? '' : `: ${said}`}`)
    else alive = false
  })
  /** Says something and waits for the answer; a breach is thrown as its reason. */
  const ask = (frame: Buffer, ms: number, most: number) =>
    new Promise<Frame>((resolve, reject) => {
      const over = () => {
        clearTimeout(timer)
        answered = undefined
        broken = undefined
      }
      expected = most
      broken = (why) => {
        over()
        reject(new Error(why))
      }
      answered = (answer) => {
        over()
        resolve(answer)
      }
      const timer = setTimeout(() => broken?.('the agent does not answer'), ms)
      box.stdin.write(frame)
    })

  try {
    await ask(opening, startMs, 4096)
  } catch (error) {
    await box.kill()
    throw new SandboxError('unavailable', `The fork server did not start: ${(error as Error).message}`, error)
  }

  let last: Promise<unknown> = Promise.resolve()
  const runNow = async (job: Job, signal: AbortSignal | undefined): Promise<JobResult> => {
    signal?.throwIfAborted()
    if (!alive) throw new SandboxError('failed', 'The fork server is closed; open another.')
    const id = ++served
    const begun = performance.now()
    const resultBytes = job.resultBytes ?? defaultResultBytes
    const most = 4096 + job.processes.length * (resultBytes + 2 * limits.outputBytes)
    const abort = () => box.stdin.write(encode({ kill: id }))
    const kills = box.outOfMemory?.() ?? 0
    try {
      const answer = ask(request(id, job, resultBytes, limits), job.wallSec * 1000 + graceMs, most)
      signal?.addEventListener('abort', abort)
      const result = read(await answer, id, job)
      return (box.outOfMemory?.() ?? 0) > kills ? { ...result, ends: blame(result.ends) } : result
    } catch (error) {
      alive = false
      await box.kill()
      if (error instanceof SandboxError) throw error
      const lost = breach(job, performance.now() - begun, (error as Error).message)
      return (box.outOfMemory?.() ?? 0) > kills ? { ...lost, ends: lost.ends.map(exhausted) } : lost
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  return {
    runtimes,
    get served() {
      return served
    },
    get alive() {
      return alive
    },
    run(job, signal) {
      for (const { program } of job.processes)
        if (!programs.includes(program))
          return Promise.reject(
            new SandboxError(
              'failed',
              `No program ${program} in this fork server; there are: ${programs.join(', ')}.`,
            ),
          )
      const result = last.then(() => runNow(job, signal))
      last = result.catch(() => {})
      // A job that was ended because nobody wants it any more has no result, whatever it has told.
      return result.finally(() => signal?.throwIfAborted())
    },
    async [Symbol.asyncDispose]() {
      alive = false
      await box.kill()
    },
  }
}

function request(id: number, job: Job, resultBytes: number, limits: Limits): Buffer {
  const bytes = job.processes.flatMap(({ payload, stdin }) => [
    Buffer.from(payload),
    Buffer.from(stdin ?? ''),
  ])
  const describe = ({ program, cpuSec, memoryBytes }: JobProcess, i: number) => ({
    program,
    cpu: cpuSec,
    memory: memoryBytes ?? limits.memoryBytes,
    payload: bytes[2 * i]?.length,
    stdin: bytes[2 * i + 1]?.length,
  })
  const header = { id, processes: job.processes.map(describe), wall: job.wallSec, result: resultBytes }
  return encode(header, ...bytes)
}

interface Told extends Omit<JobEnd, 'signal' | 'result' | 'stdout' | 'stderr'> {
  readonly signal: number | null
  readonly sizes: readonly [number, number, number]
}

interface Answer {
  readonly id: number
  readonly ms: number
  readonly ends: readonly Told[]
  /** Why no process of the job could be begun. */
  readonly refused?: string
}

/** The first name of those that share a number: SIGABRT, not SIGIOT. */
const signals = new Map<number | null, string>(
  Object.entries(constants.signals)
    .reverse()
    .map(([name, number]) => [number, name]),
)

function read({ header, body }: Frame, id: number, job: Job): JobResult {
  const { id: of, ms, ends, refused } = header as unknown as Answer
  if (of === id && refused !== undefined)
    throw new SandboxError(
      'failed',
      `The fork server is lost (${refused}), and nothing of the job has begun.`,
    )
  if (of !== id || ends.length !== job.processes.length) throw new Error('the agent answered something else')
  let at = 0
  const cut = (size: number) => {
    at += size
    return new Uint8Array(body.subarray(at - size, at))
  }
  return {
    ms,
    ends: ends.map(({ reason, code, signal, cpuMs, peakBytes, sizes }) => {
      const [result, stdout, stderr] = sizes.map(cut) as [Uint8Array, Uint8Array, Uint8Array]
      const name = signal === null ? null : (signals.get(signal) ?? `SIG${signal}`)
      const used = {
        ...(cpuMs === undefined ? {} : { cpuMs }),
        ...(peakBytes === undefined ? {} : { peakBytes }),
      }
      return { reason, code, signal: name, result, stdout, stderr, ...used }
    }),
  }
}

/** The kernel killed for want of memory: told of the process that it ended, else of the one that had most. */
function blame(ends: readonly JobEnd[]): readonly JobEnd[] {
  const killed = ends.filter(({ reason, signal }) => reason === 'ok' && signal === 'SIGKILL')
  const [most] = [...(killed.length > 0 ? killed : ends)].sort(
    (a, b) => (b.peakBytes ?? 0) - (a.peakBytes ?? 0),
  )
  return ends.map((end) => (end === most && end.reason === 'ok' ? { ...end, reason: 'memory' } : end))
}

/** Its box went with it: which process of the job it was is not known. */
const exhausted = (end: JobEnd): JobEnd => ({ ...end, reason: 'memory' })

function breach(job: Job, ms: number, why: string): JobResult {
  const nothing = new Uint8Array()
  const end = {
    reason: 'killed',
    code: null,
    signal: null,
    result: nothing,
    stdout: nothing,
    stderr: nothing,
  } as const
  return { ends: job.processes.map(() => end), ms, breach: why }
}
