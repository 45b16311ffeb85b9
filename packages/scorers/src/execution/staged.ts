import type { AssertCode } from '@bench/datasets'
import { type JobEnd, SandboxError } from '@bench/sandbox'
import type { LanguageSupport, Verdict } from '../languages/spec.js'
import type { Score } from '../spec.js'
import { beforeTest, crash, type Finding, failed, judgeAssert, told } from './assert.js'
import { Garbage, parse } from './codec.js'
import { Forged, newSeal, process, readResult } from './jobs.js'
import { Kept } from './kept.js'
import { asRecord, type Failure } from './result.js'
import type { Reply } from './room.js'
import type { Servers } from './servers.js'
import { backstop } from './time.js'

/** Where tests are played: a trusted program in a box of its own, where no code of a candidate ever runs. */
export interface Stage {
  /** @throws SandboxError where there is none */
  ask(question: string, seconds: number): Promise<Reply>
}

/** What judging needs besides the task and the answer. */
export interface Means {
  readonly support: LanguageSupport
  readonly servers: Servers
  readonly stage: Stage
  readonly rehearsals: Kept<Rehearsal>
  readonly signal?: AbortSignal | undefined
}

/** An answer, and its test, as they run. */
export interface Scene {
  readonly source: string
  readonly test: string
}

/** What languages add. */
export interface Staging {
  /** The program that answers all calls, and what it is given besides these. */
  readonly program: string
  readonly payload?: object
  /** What the stage is given besides the task. */
  readonly act?: object
  /** What is wrong with a program whose answers the test holds for. */
  fault?(answers: readonly Message[], end: JobEnd): Failure | undefined
}

/** What a test asks, call by call; undefined where that cannot be known beforehand. */
export interface Rehearsal {
  readonly calls?: readonly unknown[]
  /** Bytes of it. */
  readonly size: number
}

type Message = Readonly<Record<string, unknown>>

/** Rehearsals of the latest tests. */
export const keptRehearsals = (): Kept<Rehearsal> => new Kept(32 << 20, ({ size }) => size)

/**
 * Judges code by the task's own assertions, with one process for each answer, which is most of what judging costs. What a test will
 * ask is known from a rehearsal, once a task: the candidate's process answers all of it, in order, and the test is then played
 * against these answers on the stage. A test that asks for something else than in its rehearsal, or is given what is no data, runs
 * joined to the candidate's process instead.
 * @throws SandboxError where no code of the candidate has run
 */
export async function judgeStaged(
  spec: AssertCode,
  scene: Scene,
  staging: Staging,
  means: Means,
): Promise<Score> {
  const { prompt, entryPoint: entry, style = 'check', timeout } = spec
  const told = { prompt, entry, test: scene.test, style }
  const key = JSON.stringify(told)
  const staged = async () => {
    const { calls } = await means.rehearsals.get(key, () => rehearse(told, key.length, timeout, means.stage))
    return calls && play(told, calls, spec, scene, staging, means)
  }
  const score = await staged().catch((error) => {
    // Where the stage is lost, and cannot be had again, the test can still be joined to the candidate's process.
    if (error instanceof SandboxError) return undefined
    throw error
  })
  return (
    score ??
    judgeAssert({ ...spec, test: scene.test }, scene.source, means.support, means.servers, means.signal)
  )
}

async function rehearse(told: object, keySize: number, timeout: number, stage: Stage): Promise<Rehearsal> {
  const reply = await stage.ask(JSON.stringify({ do: 'rehearse', ...told }), backstop(timeout))
  if (typeof reply === 'string') return { size: keySize }
  try {
    const { calls } = asRecord(parse(reply))
    return { size: keySize + reply.length, ...(Array.isArray(calls) ? { calls } : {}) }
  } catch (error) {
    // It asks more than can be asked at once.
    if (error instanceof Garbage) return { size: keySize }
    throw error
  }
}

/** Undefined where the test cannot be played. */
async function play(
  told: object,
  calls: readonly unknown[],
  spec: AssertCode,
  scene: Scene,
  staging: Staging,
  { servers, stage, signal }: Means,
): Promise<Score | undefined> {
  const { timeout, entryPoint: entry } = spec
  const seal = newSeal()
  const wallSec = backstop(timeout)
  const source = beforeTest(scene.source, spec)
  const payload = { source, entry, calls, seal, ...staging.payload }
  const job = { processes: [process(staging.program, payload, timeout)] as const, wallSec }
  const { ends, ms, breach } = await servers.run(job, signal)
  const [end] = ends
  const peak = end?.peakBytes === undefined ? {} : { peak_bytes: end.peakBytes }
  const score = ({ outcome, detail }: Finding): Score => ({
    outcome,
    value: outcome === 'pass' ? 1 : 0,
    detail: { ...detail, ms: Math.round(ms * 10) / 10, ...peak },
  })
  if (end === undefined || breach !== undefined)
    return score(crash(`the box was lost: ${breach ?? 'no result'}`))
  // All answers together may be too large, where each alone is not.
  if (end.reason === 'output_limit') return undefined
  try {
    // A greeting or a farewell, and one answer for each call.
    const answers = readResult(end, seal, calls.length + 1)
    const given = answers.filter((answer) => !('ended' in answer))
    const act = { do: 'play', ...told, ...staging.act, calls, answers: given }
    const found = await perform(JSON.stringify(act), wallSec, stage, calls.length)
    if (found === undefined) return undefined
    if ('outcome' in found) return score(found)
    return score(settle(found, answers, end, staging, { cpuSec: timeout, wallSec }))
  } catch (error) {
    if (error instanceof Forged) return score(failed({ outcome: 'forged', error: error.message }))
    if (error instanceof Garbage) return score(crash(`the result is unreadable: ${error.message}`))
    throw error
  }
}

async function perform(
  act: string,
  wallSec: number,
  stage: Stage,
  most: number,
): Promise<Verdict | Finding | undefined> {
  let reply = await stage.ask(act, wallSec)
  // It may have been worn out by those before.
  if (reply === 'ended') reply = await stage.ask(act, wallSec)
  if (reply === 'late')
    return failed({ outcome: 'time_limit', error: `the test took more than ${wallSec} s` })
  if (reply === 'ended') return crash('the test could not go on after an answer')
  const { verdict, strayed, asked } = asRecord(parse(reply))
  if (strayed === true) return undefined
  const known = asRecord(verdict) as unknown as Verdict
  // A test that held without all of its rehearsal's questions: what the program did about the others must not count.
  return known.passed === true && asked !== most ? undefined : known
}

function settle(
  verdict: Verdict,
  answers: readonly Message[],
  end: JobEnd,
  { fault }: Staging,
  limit: { readonly cpuSec: number; readonly wallSec: number },
): Finding {
  if (verdict.passed !== true) return told(verdict, end, limit)
  const wrong = fault?.(answers, end)
  return wrong ? failed(wrong) : { outcome: 'pass' }
}
