import type { AssertCode, Json } from '@bench/datasets'
import { type Resident, type Sandbox, type SandboxDriver, SandboxError } from '@bench/sandbox'
import { clip } from '../match.js'
import { pythonCommand, pythonProgram } from '../python.js'
import type { Outcome, Score } from '../spec.js'
import { decode, Garbage, parse } from './codec.js'
import { FrameReader, jsonFrame, writeFrame } from './frames.js'
import { asRecord, failureIn } from './result.js'
import { boxSpec, pythonOf } from './runtime.js'
import { show } from './show.js'
import { backstop, lateStatus } from './time.js'

/** How the test went. */
interface Verdict {
  readonly outcome: Outcome
  readonly detail?: { readonly [key: string]: Json }
}

/**
 * Judges code by the task's own assertions. The candidate and the tests run in a box each; here, between them, calls
 * go one way and answers the other. The verdict is the tests' process's, where no code of the candidate ever runs.
 * Each has the task's limit in CPU time: the candidate for its loading and all its calls, the tests for themselves.
 * @throws SandboxError where a box fails before any code of the candidate has run
 */
export async function judgeAssert(
  spec: AssertCode,
  source: string,
  driver: SandboxDriver,
  signal?: AbortSignal,
): Promise<Score> {
  const [first, second] = await Promise.allSettled([
    openParty(driver, 'candidate.py', spec),
    openParty(driver, 'tester.py', spec),
  ])
  await using candidate = first.status === 'fulfilled' ? first.value : null
  await using tester = second.status === 'fulfilled' ? second.value : null
  if (first.status === 'rejected') throw first.reason
  if (second.status === 'rejected') throw second.reason
  await Promise.all([candidate!.greet(), tester!.greet()])
  const began = performance.now()
  const verdict = await withDeadline(relay(spec, source, candidate!, tester!), backstop(spec.timeout), signal)
  const ms = Math.round((performance.now() - began) * 10) / 10
  const { outcome, detail } = verdict
  return { outcome, value: outcome === 'pass' ? 1 : 0, detail: { ...detail, ms } }
}

/** One of the two processes, in its box. */
class Party implements AsyncDisposable {
  readonly #box: Sandbox
  readonly #process: Resident
  readonly #frames: FrameReader

  constructor(box: Sandbox, process: Resident) {
    this.#box = box
    this.#process = process
    this.#frames = new FrameReader(process.stdout)
    // Writing to a process that has died is told by its silence.
    process.stdin.on('error', () => {})
  }

  /** Waits for the first frame, which is written before any code but ours has run. */
  async greet(): Promise<void> {
    if (typeof (await this.receive()) !== 'string') return
    const { reason, stderr } = await this.#end()
    const said = new TextDecoder().decode(stderr).trim().split('\n').at(-1) ?? ''
    throw new SandboxError('failed', `the box ended before the code began (${reason}): ${clip(said, 300)}`)
  }

  receive(): Promise<Buffer | 'end' | 'too_large'> {
    return this.#frames.next()
  }

  send(frame: Uint8Array): Promise<void> {
    return writeFrame(this.#process.stdin, frame)
  }

  tell(message: unknown): Promise<void> {
    return jsonFrame(this.#process.stdin, message)
  }

  /** Why a process that fell silent did so. It ends by itself: its first process is ours, and closes its output last. */
  async silence(): Promise<Verdict> {
    this.#process.stdout.destroy()
    const { reason, code, signal } = await this.#process.ended
    if (code === lateStatus) return late('the limit of CPU time was reached')
    if (reason === 'memory') return { outcome: 'memory', detail: { error: 'the memory limit was reached' } }
    if (reason === 'output_limit')
      return { outcome: 'output_limit', detail: { error: 'the output limit was reached' } }
    const by = signal === null || reason === 'killed' ? '' : `, killed by ${signal}`
    return { outcome: 'crash', detail: { error: `the process ended without an answer${by}` } }
  }

  /** Nobody reads on: bytes that nobody takes must not keep the process from ending. */
  async #end(): Promise<Awaited<Resident['ended']>> {
    this.#process.stdout.destroy()
    await this.#process.kill()
    return this.#process.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end()
    await this.#box[Symbol.asyncDispose]()
  }
}

async function openParty(
  driver: SandboxDriver,
  program: 'candidate.py' | 'tester.py',
  spec: AssertCode,
): Promise<Party> {
  const box = await driver.open(boxSpec)
  try {
    await box.write(await pythonProgram(program))
    // The box's limit only backs up our own clock; the output is frames, which are capped one by one.
    const limits = { timeoutSec: backstop(spec.timeout) + 60, outputBytes: 1 << 30 }
    return new Party(box, await box.start(pythonCommand(pythonOf(box), program), { limits }))
  } catch (error) {
    await box[Symbol.asyncDispose]()
    throw error
  }
}

async function relay(spec: AssertCode, source: string, candidate: Party, tester: Party): Promise<Verdict> {
  const { entryPoint: entry, prompt, test, timeout } = spec
  const last: { call?: Buffer; reply?: Buffer } = {}
  try {
    await candidate.tell({ source, entry, timeout })
    const state = await candidate.receive()
    if (state === 'end') return await candidate.silence()
    if (state === 'too_large') return tooLarge
    const loaded = asRecord(parse(state))
    const failure = failureIn(loaded)
    if (failure) return { outcome: failure.outcome, detail: { error: clip(failure.error) } }
    if (loaded.ready !== true) throw new Garbage('neither ready nor failed')
    await tester.tell({ prompt, entry, test, timeout })
    for (;;) {
      const call = await tester.receive()
      if (typeof call === 'string') return await brokenOff(tester)
      const message = asRecord(parse(call))
      if ('verdict' in message) return read(asRecord(message.verdict), last)
      await candidate.send(call)
      const reply = await candidate.receive()
      if (reply === 'end') return await candidate.silence()
      if (reply === 'too_large') return tooLarge
      parse(reply)
      await tester.send(reply)
      if (!('next' in message)) last.call = call
      last.reply = reply
    }
  } catch (error) {
    if (error instanceof Garbage)
      return { outcome: 'crash', detail: { error: `the answer is unreadable: ${error.message}` } }
    throw error
  }
}

/** Only an answer can have brought our own program down. */
async function brokenOff(tester: Party): Promise<Verdict> {
  const { outcome } = await tester.silence()
  if (outcome === 'time_limit') return late('the test reached the limit of CPU time')
  return { outcome: 'crash', detail: { error: 'the test could not go on after an answer' } }
}

const late = (error: string): Verdict => ({ outcome: 'time_limit', detail: { error } })

const tooLarge: Verdict = { outcome: 'output_limit', detail: { error: 'an answer of more than 8 MiB' } }

function read(verdict: Readonly<Record<string, unknown>>, last: { call?: Buffer; reply?: Buffer }): Verdict {
  if (verdict.passed === true) return { outcome: 'pass' }
  const at = typeof verdict.at === 'string' && verdict.at !== '' ? { at: clip(verdict.at) } : {}
  const exchange = { ...at, ...lastExchange(last) }
  if ('reply' in verdict || 'error' in verdict) {
    const failure = failureIn('reply' in verdict ? asRecord(verdict.reply) : verdict)
    const { outcome, error } = failure ?? {
      outcome: 'crash',
      error: 'the answer is neither a value nor an exception',
    }
    return { outcome, detail: { error: clip(error), ...exchange } }
  }
  if ('garbage' in verdict)
    return {
      outcome: 'crash',
      detail: { error: `the answer is unreadable: ${clip(String(verdict.garbage))}` },
    }
  if ('unsupported' in verdict)
    return {
      outcome: 'wrong_answer',
      detail: { error: `the test cannot be carried over: ${clip(String(verdict.unsupported))}` },
    }
  const { type, message } = asRecord(verdict.failure)
  // Tests seldom say anything with an assertion: then the assertion itself is what does not hold.
  const error = [type, message === '' ? verdict.at : message]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(': ')
  return { outcome: 'wrong_answer', detail: { error: clip(error), ...exchange } }
}

/** The last call of the test and what came back. */
function lastExchange({ call, reply }: { call?: Buffer; reply?: Buffer }): { readonly [key: string]: Json } {
  try {
    const args = call && show(decode(asRecord(parse(call)).args, 'wire'))
    const answer = reply ? asRecord(parse(reply)) : {}
    const got = 'value' in answer ? show(decode(answer.value, 'wire')) : undefined
    return { ...(args === undefined ? {} : { input: args }), ...(got === undefined ? {} : { got }) }
  } catch {
    return {}
  }
}

async function withDeadline(work: Promise<Verdict>, seconds: number, signal?: AbortSignal): Promise<Verdict> {
  let timer: NodeJS.Timeout | undefined
  let stop: (() => void) | undefined
  const overdue = new Promise<Verdict>((resolve, reject) => {
    timer = setTimeout(() => resolve(late(`no verdict within ${seconds} s`)), seconds * 1000)
    stop = () => reject(signal!.reason)
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
  })
  try {
    return await Promise.race([work, overdue])
  } finally {
    clearTimeout(timer)
    if (stop) signal?.removeEventListener('abort', stop)
    // What is still under way ends with the boxes; nobody waits for it.
    work.catch(() => {})
    overdue.catch(() => {})
  }
}
