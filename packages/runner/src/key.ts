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
export function attemptKey({ call, ...parts }: KeyParts): string {
  const { temperature, maxTokens, topP, stop, seed } = call
  const work = canonical({ ...parts, call: { temperature, maxTokens, topP, stop, seed } })
  return createHash('sha256').update(work).digest('base64url').slice(0, 22)
}
