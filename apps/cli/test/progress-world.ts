import type { RunEvent } from '@bench/runner'
import type { AttemptLine, AttemptOutcome, RunPlan, ScoreLine } from '@bench/runner/record'
import { RunTally } from '../src/progress/tally.js'
import type { Surroundings } from '../src/progress/words.js'

/** A run that is told rather than made: its events, by a clock that is moved by hand. */
export function told(models: Readonly<Record<string, 'local' | 'paid'>>, tasks: number, repeats = 1) {
  const clock = { now: 0 }
  const plan: RunPlan = {
    v: 1,
    run: 'r-1',
    created: '2026-11-28T00:00:00.000Z',
    harness: '0',
    dataset: { name: 'd', version: '1', hash: 'd', source: 'd.json', size: tasks },
    tasks: Array.from({ length: tasks }, (_, i) => ({ id: `t${i}`, hash: `h${i}`, chars: 1 })),
    models: Object.entries(models).map(([id, kind]) => ({ id, ...(kind === 'local' && { local: true }) })),
    repeats,
    solver: 'single',
    call: {},
    concurrency: 4,
  }
  const tally = new RunTally(plan, { now: () => clock.now })
  const count = (event: RunEvent) => tally.count(event)
  count({ type: 'start', total: plan.models.length * tasks * repeats, done: 0 })
  return {
    plan,
    clock,
    tally,
    count,
    replied: (model: string, task: number, more: Partial<AttemptLine> & { repeat?: number } = {}) =>
      count({ type: 'attempt', line: attempt(model, task, more) }),
    /** What an earlier session has won and judged. */
    recall: (model: string, task: number, more: Partial<AttemptLine> = {}) => {
      tally.recall(attempt(model, task, more))
      tally.recall(score(keyOf(model, task, 0), 'pass'))
    },
    judged: (model: string, task: number, outcome: AttemptOutcome = 'pass', repeat = 0) =>
      count({ type: 'score', line: score(keyOf(model, task, repeat), outcome) }),
  }
}

const keyOf = (model: string, task: number, repeat: number) => `${model}/${task}/${repeat}`

function attempt(model: string, task: number, more: Partial<AttemptLine>): AttemptLine {
  return {
    v: 1,
    kind: 'attempt',
    key: keyOf(model, task, more.repeat ?? 0),
    try: 1,
    task: `t${task}`,
    model,
    repeat: 0,
    solver: 'single',
    what: 'replied',
    started: '',
    ended: '',
    host: 'h',
    reply: 'r',
    ...more,
  }
}

function score(key: string, outcome: AttemptOutcome): ScoreLine {
  return {
    v: 1,
    kind: 'score',
    keys: [key],
    reply: 'r',
    scorer: 's',
    scorer_version: '1',
    headline: true,
    rater: 'auto',
    outcome,
    value: outcome === 'pass' ? 1 : outcome === 'infra' ? null : 0,
    at: '',
    host: 'h',
  }
}

export const nowhere: Surroundings = { runsCode: true, lanes: () => [], gpu: () => undefined }
