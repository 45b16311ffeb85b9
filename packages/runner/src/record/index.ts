export { canonical } from './canonical.js'
export { type Fold, type FoldOptions, foldLines, type Spend } from './fold.js'
export {
  type Cluster,
  type Interval,
  interval95,
  passAllK,
  passAtK,
  percentile,
  type RunningScore,
  runningScore,
} from './interval.js'
export * from './lines.js'
export * from './outcome.js'
export type { Codec } from './packed.js'
export * from './plan-file.js'
export * from './row.js'
export type { Rows } from './rows.js'
export { planRows, summarise } from './summary.js'
export { type KeptTranscript, readTranscript, type TranscriptStep } from './transcript.js'
export { better, chosen, lineHash, merge, unionKey } from './union.js'
