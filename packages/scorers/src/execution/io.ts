import type { IoCase, IoCode, Json } from '@bench/datasets'
import { type ExecResult, type Sandbox, type SandboxDriver, SandboxError } from '@bench/sandbox'
import { clip } from '../match.js'
import { pythonCommand, pythonEnvironment, pythonProgram } from '../python.js'
import type { Outcome, Score } from '../spec.js'
import { decode, Garbage, parse, type Value } from './codec.js'
import { equal, sameOutput } from './compare.js'
import { asRecord, failureIn } from './result.js'
import { pythonOf } from './runtime.js'
import { show } from './show.js'

/** What became of one case. */
interface CaseResult {
  readonly outcome: Outcome
  /** What came back, for people. */
  readonly got?: string
  readonly error?: string
  readonly ms?: number
  readonly peakBytes?: number
}

/**
 * Judges code by what it returns or prints. Only inputs go into the box; what comes out is compared here. Each case
 * runs in fresh state, and counts as failed unless its own answer is there and right. A function is called twice on each
 * input and must be right both times: state must not leak from one call into the next.
 * @throws SandboxError where the box fails before any code of the candidate has run
 */
export async function judgeIo(
  spec: IoCode,
  source: string,
  driver: SandboxDriver,
  signal?: AbortSignal,
): Promise<Score> {
  await using box = await driver.open({ env: pythonEnvironment })
  await box.write(await pythonProgram('cases.py'))
  const run = box.forks ? runTogether : runOneByOne
  return summarise(spec, await run(box, spec, source, signal))
}

async function runTogether(
  box: Sandbox,
  spec: IoCode,
  source: string,
  signal?: AbortSignal,
): Promise<CaseResult[]> {
  const seconds = spec.cases.reduce((sum, one) => sum + calls(spec) * one.timeout, 0)
  const result = await execute(box, job(spec, source, spec.cases, true), seconds, signal)
  const blobs = readBlobs(result.stdout.subarray(started(result)))
  return spec.cases.map((one, i) => judge(spec, one, blobs.slice(i * 4, i * 4 + 4), result))
}

async function runOneByOne(
  box: Sandbox,
  spec: IoCode,
  source: string,
  signal?: AbortSignal,
): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  for (const one of spec.cases) {
    const input = spec.entryPoint === undefined ? String(one.input) : ''
    const result = await execute(
      box,
      job(spec, source, [one], false) + input,
      calls(spec) * one.timeout,
      signal,
    )
    const out = result.stdout.subarray(started(result))
    const size = Number.parseInt(new TextDecoder().decode(out.slice(-8)), 16)
    const at = Number.isInteger(size) ? Math.max(0, out.length - 8 - size) : out.length
    const [told, answer, again] = readBlobs(out.subarray(at, -8))
    results.push(
      judge(spec, one, told && answer && again ? [told, answer, again, out.subarray(0, at)] : [], result),
    )
  }
  return results
}

/** A function is called twice, each time within the limit. */
const calls = (spec: IoCode) => (spec.entryPoint === undefined ? 1 : 2)

/** A length, a newline and that many bytes of JSON. */
function job(spec: IoCode, source: string, cases: readonly IoCase[], fork: boolean): string {
  const inputs = cases.map(({ input, timeout }) => ({ input, timeout }))
  const body = JSON.stringify({ source, entry: spec.entryPoint, cases: inputs, fork })
  return `${Buffer.byteLength(body)}\n${body}`
}

/** The box's own limit only backs up that of `cases.py`, hence the slack for starting and for a busy machine. */
async function execute(
  box: Sandbox,
  stdin: string,
  seconds: number,
  signal?: AbortSignal,
): Promise<ExecResult> {
  const result = await box.exec(pythonCommand(pythonOf(box), 'cases.py'), {
    stdin,
    limits: { timeoutSec: box.forks ? seconds * 1.1 + 10 : seconds, outputBytes: 64 << 20 },
    ...(signal ? { signal } : {}),
  })
  signal?.throwIfAborted()
  return result
}

/** Where the results begin: after the frame that was written before any code of the candidate ran. */
function started(result: ExecResult): number {
  const [hello] = readBlobs(result.stdout, 1)
  if (hello) return hello.length + 4
  const said = new TextDecoder().decode(result.stderr).trim().split('\n').at(-1) ?? ''
  throw new SandboxError(
    'failed',
    `the box ended before the code began (${result.reason}): ${clip(said, 300)}`,
  )
}

/** Whole length-prefixed blobs from the beginning of some bytes. */
function readBlobs(bytes: Uint8Array, most = Number.POSITIVE_INFINITY): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const blobs: Uint8Array[] = []
  for (let at = 0; blobs.length < most && at + 4 <= bytes.length; ) {
    const end = at + 4 + view.getUint32(at)
    if (end > bytes.length) break
    blobs.push(bytes.subarray(at + 4, end))
    at = end
  }
  return blobs
}

/** Why a case has no result, by how the whole run ended. */
const missing: Record<ExecResult['reason'], CaseResult> = {
  ok: { outcome: 'crash', error: 'the process ended without a result' },
  killed: { outcome: 'crash', error: 'the process was killed without a result' },
  timeout: { outcome: 'time_limit', error: 'no result within the time limit' },
  memory: { outcome: 'memory', error: 'the memory limit was reached' },
  output_limit: { outcome: 'output_limit', error: 'the output limit was reached' },
}

function judge(spec: IoCode, one: IoCase, blobs: readonly Uint8Array[], result: ExecResult): CaseResult {
  const [header, answer, again, printed] = blobs
  if (!header || !answer || !again || !printed) return missing[result.reason]
  try {
    const { ms, peak, why, signal } = asRecord(parse(header))
    const cost = {
      ...(typeof ms === 'number' && ms >= 0 ? { ms } : {}),
      ...(typeof peak === 'number' && peak > 0 ? { peakBytes: peak } : {}),
    }
    if (why === 'timeout')
      return { ...cost, outcome: 'time_limit', error: `no result within ${one.timeout} s` }
    if (why === 'output_limit') return { ...cost, outcome: 'output_limit', error: 'more than 8 MiB came out' }
    const by = typeof signal === 'number' ? `, killed by signal ${signal}` : ''
    if (why !== undefined)
      return { ...cost, outcome: 'crash', error: `the process ended without a result${by}` }
    const first = compare(spec, one, asRecord(parse(answer)), printed)
    if (first.outcome !== 'pass' || again.length === 0) return { ...cost, ...first }
    const second = compare(spec, one, asRecord(parse(again)), printed)
    if (second.outcome === 'pass') return { ...cost, ...first }
    return {
      ...cost,
      ...second,
      error: `on a second call with the same input: ${second.error ?? 'another answer'}`,
    }
  } catch (error) {
    if (error instanceof Garbage)
      return { outcome: 'crash', error: `the result is unreadable: ${error.message}` }
    throw error
  }
}

function compare(
  spec: IoCode,
  one: IoCase,
  message: Readonly<Record<string, unknown>>,
  printed: Uint8Array,
): CaseResult {
  const failure = failureIn(message)
  if (failure) return failure
  if (spec.entryPoint === undefined) {
    if (message.ended !== true) throw new Garbage('the program did not come to its end')
    const got = new TextDecoder().decode(printed)
    const right = sameOutput(got, asText(one.expected), spec.tolerance)
    return { outcome: right ? 'pass' : 'wrong_answer', got: clip(got) }
  }
  if (!('value' in message)) throw new Garbage('no value')
  const got = decode(message.value, 'wire')
  const right = equal(got, decode(one.expected, 'dataset'), spec.tolerance)
  return { outcome: right ? 'pass' : 'wrong_answer', got: show(got) }
}

const asText = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value))

function summarise(spec: IoCode, results: readonly CaseResult[]): Score {
  const weigh = (passing: boolean) =>
    spec.cases.reduce(
      (sum, { weight }, i) => (passing && results[i]!.outcome !== 'pass' ? sum : sum + weight),
      0,
    )
  const passed = results.filter(({ outcome }) => outcome === 'pass').length
  const first = results.findIndex(({ outcome }) => outcome !== 'pass')
  const times = results.slice(0, 100).map(({ ms }) => (ms === undefined ? null : Math.round(ms * 10) / 10))
  const peak = results.reduce((most, { peakBytes = 0 }) => Math.max(most, peakBytes), 0)
  return {
    outcome: first < 0 ? 'pass' : results[first]!.outcome,
    value: first < 0 ? 1 : Math.min(weigh(true) / weigh(false), 1),
    detail: {
      passed,
      total: results.length,
      ...(first < 0 ? {} : { failed: failedCase(spec, first, results[first]!) }),
      case_ms: times,
      ...(peak > 0 ? { peak_bytes: peak } : {}),
    },
  }
}

function failedCase(spec: IoCode, index: number, { got, error }: CaseResult): Record<string, Json> {
  const { input, expected } = spec.cases[index]!
  const write = (value: Json) => clip(spec.entryPoint === undefined ? asText(value) : show(safely(value)))
  return {
    case: index + 1,
    input: write(input),
    expected: write(expected),
    ...(got === undefined ? {} : { got }),
    ...(error === undefined ? {} : { error: clip(error) }),
  }
}

/** An input may be larger than an answer may be: then its JSON is shown. */
function safely(value: Json): Value {
  try {
    return decode(value, 'dataset')
  } catch {
    return JSON.stringify(value)
  }
}
