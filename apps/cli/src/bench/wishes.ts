import type { PlanRequest } from '@bench/runner'
import type { RunPlan } from '@bench/runner/record'
import { flagOf, type OptionName } from '../config/run-options.js'
import type { BenchOptions } from './options.js'

/** What a plan holds of a person's wishes besides tasks, models and money. */
export function wishesOf(
  options: BenchOptions,
): Pick<PlanRequest, 'solver' | 'solverOptions' | 'call' | 'sample' | 'untilCi' | 'bounds'> {
  const { temperature, maxTokens, timeout, sample, seed = 0, stratify, untilCi } = options
  return {
    ...solverOf(options),
    call: {
      ...(temperature === undefined ? {} : { temperature }),
      ...(maxTokens === undefined ? {} : { maxTokens }),
      ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
    },
    ...(sample === undefined
      ? {}
      : { sample: { n: sample, seed, ...(stratify === undefined ? {} : { by: stratify }) } }),
    ...(untilCi === undefined ? {} : { untilCi }),
    bounds: boundsOf(options),
  }
}

/** Options of a solver by those who have them; a module of a person's own is given all. */
const solverOption = { rounds: 'refine', maxIterations: 'agent' } as const
const builtIn: readonly string[] = ['single', 'refine', 'agent']

const isOf = (name: keyof typeof solverOption, solver: string): boolean =>
  solverOption[name] === solver || !builtIn.includes(solver)

function solverOf({ solver = 'single', rounds, maxIterations, solverOptions: named }: BenchOptions) {
  const solverOptions = {
    ...named,
    ...(rounds !== undefined && isOf('rounds', solver) ? { rounds } : {}),
    ...(maxIterations !== undefined && isOf('maxIterations', solver) ? { maxIterations } : {}),
  }
  return { solver, solverOptions }
}

/** What ends one session; `--no-continue-on-failure` is the first error. */
export function boundsOf({
  maxTime,
  maxErrors,
  continueOnFailure,
}: BenchOptions): NonNullable<RunPlan['bounds']> {
  const errors = continueOnFailure === false ? 1 : maxErrors
  return {
    ...(maxTime === undefined ? {} : { maxTimeMs: maxTime * 1000 }),
    ...(errors === undefined ? {} : { maxErrors: errors }),
  }
}

/** What the plan of a run holds, whatever is said when it is gone on with. */
const planned: readonly OptionName[] = [
  ...(['providers', 'model'] as const),
  ...(['limit', 'sample', 'seed', 'stratify', 'repeats', 'untilCi'] as const),
  ...(['solver', 'rounds', 'maxIterations', 'solverOptions', 'scorer'] as const),
  ...(['temperature', 'maxTokens', 'timeout'] as const),
]

/** What was asked of a run that is gone on with and changes nothing, in one line. */
export function heldByThePlan({ flagged }: BenchOptions): string[] {
  const names = planned.filter((name) => flagged?.has(name)).map(flagOf)
  return names.length === 0 ? [] : [`${names.join(', ')}: not used, a run is gone on with as it was planned`]
}

/** What is asked and changes nothing, a line each. */
export function unusedWishes(options: BenchOptions): string[] {
  const { solver = 'single', sample, seed, stratify, continueOnFailure, maxErrors } = options
  const names = Object.keys(solverOption) as (keyof typeof solverOption)[]
  return [
    ...names
      .filter((name) => options[name] !== undefined && !isOf(name, solver))
      .map((name) => `${flagOf(name)} is of --solver ${solverOption[name]}: ${solver} makes nothing of it`),
    ...(stratify !== undefined && sample === undefined
      ? ['--stratify is of --sample: without one, every task is asked']
      : []),
    ...(seed !== undefined && sample === undefined
      ? ['--seed is of --sample: without one, every task is asked']
      : []),
    ...(continueOnFailure === false && (maxErrors ?? 1) > 1
      ? [`--no-continue-on-failure stops at the first error: --max-errors ${maxErrors} makes no difference`]
      : []),
  ]
}
