import { createHash } from 'node:crypto'
import type { CallOptions } from '@bench/providers'
import { canonical } from './record/canonical.js'
import type { RunPlan } from './record/plan-file.js'

/** What determines an attempt. */
export interface KeyParts {
  readonly modelId: string
  /** Only what shapes the reply counts: how long one is willing to wait does not. */
  readonly call: CallOptions
  readonly taskId: string
  /** `taskHash` of `@bench/datasets`. */
  readonly taskHash: string
  readonly solver: string
  readonly solverOptions?: RunPlan['solverOptions']
  /** 0 is the first. */
  readonly repeat: number
}

/**
 * An attempt's key: the same work has the same key, on every machine. SHA-256 over canonical JSON, the first 132
 * bits of it in 22 characters of base64url.
 */
export function attemptKey({ taskId, taskHash, repeat, ...shared }: KeyParts): string {
  return keysOf(shared)(taskId, taskHash, repeat)
}

/**
 * The keys of attempts that have all but their task and repeat in common. What they have in common is written out once: a plan of
 * 100,000 tasks is gone through each time it is resumed.
 */
export function keysOf({
  call,
  modelId,
  solver,
  solverOptions,
}: Omit<KeyParts, 'taskId' | 'taskHash' | 'repeat'>) {
  const { temperature, maxTokens, topP, stop, seed } = call
  const shapes = canonical({ temperature, maxTokens, topP, stop, seed })
  const options = solverOptions === undefined ? '' : `"solverOptions":${canonical(solverOptions)},`
  // By name, as canonical JSON has its members.
  const before = `{"call":${shapes},"modelId":${JSON.stringify(modelId)},"repeat":`
  const between = `,"solver":${JSON.stringify(solver)},${options}"taskHash":`
  return (taskId: string, taskHash: string, repeat: number): string => {
    const task = `${JSON.stringify(taskHash)},"taskId":${JSON.stringify(taskId)}}`
    return createHash('sha256')
      .update(before + repeat + between + task)
      .digest('base64url')
      .slice(0, 22)
  }
}
