import type { Fold, Spend } from './fold.js'
import { type Cluster, interval95, passAllK, passAtK, percentile } from './interval.js'
import { type AttemptOutcome, outcomes } from './outcome.js'
import type { RunPlan } from './plan-file.js'
import { isCounted, type ModelSummary, type ReportRow } from './row.js'

/**
 * Each planned model over its attempts, in plan order. What the plan asks for and the log does not have is
 * `not_run`. Durations and tokens per second are of replies that were won; percentiles by nearest rank.
 */
export function summarise(plan: RunPlan, fold: Fold): ModelSummary[] {
  const byModel = new Map<string, ReportRow[]>(plan.models.map((model) => [model.id, []]))
  for (const row of fold.rows) byModel.get(row.model)?.push(row)
  return [...byModel].map(([model, rows]) => summariseModel(plan, model, rows, fold.spend.get(model)))
}

/**
 * The plan's attempts as rows, in plan order: a fold's own where the log has one, else `not_run` with an empty key.
 */
export function* planRows(plan: RunPlan, rows: readonly ReportRow[]): Generator<ReportRow> {
  const known = new Map<string, ReportRow>()
  for (const row of rows) known.set(JSON.stringify([row.task, row.model, row.repeat]), row)
  for (const task of plan.tasks)
    for (let repeat = 0; repeat < plan.repeats; repeat++)
      for (const model of plan.models)
        yield known.get(JSON.stringify([task.id, model.id, repeat])) ?? notRun(task.id, model.id, repeat)
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

function summariseModel(
  plan: RunPlan,
  model: string,
  rows: readonly ReportRow[],
  spend: Spend | undefined,
): ModelSummary {
  const planned = plan.tasks.length * plan.repeats
  const counts: Partial<Record<AttemptOutcome, number>> = {}
  // In plan order, so that sums of fractions come out the same whatever order the log is in.
  const tallies = new Map<string, Tally>(plan.tasks.map((task) => [task.id, emptyTally()]))
  const byDifficulty = new Map<string, Tally>()
  const byCategory = new Map<string, Tally>()
  const sums = new Map<string, readonly [number, number]>()
  let selfJudged = 0
  const ordered = [...rows].sort((a, b) => a.repeat - b.repeat || (a.task < b.task ? -1 : 1))
  for (const row of ordered) {
    counts[row.outcome] = (counts[row.outcome] ?? 0) + 1
    if (!isCounted(row, plan)) {
      if (outcomes[row.outcome].denominator) selfJudged++
      continue
    }
    add(tallies, row.task, row)
    if (row.difficulty !== undefined) add(byDifficulty, row.difficulty, row)
    if (row.category !== undefined) add(byCategory, row.category, row)
    for (const [name, [got, of]] of Object.entries(row.tallies ?? {})) {
      const [before, outOf] = sums.get(name) ?? [0, 0]
      sums.set(name, [before + got, outOf + of])
    }
  }
  if (rows.length < planned) counts.not_run = (counts.not_run ?? 0) + planned - rows.length
  const judged = [...tallies.values()].filter((tally) => tally.n > 0)
  const total = judged.reduce(sumTallies, emptyTally())
  return {
    model,
    planned,
    counts,
    ...(selfJudged > 0 && { selfJudged }),
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
    byDifficulty: groups(byDifficulty),
    byCategory: groups(byCategory),
    ...(sums.size > 0 && { tallies: Object.fromEntries(sums) }),
    ...(spend ?? { unpriced: 0 }),
    ...timing(ordered.filter((row) => row.status === 'Success')),
    ...spentOn(ordered),
  }
}

const emptyTally = (): Tally => ({ n: 0, sum: 0, passed: 0, binary: true })

const sumTallies = (a: Tally, b: Tally): Tally => ({
  n: a.n + b.n,
  sum: a.sum + b.sum,
  passed: a.passed + b.passed,
  binary: a.binary && b.binary,
})

function add(tallies: Map<string, Tally>, name: string, row: ReportRow): void {
  let tally = tallies.get(name)
  if (tally === undefined) {
    tally = emptyTally()
    tallies.set(name, tally)
  }
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

function timing(rows: readonly ReportRow[]) {
  const durations = rows.flatMap((row) => row.durationMs ?? []).sort((a, b) => a - b)
  const speeds = rows.flatMap((row) => row.tokensPerSecond ?? [])
  return {
    ...(durations.length > 0 && {
      avgDurationMs: mean(durations),
      p50Ms: percentile(durations, 50),
      p95Ms: percentile(durations, 95),
      p99Ms: percentile(durations, 99),
    }),
    ...(speeds.length > 0 && { tokensPerSecond: mean(speeds) }),
  }
}

/** Of replies from the response cache only the judging is this run's own. */
function spentOn(rows: readonly ReportRow[]): Pick<ModelSummary, 'time'> {
  const time = { replies: 0, limiter: 0, judging: 0 }
  for (const row of rows) {
    if (row.cached === undefined) {
      time.replies += row.durationMs ?? 0
      time.limiter += row.queuedMs ?? 0
    }
    time.judging += row.judgedMs ?? 0
  }
  return time.replies + time.limiter + time.judging > 0 ? { time } : {}
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
