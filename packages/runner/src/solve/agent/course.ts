import type { Task } from '@bench/datasets'
import type { Check, Course } from '../spec.js'

interface Facts {
  readonly endedBy: string
  readonly iterations: number
  readonly toolCalls: number
  readonly toolsUsed: readonly string[]
  readonly checks: readonly { readonly iteration: number; readonly check: Check }[]
}

/** How many iterations a task is expected to take, where it says; 3 where it does not. */
export function expectedIterations(metadata: Task['metadata']): number {
  const told = metadata?.expected_iterations
  return typeof told === 'number' && Number.isFinite(told) && told >= 1 ? told : 3
}

/**
 * 1, less the share by which the expected number of iterations is passed: `1 − (iterations − expected) / expected`, not above 1 and
 * not below 0. Twice as many as expected are worth nothing.
 */
export const efficiency = (iterations: number, expected: number): number =>
  Math.min(1, Math.max(0, 1 - (iterations - expected) / expected))

/**
 * What is told of an agent's way in its line. Success is that tests pass, where it ran any, else that types do. It corrected itself where
 * a check failed and later passed; where tests pass, so do types.
 */
export function courseOf({ checks, ...facts }: Facts, expected: number): Course {
  const judged = checks.filter(({ check }) => check.outcome !== 'none')
  const decisive = judged.some(({ check }) => check.kind === 'tests') ? 'tests' : 'types'
  const success = judged.find(({ check }) => check.outcome === 'passed' && check.kind === decisive)
  const corrected = judged.some(
    ({ check: before }, index) =>
      before.outcome === 'failed' &&
      judged
        .slice(index)
        .some(
          ({ check: after }) =>
            after.outcome === 'passed' && (after.kind === before.kind || after.kind === 'tests'),
        ),
  )
  return {
    ...facts,
    ...(success !== undefined && { iterationsToSuccess: success.iteration }),
    ...(judged.length > 0 && { selfCorrected: corrected }),
    efficiency: efficiency(facts.iterations, expected),
  }
}
