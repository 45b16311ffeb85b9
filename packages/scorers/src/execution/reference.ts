import { createHash } from 'node:crypto'
import type { Json, ReferenceCode } from '@bench/datasets'
import type { JobEnd, JobProcess, JobResult } from '@bench/sandbox'
import { ScorerError } from '../errors.js'
import { clip } from '../match.js'
import type { Score } from '../spec.js'
import { decode, Garbage, parse } from './codec.js'
import { comparesSets, Oracle } from './evalplus.js'
import { ending, Forged, newSeal, process } from './jobs.js'
import { Kept } from './kept.js'
import { asRecord, type Failure, failureIn } from './result.js'
import { referenceBytes } from './runtime.js'
import type { Servers } from './servers.js'
import { show } from './show.js'
import { backstop } from './time.js'

const program = 'inputs.py'

/** What a reference gave for the inputs of a suite. */
export interface Expected {
  /** Values as they crossed, one for each input. */
  readonly lines: readonly string[]
  /** Seconds of CPU time that each took. */
  readonly seconds: readonly number[]
}

export interface ReferenceOptions {
  readonly suite: 'base' | undefined
  readonly signal: AbortSignal | undefined
}

/**
 * Judges code as EvalPlus does: a process for the base inputs and one for those that were added, each running its inputs in their
 * order; what came out is compared here with what the trusted reference gave, which ran in boxes of its own. It passes if both do.
 * Time, as EvalPlus 0.3.1 has it: each input has four times what the reference took, and four seconds at least; a suite a minute in all.
 * @throws ScorerError `bad_options` where the reference itself fails; SandboxError where no code of the candidate has run
 */
export async function judgeReference(
  spec: ReferenceCode,
  source: string,
  servers: Servers,
  kept: Kept<Expected>,
  { suite, signal }: ReferenceOptions,
): Promise<Score> {
  const { baseInputs, plusInputs } = spec
  const suites = suite === 'base' ? { base: baseInputs } : { base: baseInputs, plus: plusInputs }
  const findings = await Promise.all(
    Object.entries(suites).map(async ([name, inputs]) => {
      const text = JSON.stringify(inputs)
      // Others may wait for it: it is not made in vain where this attempt is given up.
      const expected = await kept.get(keyOf(spec, text), () => expect(spec, text, servers))
      return { name, ...(await judgeSuite({ spec, source, inputs, text, expected }, servers, signal)) }
    }),
  )
  const first = findings.find(({ outcome }) => outcome !== 'pass')
  const verdicts = findings.map(({ name, outcome }) => [name, outcome] as const)
  const counts = findings.map(({ name, passed, total }) => [`${name}_passed`, `${passed}/${total}`] as const)
  const peak = Math.max(...findings.map(({ peakBytes = 0 }) => peakBytes))
  return {
    outcome: first?.outcome ?? 'pass',
    value: first ? 0 : 1,
    detail: {
      ...Object.fromEntries([...verdicts, ...counts]),
      ...(first ? { failed: { suite: first.name, ...first.failed } } : {}),
      ms: Math.round(findings.reduce((sum, { ms }) => sum + ms, 0) * 10) / 10,
      ...(peak > 0 ? { peak_bytes: peak } : {}),
    },
  }
}

interface Suite {
  readonly spec: ReferenceCode
  readonly source: string
  readonly inputs: readonly Json[]
  /** The inputs as they go in. */
  readonly text: string
  readonly expected: Expected
}

interface Finding {
  readonly outcome: Score['outcome']
  readonly passed: number
  readonly total: number
  readonly failed?: { readonly [key: string]: Json }
  readonly ms: number
  readonly peakBytes?: number
}

async function judgeSuite(suite: Suite, servers: Servers, signal?: AbortSignal): Promise<Finding> {
  const { spec, source, text, expected } = suite
  const limits = expected.seconds.map((took) => Math.max(4, 4 * took))
  const cpuSec =
    Math.min(
      60,
      limits.reduce((sum, one) => sum + one, 0),
    ) + 2
  const limit = { cpuSec, wallSec: backstop(cpuSec) }
  const seal = newSeal()
  const { entryPoint: entry } = spec
  const payload = { source, entry, inputs: text, limits, seal, ...(comparesSets(spec) && { asSet: true }) }
  const size = expected.lines.reduce((sum, line) => sum + line.length, 0)
  const result = await servers.run(
    {
      processes: [withMemory(process(program, payload, cpuSec))],
      wallSec: limit.wallSec,
      resultBytes: 4 * size + (16 << 20),
    },
    signal,
  )
  const [end] = result.ends
  const { ms } = result
  const total = expected.lines.length
  if (end === undefined || result.breach !== undefined)
    return { outcome: 'crash', passed: 0, total, ms, failed: { error: 'the box was lost' } }
  const { peakBytes } = end
  return { ...compare(suite, end, seal, limit), total, ms, ...(peakBytes === undefined ? {} : { peakBytes }) }
}

type Verdict = Pick<Finding, 'outcome' | 'passed' | 'failed'>

function compare(suite: Suite, end: JobEnd, seal: string, limit: Parameters<typeof ending>[1]): Verdict {
  const { spec, inputs, expected } = suite
  const total = expected.lines.length
  const oracle = new Oracle(spec)
  let at = 0
  const fail = ({ outcome, error }: Failure, more: { readonly [key: string]: Json } = {}): Verdict => ({
    outcome,
    passed: at,
    failed: {
      case: at + 1,
      ...(at < total ? { input: shown(inputs[at]) } : {}),
      ...more,
      error: clip(error),
    },
  })
  try {
    const { lines, whole } = readLines(end, seal, total)
    for (const line of lines) {
      if (line.startsWith('!') || line.startsWith('-')) {
        const failure = failureIn(asRecord(parse(Buffer.from(line.slice(1)))))
        return fail(failure ?? { outcome: 'crash', error: 'neither a value nor an exception' })
      }
      const right = expected.lines[at]!
      if (!(line === right && oracle.plain(line))) {
        const got = decode(parse(Buffer.from(line.slice(1))), 'wire')
        const wanted = decode(JSON.parse(right.slice(1)), 'trusted')
        if (!oracle.right(got, wanted, decode(inputs[at], 'trusted')))
          return fail(
            { outcome: 'wrong_answer', error: 'another value' },
            { expected: show(wanted), got: show(got) },
          )
      }
      at++
    }
    if (at === total && whole) return { outcome: 'pass', passed: at }
    return fail(ending(end, limit))
  } catch (error) {
    if (error instanceof Forged) return fail({ outcome: 'forged', error: error.message })
    if (!(error instanceof Garbage)) throw error
    return fail({ outcome: 'crash', error: `the result is unreadable: ${error.message}` })
  }
}

const shown = (input: Json | undefined) => clip(show(decode(input, 'trusted')))

/**
 * The lines of `inputs.py`, each with its mark, and whether the last was followed by the end's.
 * @throws Forged for what it never writes
 */
function readLines(end: JobEnd, seal: string, most: number): { lines: string[]; whole: boolean } {
  const result = Buffer.from(end.result.buffer, end.result.byteOffset, end.result.byteLength)
  if (newlines(result, most + 3) > most + 2) throw new Forged('more values came than were asked for')
  const pieces = result.toString('latin1').split('\n')
  // What follows the last newline is a line that never came to its end.
  const rest = pieces.pop()
  const [first, ...lines] = pieces
  if (first !== undefined && first !== seal) throw new Forged('a result came that is not of our program')
  if (rest !== '' && end.reason === 'ok') throw new Forged('the result is followed by other bytes')
  const ended = lines.indexOf('.')
  if (ended >= 0 && ended < lines.length - 1) throw new Forged('more came after the end')
  const values = ended < 0 ? lines : lines.slice(0, ended)
  if (values.length > most) throw new Forged('more values came than were asked for')
  if (values.some((line) => !/^[-+!]/.test(line))) throw new Forged('a line that is not of our program')
  return { lines: values, whole: ended >= 0 }
}

/** How many there are, counted up to `most`. A flood of them, taken apart, would be a text each. */
function newlines(bytes: Uint8Array, most: number): number {
  let count = 0
  for (let at = bytes.indexOf(10); at >= 0 && count < most; at = bytes.indexOf(10, at + 1)) count++
  return count
}

/** Runs the reference, in a box where no candidate's code can see it. */
async function expect(spec: ReferenceCode, inputs: string, servers: Servers): Promise<Expected> {
  const seal = newSeal()
  const { reference: source, entryPoint: entry } = spec
  const result = await servers.run({
    processes: [withMemory(process(program, { source, entry, inputs, seal }, referenceSec))],
    wallSec: backstop(referenceSec),
    resultBytes: 256 << 20,
  })
  const lines = valuesOf(result, seal, spec)
  const parts = lines.map((line) => line.split('\t'))
  return { lines: parts.map(([value]) => value!), seconds: parts.map(([, took]) => Number(took)) }
}

const referenceSec = 120

const withMemory = (one: JobProcess): JobProcess => ({ ...one, memoryBytes: referenceBytes })

/** @throws ScorerError `bad_options` where the reference failed */
function valuesOf({ ends: [end] }: JobResult, seal: string, { problem }: ReferenceCode): string[] {
  const { lines, whole } = end === undefined ? nothing : readLines(end, seal, Number.POSITIVE_INFINITY)
  const last = lines.at(-1)
  if (whole && !(last !== undefined && /^[-!]/.test(last))) return lines
  const failure = last?.startsWith('+')
    ? undefined
    : failureIn(asRecord(parse(Buffer.from(last?.slice(1) ?? '{}'))))
  const why = failure?.error ?? `its process ended (${end?.reason ?? 'lost'})`
  throw new ScorerError('bad_options', `the reference of ${problem} does not run: ${clip(why, 300)}`)
}

const nothing = { lines: [], whole: false }

/** What references gave, by their content: 128 MiB at most. */
export const keptReferences = (): Kept<Expected> =>
  new Kept(128 << 20, ({ lines }) => lines.reduce((sum, line) => sum + line.length + 16, 0))

function keyOf({ reference, entryPoint }: ReferenceCode, inputs: string): string {
  return createHash('sha256')
    .update(JSON.stringify([reference, entryPoint]))
    .update(inputs)
    .digest('hex')
}
