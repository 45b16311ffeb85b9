import type { Task } from '@bench/datasets'
import type { Completion } from '@bench/providers'
import {
  type Answer,
  readAnswer,
  type Score,
  type Scorer,
  type ScorerDeps,
  type ScorerRef,
} from '@bench/scorers'
import { thousandths } from './line-sums.js'
import { canonical } from './record/canonical.js'
import { type ScoreLine, scoreLine } from './record/lines.js'
import { outcomes } from './record/outcome.js'
import type { RunDeps } from './spec.js'
import { withGrace } from './with-grace.js'

/** A scorer at its place in a task. */
export interface NamedScorer {
  /** The scorer's name; `#2` follows where the task names it a second time. */
  readonly label: string
  readonly scorer: Scorer
}

/** The scorers of a task, the headline first. */
export type ScorerSource = (task: Task) => Promise<readonly NamedScorer[]>

/**
 * Makes scorers from references, each distinct one once; of datasets whose every task has options of its own, the
 * last 256.
 *
 * @param named scorers a person named, by name or module path: they judge instead of the tasks' own
 */
export function scorerSource(make: RunDeps['scorer'], named: readonly string[] = []): ScorerSource {
  const made = new Map<string, Promise<Scorer>>()
  const one = (ref: ScorerRef): Promise<Scorer> => {
    const id = canonical(ref)
    const known = made.get(id) ?? make(ref)
    made.delete(id)
    made.set(id, known)
    if (made.size > 256) made.delete(made.keys().next().value!)
    return known
  }
  return async (task) => {
    const refs = named.length > 0 ? named.map((name) => ({ name })) : task.scorers
    const scorers = await Promise.all(refs.map(one))
    const times = new Map<string, number>()
    return scorers.map((scorer) => {
      const time = (times.get(scorer.name) ?? 0) + 1
      times.set(scorer.name, time)
      return { label: time === 1 ? scorer.name : `${scorer.name}#${time}`, scorer }
    })
  }
}

/** A reply to be judged. */
export interface Judged {
  readonly task: Task
  readonly completion: Completion
  /** Where the solver brought one; else it is read from the completion. */
  readonly answer?: Answer
}

/** The longest detail a score line may carry, in characters of JSON. */
const detailCap = 16 * 1024

/**
 * One scorer's judgement. What a scorer throws, or gives that is no score, is our fault: `infra`, never a wrong
 * answer. An abort rejects with the signal's reason.
 */
export async function score(
  { scorer }: NamedScorer,
  { task, completion, answer }: Judged,
  deps: ScorerDeps,
): Promise<Score> {
  try {
    const scored = { task, completion, answer: answer ?? readAnswer(task, completion) }
    const given = scorer.score(scored, deps)
    return checked(await (deps.signal === undefined ? given : withGrace(given, deps.signal)), scorer.name)
  } catch (error) {
    deps.signal?.throwIfAborted()
    const message = error instanceof Error ? error.message : String(error)
    return { outcome: 'infra', value: null, detail: { error: `${scorer.name}: ${message}` } }
  }
}

/** The part of a line that a scorer's word goes into: what does not fit there could not be read again. */
const sayable = scoreLine.pick({ outcome: true, value: true, detail: true, tallies: true })

function checked(given: Score, name: string): Score {
  const [issue] = sayable.safeParse(given).error?.issues ?? []
  if (issue !== undefined) throw new Error(`it gave no score: ${issue.path.join('.')} ${issue.message}`)
  const { outcome, value, tallies } = given
  const detail = capped(given.detail)
  if (outcome === 'infra' || value === null) {
    const why = outcome === 'infra' ? {} : { error: `${name} gave ${outcome} with no value` }
    return { outcome: 'infra', value: null, detail: { ...why, ...detail } }
  }
  if (!outcomes[outcome].denominator) throw new Error(`it gave ${outcome}, which is no verdict on a reply`)
  return { outcome, value, ...(tallies && { tallies }), ...(detail && { detail }) }
}

function capped(detail: Score['detail']): Score['detail'] {
  const size = detail === undefined ? 0 : JSON.stringify(detail).length
  return size <= detailCap ? detail : { note: `detail of ${size} characters left out` }
}

/** Where judgements are made, and where they go. */
export interface Bench {
  /** What scorers run code in. */
  readonly boxes: Pick<ScorerDeps, 'sandbox' | 'judge'>
  readonly signal: AbortSignal
  /** This machine's name. */
  readonly host: string
  /** What a score line says of where code ran. */
  readonly driver: string | undefined
  /** Resolves once the line is durable. */
  record(line: ScoreLine): Promise<void>
}

/** Judges a kept reply by each scorer and records the verdicts. An abort rejects with the signal's reason. */
export async function judgeReply(
  { key, hash, ...judged }: Judged & { readonly key: string; readonly hash: string },
  scorers: readonly NamedScorer[],
  { boxes, signal, host, driver, record }: Bench,
): Promise<void> {
  // The headline comes first in the list and goes last into the log: where it is, the others are.
  for (const [i, named] of [...scorers.entries()].reverse()) {
    const began = performance.now()
    const given = await score(named, judged, { ...boxes, signal })
    await record(
      scoreLineOf(named, given, {
        keys: [key],
        reply: hash,
        headline: i === 0,
        driver,
        at: new Date().toISOString(),
        duration_ms: thousandths(performance.now() - began),
        host,
      }),
    )
  }
}

/** Records that a reply could not be judged: whatever verdict there is goes on to count. */
export async function recordUnjudged(
  { key, hash, why }: { readonly key: string; readonly hash: string; readonly why: string },
  scorers: readonly NamedScorer[],
  { host, driver, record }: Pick<Bench, 'host' | 'driver' | 'record'>,
): Promise<void> {
  const given = { outcome: 'infra', value: null, detail: { error: why } } as const
  for (const [i, named] of [...scorers.entries()].reverse()) {
    const at = new Date().toISOString()
    const facts = { keys: [key], reply: hash, headline: i === 0, driver, at, host }
    await record(scoreLineOf(named, given, facts))
  }
}

/** What a score line says besides the score itself. */
type ScoreFacts = Pick<ScoreLine, 'keys' | 'reply' | 'headline' | 'at' | 'host' | 'duration_ms'> & {
  readonly driver?: string | undefined
}

function scoreLineOf({ label, scorer }: NamedScorer, given: Score, facts: ScoreFacts): ScoreLine {
  return {
    v: 1,
    kind: 'score',
    keys: facts.keys,
    reply: facts.reply,
    scorer: label,
    scorer_version: scorer.version,
    headline: facts.headline,
    rater: 'auto',
    driver: scorer.runsCode ? facts.driver : undefined,
    outcome: given.outcome,
    value: given.value,
    detail: given.detail as ScoreLine['detail'],
    tallies: given.tallies as ScoreLine['tallies'],
    at: facts.at,
    duration_ms: facts.duration_ms,
    host: facts.host,
  }
}
