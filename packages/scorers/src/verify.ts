import type { Json, ProjectCode } from '@bench/datasets'
import type { Files, SandboxDriver } from '@bench/sandbox'
import { failureIn } from './execution/result.js'
import { backstop } from './execution/time.js'
import { clip } from './match.js'
import type { Score } from './spec.js'
import { Party, type Silence } from './verify/party.js'
import { deliver } from './verify/plan.js'
import { type Relayed, relay, type Told, withDeadline } from './verify/relay.js'
import { root, runnerSec } from './verify/runner.js'
import { runnerOf } from './verify/runners.js'

/**
 * Judges files by a project's own tests, in two fresh boxes: one holds the task's files and those of the answer that the task declares,
 * the other the task's files and its tests. The tests find stand-ins in the place of the answer's modules, which ask the other box; so
 * no code of the answer's is where the verdict is made, and the answer never sees a test. It passes if exactly as many tests pass as
 * the task says, and none fails or is skipped.
 * @param given the reply's files, path → text
 * @throws SandboxError where a box fails before any code of the answer has run
 */
export async function verifyProject(
  spec: ProjectCode,
  given: Readonly<Record<string, string>>,
  driver: SandboxDriver,
  signal?: AbortSignal,
): Promise<Score> {
  const { files, missing, leftOut } = deliver(spec, given)
  const notes = leftOut.length === 0 ? {} : { left_out: leftOut.slice(0, 20) }
  if (missing.length > 0)
    return {
      outcome: 'no_answer',
      value: 0,
      detail: { error: `the reply has no ${missing.join(', ')}`, ...notes },
    }
  const wallSec = backstop(spec.timeout) + runnerSec(spec)
  const runner = runnerOf(spec)
  const ours = await runner.programs(spec)
  const mounts = spec.modules === undefined ? [] : [{ source: spec.modules, target: '/node_modules' }]
  const [first, second] = await Promise.allSettled([
    Party.open(
      driver,
      [ours, inProject(spec.files), inProject(files)],
      (box) => runner.serve(box, spec),
      wallSec + 60,
      mounts,
    ),
    Party.open(
      driver,
      [ours, inProject(spec.files), inProject(spec.tests)],
      (box) => runner.test(box, spec),
      wallSec + 60,
      mounts,
    ),
  ])
  await using answer = first.status === 'fulfilled' ? first.value : null
  await using tests = second.status === 'fulfilled' ? second.value : null
  if (first.status === 'rejected') throw first.reason
  if (second.status === 'rejected') throw second.reason
  signal?.throwIfAborted()
  const began = performance.now()
  const run = async (): Promise<Relayed> => {
    const job = await runner.begin(answer!, spec)
    if ('outcome' in job) return job as Silence
    await tests!.tell(job)
    return relay(answer!, tests!)
  }
  const score = judge(spec, await withDeadline(run(), wallSec, signal))
  const ms = Math.round((performance.now() - began) * 10) / 10
  return { ...score, detail: { ...score.detail, ...notes, ms } }
}

const inProject = (files: Readonly<Record<string, string>> = {}): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${root}/${path}`, text]))

function judge(spec: ProjectCode, relayed: Relayed): Score {
  if (!('verdict' in relayed))
    return { outcome: relayed.outcome, value: 0, detail: { error: clip(relayed.error), total: spec.passes } }
  const { verdict } = relayed
  if ('garbage' in verdict)
    return failed('crash', { error: `the answer is unreadable: ${clip(String(verdict.garbage))}` })
  if ('broken' in verdict)
    return failed('crash', { error: `the tests broke off: ${clip(String(verdict.broken))}` })
  const [passed, failing, skipped] = [count(verdict.passed), count(verdict.failed), count(verdict.skipped)]
  const detail = {
    passed,
    total: spec.passes,
    ...(failing > 0 ? { failed: failing } : {}),
    ...(skipped > 0 ? { skipped } : {}),
    runner: clip(String(verdict.runner), 200),
    ...(spec.selfJudged ? { self_judged: true } : {}),
  }
  if (passed === spec.passes && failing === 0 && skipped === 0) return { outcome: 'pass', value: 1, detail }
  const { outcome, first } = why(verdict)
  return failed(outcome, { ...detail, ...first })
}

const failed = (
  outcome: Exclude<Score['outcome'], 'pass'>,
  detail: { readonly [key: string]: Json },
): Score => ({
  outcome,
  value: 0,
  detail,
})

const count = (value: unknown) =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : Number.NaN

/** The first test that did not hold, and whether the answer itself raised something there. */
function why({ failures, skips }: Told): {
  outcome: Exclude<Score['outcome'], 'pass'>
  first: { readonly [key: string]: Json }
} {
  const [first] = (Array.isArray(failures) ? failures : []) as Told[]
  if (first === undefined) {
    const [skip] = (Array.isArray(skips) ? skips : []) as unknown[]
    const error =
      skip === undefined ? 'not as many tests ran as the task has' : `skipped: ${clip(String(skip), 300)}`
    return { outcome: 'wrong_answer', first: { error } }
  }
  const test = clip(String(first.test), 300)
  const told = first.error === undefined ? undefined : failureIn(raised(first.error))
  if (told) return { outcome: told.outcome, first: { test, error: clip(told.error) } }
  return { outcome: 'wrong_answer', first: { test, error: clip(String(first.message)) } }
}

/** A module that cannot be compiled is told as an exception of its import. */
function raised(error: unknown): Told {
  const kind = typeof error === 'object' && error !== null ? (error as Told).builtin : undefined
  return kind === 'SyntaxError' || kind === 'IndentationError' || kind === 'TabError'
    ? { syntax: error }
    : { error }
}
