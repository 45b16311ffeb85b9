import type { Fold, Spend } from './fold.js'
import { type Cluster, interval95, passAllK, passAtK, percentile } from './interval.js'
import { type AttemptOutcome, outcomes } from './outcome.js'
import type { RunPlan } from './plan-file.js'
import { isCounted, type ModelSummary, type ReportRow } from './row.js'
import { foundRows, type Rows } from './rows.js'

/**
 * Each planned model over its attempts, in plan order. What the plan asks for and the log does not have is
 * `not_run`. Durations and tokens per second are of replies that were won; percentiles by nearest rank.
 */
export function summarise(plan: RunPlan, fold: Fold): ModelSummary[] {
  const sums = new Map<string, Sums>(plan.models.map(({ id }) => [id, emptySums()]))
  // In plan order, so that sums of fractions come out the same whatever order the log is in.
  for (const row of planRows(plan, fold.rows)) addRow(plan, sums.get(row.model)!, row)
  return [...sums].map(([model, sum]) => summariseModel(plan, model, sum, fold.spend.get(model)))
}

/**
 * The plan's attempts as rows, in plan order: a fold's own where the log has one, else `not_run` with an empty key. Looked through anew
 * each time.
 */
export function planRows(plan: RunPlan, rows: Rows): Rows {
  const found = foundRows(rows)
  return {
    length: plan.tasks.length * plan.repeats * plan.models.length,
    *[Symbol.iterator]() {
      for (const task of plan.tasks)
        for (let repeat = 0; repeat < plan.repeats; repeat++)
          for (const model of plan.models)
            yield found.find(task.id, model.id, repeat) ?? notRun(task.id, model.id, repeat)
    },
  }
}

function notRun(task: string, model: string, repeat: number): ReportRow {
  const { status } = outcomes.not_run
  return { key: '', task, model, repeat, outcome: 'not_run', status, value: null, ended: '' }
}

interface Tally {
  n: number
  sum: number
  passed: number
  binary: boolean
}

/** What is added up of a model's rows. */
interface Sums {
  readonly counts: Partial<Record<AttemptOutcome, number>>
  selfJudged: number
  /** Of each task that has anything in the denominator. */
  readonly judged: Tally[]
  /** One for all tasks that came out alike: most do, and there may be many. */
  readonly alike: Map<string, Tally>
  /** The task that the last row was of; rows of one task come together. */
  task?: string
  readonly byDifficulty: Map<string, Tally>
  readonly byCategory: Map<string, Tally>
  readonly tallies: Map<string, readonly [number, number]>
  readonly durations: number[]
  speed: number
  speeds: number
  readonly time: { replies: number; limiter: number; judging: number }
}

const emptySums = (): Sums => ({
  counts: {},
  selfJudged: 0,
  judged: [],
  alike: new Map(),
  byDifficulty: new Map(),
  byCategory: new Map(),
  tallies: new Map(),
  durations: [],
  speed: 0,
  speeds: 0,
  time: { replies: 0, limiter: 0, judging: 0 },
})

function addRow(plan: RunPlan, sums: Sums, row: ReportRow): void {
  sums.counts[row.outcome] = (sums.counts[row.outcome] ?? 0) + 1
  if (row.status === 'Success') {
    if (row.durationMs !== undefined) sums.durations.push(row.durationMs)
    if (row.tokensPerSecond !== undefined) {
      sums.speed += row.tokensPerSecond
      sums.speeds++
    }
  }
  // Of replies from the response cache only the judging is this run's own.
  if (row.cached === undefined) {
    sums.time.replies += row.durationMs ?? 0
    sums.time.limiter += row.queuedMs ?? 0
  }
  sums.time.judging += row.judgedMs ?? 0
  if (!isCounted(row, plan)) {
    if (outcomes[row.outcome].denominator) sums.selfJudged++
    return
  }
  if (sums.task !== row.task) {
    share(sums)
    sums.judged.push(emptyTally())
  }
  sums.task = row.task
  addTo(sums.judged.at(-1)!, row)
  if (row.difficulty !== undefined) addTo(tallyOf(sums.byDifficulty, row.difficulty), row)
  if (row.category !== undefined) addTo(tallyOf(sums.byCategory, row.category), row)
  for (const [name, [got, of]] of Object.entries(row.tallies ?? {})) {
    const [before, outOf] = sums.tallies.get(name) ?? [0, 0]
    sums.tallies.set(name, [before + got, outOf + of])
  }
}

function summariseModel(
  plan: RunPlan,
  model: string,
  { judged, ...sums }: Sums,
  spend: Spend | undefined,
): ModelSummary {
  const planned = plan.tasks.length * plan.repeats
  const total = judged.reduce(sumTallies, emptyTally())
  return {
    model,
    planned,
    counts: sums.counts,
    ...(sums.selfJudged > 0 && { selfJudged: sums.selfJudged }),
    n: total.n,
    tasks: judged.length,
    passed: total.passed,
    score: total.n === 0 ? null : total.sum / total.n,
    interval: interval95(judged satisfies Cluster[]),
    passAt: overTasks(judged, plan.repeats, passAtK),
    passAll: overTasks(judged, plan.repeats, passAllK),
    range:
      planned === 0
        ? null
        : { worst: total.sum / planned, best: Math.min(1, (total.sum + planned - total.n) / planned) },
    byDifficulty: groups(sums.byDifficulty),
    byCategory: groups(sums.byCategory),
    ...(sums.tallies.size > 0 && { tallies: Object.fromEntries(sums.tallies) }),
    ...(spend ?? { unpriced: 0 }),
    ...timing(sums),
    ...(sums.time.replies + sums.time.limiter + sums.time.judging > 0 && { time: sums.time }),
  }
}

const emptyTally = (): Tally => ({ n: 0, sum: 0, passed: 0, binary: true })

/** Has a task that is done share its tally with those before it that came out alike. */
function share({ judged, alike }: Sums): void {
  const last = judged.at(-1)
  if (last === undefined) return
  const name = `${last.n} ${last.sum} ${last.passed} ${last.binary}`
  const known = alike.get(name)
  if (known !== undefined) judged[judged.length - 1] = known
  else if (alike.size < 1000) alike.set(name, last)
}

const sumTallies = (a: Tally, b: Tally): Tally => ({
  n: a.n + b.n,
  sum: a.sum + b.sum,
  passed: a.passed + b.passed,
  binary: a.binary && b.binary,
})

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  const known = tallies.get(name) ?? emptyTally()
  tallies.set(name, known)
  return known
}

function addTo(tally: Tally, row: ReportRow): void {
  const value = row.value ?? 0
  tally.n++
  tally.sum += value
  if (row.outcome === 'pass') tally.passed++
  tally.binary &&= value === 0 || value === 1
}

function groups(tallies: ReadonlyMap<string, Tally>): Record<string, { n: number; score: number }> {
  const named = [...tallies].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(named.map(([name, { n, sum }]) => [name, { n, score: sum / n }]))
}

/** pass@k or pass^k over the tasks that have at least k attempts in the denominator; no entry for a k that none has. */
function overTasks(tallies: readonly Tally[], repeats: number, of: typeof passAtK): Record<number, number> {
  const result: Record<number, number> = {}
  for (let k = 1; k <= repeats; k++) {
    const values = tallies.flatMap((tally) => of(tally.n, tally.passed, k) ?? [])
    if (values.length > 0) result[k] = values.reduce((sum, value) => sum + value, 0) / values.length
  }
  return result
}

function timing({ durations, speed, speeds }: Pick<Sums, 'durations' | 'speed' | 'speeds'>) {
  const sorted = Float64Array.from(durations).sort()
  return {
    ...(durations.length > 0 && {
      avgDurationMs: durations.reduce((sum, ms) => sum + ms, 0) / durations.length,
      p50Ms: percentile(sorted, 50),
      p95Ms: percentile(sorted, 95),
      p99Ms: percentile(sorted, 99),
    }),
    ...(speeds > 0 && { tokensPerSecond: speed / speeds }),
  }
}
