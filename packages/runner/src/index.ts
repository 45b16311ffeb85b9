export { openBatches, type RunBatches } from './batch/run-batches.js'
export type * from './batch/spec.js'
export * from './errors.js'
export { assumedMaxTokens, type Estimate, estimate } from './estimate.js'
export { openGauge } from './gauge.js'
export { attemptKey, type KeyParts } from './key.js'
export { openBlobStore } from './local/blob-store.js'
export { budget } from './local/budget.js'
export { errorLog } from './local/error-log.js'
export { openInFlight } from './local/in-flight.js'
export {
  createRun,
  listRuns,
  newRunId,
  openRun,
  type RunFolder,
  type RunListing,
} from './local/run-folder.js'
export { openRunLog, type RunLogOptions, readRunLog } from './local/run-log.js'
export { writeFileDurably } from './local/storage.js'
export { mergeRuns } from './merge-runs.js'
export { attempts, type PlanRequest, planRun, type TaskRef, taskRef } from './plan.js'
export { type PreflightRequest, type PreflightResult, preflight } from './preflight.js'
export { defineSolver, loadSolver, solvers } from './registry.js'
export { type RescoreDeps, rescore } from './rescore.js'
export { type Progress, readProgress } from './resume.js'
export { run } from './run.js'
export { sampleTasks } from './sample.js'
export type * from './spec.js'
