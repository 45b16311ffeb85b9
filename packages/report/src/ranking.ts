import { isCounted, type ModelSummary, type ReportRow } from '@bench/runner/record'
import { compare, pairedDifferences, taskMeans } from './compare.js'
import { leftOut } from './denominator.js'
import { percent, plural, points, pValue, range } from './display.js'
import { signFlip } from './sign-flip.js'
import type { Report } from './spec.js'
import { clean } from './text.js'

export interface Ranked {
  /** 1 + the number of models that are better beyond doubt (p < .05); null where there is no score. */
  readonly rank: number | null
  readonly summary: ModelSummary
}

/**
 * Models by score, best first; those without a score last. A rank is shared by all that no model separates: it is
 * 1 + the number of models that beat this one on the tasks both have (see {@link signFlip}, p < .05).
 */
export function ranking(report: Pick<Report, 'models' | 'rows' | 'plan'>): Ranked[] {
  const sorted = report.models.toSorted((a, b) => (b.score ?? -1) - (a.score ?? -1))
  // One alone beats nobody.
  const means = sorted.length > 1 ? taskMeans(counted(report)) : new Map<string, Map<string, number>>()
  const beats = (a: ModelSummary, b: ModelSummary): boolean => {
    const differences = pairedDifferences(means.get(a.model), means.get(b.model))
    const total = differences.reduce((sum, value) => sum + value, 0)
    return total > 0 && signFlip(differences) < 0.05
  }
  return sorted.map((summary) => ({
    rank: summary.score === null ? null : 1 + sorted.filter((other) => beats(other, summary)).length,
    summary,
  }))
}

/** `PASS@1` where every score is a share of passes, else `SCORE`. */
export function scoreName(models: readonly ModelSummary[]): 'PASS@1' | 'SCORE' {
  const scored = models.filter((model) => model.score !== null && model.n > 0)
  const binary = scored.every((model) => {
    const passAt1 = model.passAt[1]
    return passAt1 !== undefined && Math.abs(passAt1 - (model.score as number)) < 1e-9
  })
  return scored.length > 0 && binary ? 'PASS@1' : 'SCORE'
}

const difficultyOrder = ['easy', 'medium', 'hard', 'extreme']

/** Difficulties that occur: the known ones in their order, others after them by name. */
export function difficulties(models: readonly ModelSummary[]): string[] {
  const names = new Set(models.flatMap((model) => Object.keys(model.byDifficulty)))
  const known = difficultyOrder.filter((name) => names.delete(name))
  return [...known, ...[...names].sort()]
}

/** Controls answer from the task itself; their ids name no provider. A verdict is about models where there are any. */
export const isControl = (id: string): boolean => !id.includes(':')

export interface Verdict {
  /** One sentence: who leads and by how much, or that it cannot be told. */
  readonly headline: string
  /** What it rests on: test, p, tasks; empty where there is nothing to test. */
  readonly basis: string
  /** The models it names, as they stand in it. */
  readonly names: readonly string[]
}

/** The two best models set against each other on the tasks both have. Plain text, cleaned. */
export function verdict(report: Pick<Report, 'models' | 'rows' | 'plan'>): Verdict {
  const alone = (headline: string): Verdict => ({ headline, basis: '', names: [] })
  if (report.models.length === 0) return alone('No model was asked.')
  const scored = ranking(report).filter((entry) => entry.summary.score !== null)
  const models = scored.filter((entry) => !isControl(entry.summary.model))
  const [first, second] = (models.length > 0 ? models : scored).map((entry) => entry.summary)
  if (first === undefined) {
    const total = report.models.reduce((sum, model) => sum + leftOut(model).total, 0)
    return alone(`Nothing was scored: ${plural(total, 'attempt')} left out, none judged.`)
  }
  if (second === undefined) {
    const { model, score, interval, tasks } = first
    return {
      names: [clean(model)],
      headline: `${clean(model)} scores ${percent(score ?? 0)} on ${plural(tasks, 'task')}.`,
      basis: interval === null ? '' : `95 % interval ${range(interval.low, interval.high)}`,
    }
  }
  const names = [clean(first.model), clean(second.model)]
  const [a, b] = names
  const pair = compare(counted(report), first.model, second.model)
  if (pair === undefined)
    return { headline: `${a} and ${b} share no scored task: they cannot be compared.`, basis: '', names }
  const { difference, low, high, p } = pair
  const missing = pair.missing === 0 ? '' : `, ${pair.missing} missing`
  const basis = `paired ${pValue(p)} over ${plural(pair.tasks, 'shared task')}${missing}`
  if (p < 0.05) {
    const [winner, loser] = difference > 0 ? [a, b] : [b, a]
    return { headline: `${winner} beats ${loser} by ${percent(Math.abs(difference))} points.`, basis, names }
  }
  if (difference === 0) return { headline: `${a} and ${b} are level.`, basis, names }
  return {
    headline: `${a} and ${b} cannot be told apart.`,
    names,
    basis: `difference ${points(difference)} points, 95 % interval ${points(low)} to ${points(high)}, ${basis}`,
  }
}

/** What is left out of the scores is left out of comparisons as well. */
function* counted({ rows, plan }: Pick<Report, 'rows' | 'plan'>): Generator<ReportRow> {
  for (const row of rows) if (isCounted(row, plan)) yield row
}
