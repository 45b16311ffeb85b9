import {
  type AttemptOutcome,
  type ModelSummary,
  outcomes,
  type ReportRow,
  type RunPlan,
} from '@bench/runner/record'
import type { Report } from '../spec.js'

export interface Sample {
  /** Model id → one outcome per attempt, in the order task by task, repeat by repeat. */
  readonly models: Readonly<Record<string, readonly AttemptOutcome[]>>
  readonly repeats?: number
  readonly plan?: Partial<RunPlan>
  /** Changes a row after it was made; `index` counts within its model. */
  row?(row: ReportRow, index: number): ReportRow
  /** Changes a summary after it was made. */
  summary?(summary: ModelSummary): ModelSummary
  /** Replies by hash. */
  readonly replies?: Readonly<Record<string, string>>
}

const difficulties = ['easy', 'medium', 'hard', 'extreme']

/** A report made by hand: enough to write every format from, with summaries that agree with the rows. */
export function sampleReport(sample: Sample): Report & { readonly rows: readonly ReportRow[] } {
  const repeats = sample.repeats ?? 1
  const ids = Object.keys(sample.models)
  const longest = Math.max(0, ...Object.values(sample.models).map((list) => list.length))
  const tasks = Array.from(
    { length: Math.ceil(longest / repeats) },
    (_, i) => `task-${String(i + 1).padStart(3, '0')}`,
  )
  const rows = ids.flatMap((model) =>
    (sample.models[model] ?? []).map((outcome, i) => {
      const row = sampleRow(
        model,
        tasks[Math.floor(i / repeats)] as string,
        i % repeats,
        outcome,
        tasks.length,
      )
      return sample.row?.(row, i) ?? row
    }),
  )
  const summaries = ids.map((model) => {
    const summary = sampleSummary(
      model,
      rows.filter((row) => row.model === model),
      tasks.length * repeats,
    )
    return sample.summary?.(summary) ?? summary
  })
  const plan: RunPlan = {
    v: 1,
    run: 'r-8f2',
    created: '2026-11-21T07:22:00.000Z',
    harness: '1.0.0',
    dataset: {
      name: 'python-tasks',
      version: '1.2.0',
      hash: 'a'.repeat(64),
      source: 'python-tasks',
      size: tasks.length,
    },
    tasks: tasks.map((id) => ({ id, hash: 'b'.repeat(64), chars: 400 })),
    models: ids.map((id) => ({
      id,
      price: { inputPerMillion: 3, outputPerMillion: 15, source: 'genai-prices@0.1.8' },
    })),
    repeats,
    solver: 'single',
    call: { temperature: 0, maxTokens: 4000, seed: 0 },
    sandbox: {
      driver: 'bubblewrap',
      version: '0.8.0',
      isolates: true,
      runtimes: { python: '3.11.2' },
      notes: ['memory is limited per process'],
    },
    concurrency: 5,
    ...sample.plan,
  }
  return { plan, models: summaries, rows: inPlanOrder(rows), reply: async (hash) => sample.replies?.[hash] }
}

function sampleRow(
  model: string,
  task: string,
  repeat: number,
  outcome: AttemptOutcome,
  tasks: number,
): ReportRow {
  const number = Number(task.slice(5)) - 1
  const { denominator, status } = outcomes[outcome]
  const replied = denominator
    ? {
        durationMs: 4000 + number * 10,
        inputTokens: 200,
        outputTokens: 300,
        costUsd: 0.0051,
        tokensPerSecond: 62,
      }
    : {}
  return {
    key: `${model}/${task}/${repeat}`,
    task,
    model,
    repeat,
    category: 'lists',
    difficulty: difficulties[Math.floor((number * difficulties.length) / tasks)] as string,
    outcome,
    status,
    value: denominator ? Number(outcome === 'pass') : null,
    ended: new Date(Date.UTC(2026, 10, 21, 7, 30, number)).toISOString(),
    ...replied,
  }
}

/** By task, then by repeat; models stay in their order. */
const inPlanOrder = (rows: readonly ReportRow[]): readonly ReportRow[] =>
  rows.toSorted((a, b) => (a.task === b.task ? a.repeat - b.repeat : a.task < b.task ? -1 : 1))

/** Wilson's interval over attempts stands in for the runner's own. */
function sampleSummary(model: string, rows: readonly ReportRow[], planned: number): ModelSummary {
  const judged = rows.filter((row) => outcomes[row.outcome].denominator)
  const n = judged.length
  const total = judged.reduce((sum, row) => sum + (row.value ?? 0), 0)
  const score = n === 0 ? null : total / n
  const counts: Partial<Record<AttemptOutcome, number>> = {}
  for (const row of rows) counts[row.outcome] = (counts[row.outcome] ?? 0) + 1
  const priced = judged.flatMap((row) => (row.costUsd === undefined ? [] : [row.costUsd]))
  return {
    model,
    planned,
    counts,
    n,
    tasks: new Set(judged.map((row) => row.task)).size,
    passed: judged.filter((row) => row.outcome === 'pass').length,
    score,
    interval: score === null ? null : wilson(score, n),
    passAt: score === null ? {} : { 1: score },
    passAll: score === null ? {} : { 1: score },
    range: planned === 0 ? null : { worst: total / planned, best: (total + planned - n) / planned },
    byDifficulty: groups(judged, (row) => row.difficulty),
    byCategory: groups(judged, (row) => row.category),
    ...(priced.length > 0 && { costUsd: priced.reduce((sum, usd) => sum + usd, 0) }),
    unpriced: n - priced.length,
    ...(n > 0 && { inputTokens: n * 200, outputTokens: n * 300 }),
    ...(n > 0 && { avgDurationMs: 4200, p50Ms: 4100, p95Ms: 8200, p99Ms: 9100, tokensPerSecond: 62 }),
  }
}

function groups(rows: readonly ReportRow[], by: (row: ReportRow) => string | undefined) {
  const found = new Map<string, { n: number; score: number }>()
  for (const row of rows) {
    const name = by(row)
    if (name === undefined) continue
    const { n, score } = found.get(name) ?? { n: 0, score: 0 }
    found.set(name, { n: n + 1, score: (score * n + (row.value ?? 0)) / (n + 1) })
  }
  return Object.fromEntries(found)
}

function wilson(share: number, n: number) {
  const z = 1.959964
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}
