import type { AssertCode, Json } from '@bench/datasets'
import type { JobEnd } from '@bench/sandbox'
import type { LanguageSupport, Verdict } from '../../languages/spec.js'
import type { Score } from '../../spec.js'
import { crash, type Finding, failed, judgeAssert, told } from '../assert.js'
import { caps, Garbage, parse } from '../codec.js'
import { ending, Forged, newSeal, process, readResult } from '../jobs.js'
import { asRecord } from '../result.js'
import type { Servers } from '../servers.js'
import { backstop } from '../time.js'
import type { Compiled } from './compile.js'
import { outlineOf } from './outline.js'
import type { Room } from './room.js'

/** What judging needs besides the task and the answer. */
export interface Means {
  readonly support: LanguageSupport
  readonly servers: Servers
  /** Plays tests against answers. */
  readonly stage: Room
  readonly signal?: AbortSignal | undefined
}

/**
 * Judges code by the task's own assertions, with one process of Node for each answer, which is most of what judging costs. What
 * a test will ask is known from a rehearsal, once a task: the candidate's process answers all of it, in order, and the test
 * is then played against these answers on the stage, where no code of the candidate ever runs. A test that asks for something else
 * than in its rehearsal, or that waits for anything, runs joined to the candidate's process, as Python's do.
 * @throws SandboxError where no code of the candidate has run
 */
export async function judgeNodeAssert(spec: AssertCode, code: Compiled, means: Means): Promise<Score> {
  const { source, test = spec.test } = code
  const scene: Scene = { prompt: spec.prompt, entry: spec.entryPoint, test, style: spec.style ?? 'check' }
  const calls = await rehearsed(spec, scene, means)
  const score = calls && (await play(spec, source, scene, calls, means))
  return score ?? judgeAssert({ ...spec, test }, source, means.support, means.servers, means.signal)
}

interface Scene {
  readonly prompt: string
  readonly entry: string
  readonly test: string
  readonly style: 'check' | 'script'
}

const rehearsals = new WeakMap<AssertCode, Promise<readonly unknown[] | undefined>>()

/** What a test asks, call by call; undefined where that cannot be known beforehand. */
function rehearsed(spec: AssertCode, scene: Scene, means: Means): Promise<readonly unknown[] | undefined> {
  const known = rehearsals.get(spec) ?? rehearse(scene, spec.timeout, means)
  rehearsals.set(spec, known)
  known.catch(() => rehearsals.delete(spec))
  return known
}

/** A test that goes on by itself is at its end only when its process has nothing left to wait for. */
const waits =
  /\basync\b|\bawait\b|\.then\(|\bPromise\b|\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|nextTick)\b/

async function rehearse(scene: Scene, timeout: number, { stage }: Means) {
  if (waits.test(scene.test)) return undefined
  const reply = await stage.ask(JSON.stringify({ do: 'rehearse', ...scene }), backstop(timeout))
  if (typeof reply === 'string' || reply.length > caps.bytes) return undefined
  const { calls } = asRecord(parse(reply))
  return Array.isArray(calls) ? calls : undefined
}

async function play(
  spec: AssertCode,
  source: string,
  scene: Scene,
  calls: readonly unknown[],
  { support, servers, stage, signal }: Means,
): Promise<Score | undefined> {
  const { timeout, language, entryPoint: entry } = spec
  const script = scene.style === 'script'
  const seal = newSeal()
  const wallSec = backstop(timeout)
  const outline = script ? outlineOf(scene.test, entry) : undefined
  const payload = { source, outline, entry, calls, modules: !script, seal }
  const job = { processes: [process(support.roles.calls!, payload, timeout)] as const, wallSec }
  const { ends, ms, breach } = await servers.run(job, signal)
  const [end] = ends
  const score = ({ outcome, detail }: Finding): Score => {
    const peak = end?.peakBytes === undefined ? {} : { peak_bytes: end.peakBytes }
    return {
      outcome,
      value: outcome === 'pass' ? 1 : 0,
      detail: { ...detail, ms: Math.round(ms * 10) / 10, ...peak },
    }
  }
  if (end === undefined || breach !== undefined)
    return score(crash(`the box was lost: ${breach ?? 'no result'}`))
  try {
    const answers = readResult(end, seal, calls.length + 1)
    const given = answers.filter((answer) => !('ended' in answer))
    // Node compiles a program and its test as one; of TypeScript the compiler has seen them as one.
    const whole = script && language === 'javascript' ? { source } : {}
    const act = JSON.stringify({ do: 'play', ...scene, ...whole, calls, answers: given })
    let reply = await stage.ask(act, wallSec)
    if (reply === 'ended') reply = await stage.ask(act, wallSec)
    if (reply === 'late')
      return score(failed({ outcome: 'time_limit', error: `the test took more than ${wallSec} s` }))
    if (reply === 'ended') return score(crash('the test could not go on after an answer'))
    const { verdict, strayed, asked } = asRecord(parse(reply))
    // A test that held without all of its rehearsal's questions: what the program did about the others must not count.
    const held = asRecord(verdict ?? {}).passed === true
    if (strayed === true || (held && asked !== calls.length)) return undefined
    return score(find(asRecord(verdict) as unknown as Verdict, answers, end, { cpuSec: timeout, wallSec }))
  } catch (error) {
    if (error instanceof Forged) return score(failed({ outcome: 'forged', error: error.message }))
    if (error instanceof Garbage) return score(crash(`the result is unreadable: ${error.message}`))
    throw error
  }
}

function find(
  verdict: Verdict,
  answers: readonly Readonly<Record<string, unknown>>[],
  end: JobEnd,
  limit: { readonly cpuSec: number; readonly wallSec: number },
): Finding {
  if (verdict.passed !== true) return told(verdict, end, limit)
  const last = answers.at(-1)
  if (last?.ended !== true) return failed(ending(end, limit))
  const exit: Json | undefined = typeof last.exit === 'string' ? last.exit.slice(0, 100) : undefined
  if (exit === undefined) return { outcome: 'pass' }
  return failed({ outcome: 'runtime', error: `the program ended with exit code ${exit}` })
}
