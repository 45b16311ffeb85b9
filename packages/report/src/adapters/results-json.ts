import { type ModelSummary, outcomeNames, outcomes, type ReportRow } from '@bench/runner/record'
import { notRun } from '../denominator.js'
import type { Report, ReportFormat } from '../spec.js'
import { latency, savedUsd, sumKnown, totalTokens } from '../totals.js'

/**
 * One object: `dataset_name, provider_name, total_tests, timestamp, summary, results`, in that order, more keys beside
 * them. Scores and `success_rate` are 0–1. In `summary` an unknown figure is null; in a row it is absent.
 * Written row by row: the file is never whole in memory.
 */
export const format: ReportFormat = {
  name: 'results-json',
  file: 'results.json',
  async write(report, out) {
    await out.write(`${json(head(report), 2).slice(0, -2)},\n  "results": [`)
    let first = true
    for (const row of report.rows) {
      await out.write(`${first ? '' : ','}\n    ${json(await result(row, report))}`)
      first = false
    }
    await out.write(first ? ']\n}\n' : '\n  ]\n}\n')
  },
}

function head(report: Report) {
  const { plan, models, rows } = report
  return {
    dataset_name: plan.dataset.name,
    provider_name: plan.models.map((model) => model.id).join(', '),
    total_tests: rows.length,
    timestamp: lastEnd(report),
    summary: summary(report),
    run: plan.run,
    harness: plan.harness,
    dataset_version: plan.dataset.version,
    dataset_hash: plan.dataset.hash,
    repeats: plan.repeats,
    partial: notRun(models, plan).missing > 0,
    models: models.map(modelEntry),
  }
}

/** When the last attempt ended; for a run without any, when it was planned. */
function lastEnd({ rows, plan }: Report): string {
  let last = ''
  for (const row of rows) if (row.ended > last) last = row.ended
  return last || plan.created
}

function summary(report: Report) {
  const { models, rows } = report
  const by = { Success: 0, Failure: 0, Timeout: 0, Skipped: 0 }
  for (const { counts } of models)
    for (const outcome of outcomeNames) by[outcomes[outcome].status] += counts[outcome] ?? 0
  const { avg, p50, p95, p99 } = latency(report)
  return {
    total: rows.length,
    succeeded: by.Success,
    failed: by.Failure,
    timeout: by.Timeout,
    skipped: by.Skipped,
    success_rate: rows.length === 0 ? null : by.Success / rows.length,
    avg_duration_ms: avg ?? null,
    p50_ms: p50 ?? null,
    p95_ms: p95 ?? null,
    p99_ms: p99 ?? null,
    total_tokens: sumKnown(models.map(totalTokens)) ?? null,
    total_cost: sumKnown(models.map((model) => model.costUsd)) ?? null,
    unpriced: models.reduce((total, model) => total + model.unpriced, 0),
    cached: models.reduce((total, model) => total + (model.cached ?? 0), 0),
    saved_cost: sumKnown(models.map(savedUsd)) ?? null,
  }
}

/** A summary as users of such exports spell it. */
function modelEntry(model: ModelSummary) {
  return {
    model: model.model,
    score: model.score,
    low: model.interval?.low ?? null,
    high: model.interval?.high ?? null,
    n: model.n,
    tasks: model.tasks,
    passed: model.passed,
    planned: model.planned,
    pass_at: model.passAt,
    worst: model.range?.worst ?? null,
    best: model.range?.best ?? null,
    outcomes: model.counts,
    by_difficulty: model.byDifficulty,
    by_category: model.byCategory,
    tallies: model.tallies,
    cost: model.costUsd ?? null,
    unpriced: model.unpriced,
    cached: model.cached ?? 0,
    saved_cost: savedUsd(model) ?? null,
    input_tokens: model.inputTokens ?? null,
    output_tokens: model.outputTokens ?? null,
    avg_duration_ms: model.avgDurationMs ?? null,
    p50_ms: model.p50Ms ?? null,
    p95_ms: model.p95Ms ?? null,
    p99_ms: model.p99Ms ?? null,
    tokens_per_second: model.tokensPerSecond ?? null,
  }
}

/** `JSON.stringify` leaves out what is undefined: an unknown value has no key. */
async function result(row: ReportRow, report: Report) {
  return {
    test_id: row.task,
    category: row.category ?? null,
    status: row.status,
    response: row.reply === undefined ? undefined : await report.reply(row.reply),
    error: row.error ?? null,
    duration_ms: row.durationMs ?? null,
    timestamp: row.ended || null,
    model: row.model,
    repeat: row.repeat,
    difficulty: row.difficulty,
    outcome: row.outcome,
    score: row.value,
    scores: row.scores,
    tallies: row.tallies,
    tokens: totalTokens(row),
    input_tokens: row.inputTokens,
    output_tokens: row.outputTokens,
    cost: row.costUsd,
    cached: row.cached,
    ttft_ms: row.ttftMs,
    tokens_per_second: row.tokensPerSecond,
    prompt_length: row.promptChars,
    response_length: row.replyChars,
    warnings: row.warnings,
    detail: row.detail,
    ...courseOf(row),
    key: row.key || undefined,
  }
}

/** How a solver that asks more than once came to the answer. */
function courseOf({ course, transcript }: ReportRow) {
  if (course === undefined) return { transcript }
  return {
    iterations: course.iterations,
    ended_by: course.endedBy,
    tool_calls_count: course.toolCalls,
    iterations_to_success: course.iterationsToSuccess,
    tools_used: course.toolsUsed,
    self_corrected: course.selfCorrected,
    efficiency_score: course.efficiency,
    transcript,
  }
}

/** JSON that also does nothing on a terminal: what `JSON.stringify` leaves as it is and could act is escaped. */
const json = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
