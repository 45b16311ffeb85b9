import type { ModelSummary, RunPlan } from '@bench/runner/record'
import { plural } from './display.js'

/** Attempts that are in no denominator, by outcome; `not_run` counts what was planned and never recorded too. */
export function leftOut(model: ModelSummary): {
  infra: number
  timeout: number
  unjudged: number
  not_run: number
  self_judged: number
  total: number
} {
  const recorded = Object.entries(model.counts).reduce(
    (total, [outcome, n]) => (outcome === 'not_run' ? total : total + (n ?? 0)),
    0,
  )
  const infra = model.counts.infra ?? 0
  const timeout = model.counts.timeout ?? 0
  const unjudged = model.counts.unjudged ?? 0
  const not_run = Math.max(0, model.planned - recorded)
  const self_judged = model.selfJudged ?? 0
  const total = infra + timeout + unjudged + not_run + self_judged
  return { infra, timeout, unjudged, not_run, self_judged, total }
}

/** In words: `3 infra, 2 timeout, 10 not run`; empty where nothing was left out. */
export function leftOutWords(model: ModelSummary): string {
  const { infra, timeout, unjudged, not_run, self_judged } = leftOut(model)
  return [
    infra > 0 && `${infra} infra`,
    timeout > 0 && `${timeout} timeout`,
    unjudged > 0 && `${unjudged} not judged yet`,
    not_run > 0 && `${not_run} not run`,
    self_judged > 0 && `${self_judged} self-judged (counted with --allow-self-judged)`,
  ]
    .filter((part) => part !== false)
    .join(', ')
}

/**
 * How much of the plan was not run. More than 0 `missing` means the run is PARTIAL; what was `spared` need not be run,
 * since the interval of its model is as narrow as the plan asks for.
 */
export function notRun(
  models: readonly ModelSummary[],
  { untilCi }: Pick<RunPlan, 'untilCi'>,
): { missing: number; spared: number; planned: number } {
  const sum = (of: readonly ModelSummary[]) => of.reduce((total, model) => total + leftOut(model).not_run, 0)
  const isEnough = ({ interval }: ModelSummary) =>
    untilCi !== undefined && interval !== null && (interval.high - interval.low) * 50 <= untilCi
  const planned = models.reduce((total, model) => total + model.planned, 0)
  return {
    missing: sum(models.filter((model) => !isEnough(model))),
    spared: sum(models.filter(isEnough)),
    planned,
  }
}

/** `1,204 attempts not run: the scores are known to ±2 without them.` Empty where none was spared. */
export function sparedWords(models: readonly ModelSummary[], plan: Pick<RunPlan, 'untilCi'>): string {
  const { spared } = notRun(models, plan)
  return spared === 0
    ? ''
    : `${plural(spared, 'attempt')} not run: the scores are known to ±${plan.untilCi} without.`
}
