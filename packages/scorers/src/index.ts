export type { ScorerRef } from '@bench/datasets'
export * from './errors.js'
export * from './spec.js'
