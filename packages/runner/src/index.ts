export { openBatches, type RunBatches } from './batch/run-batches.js'
export type * from './batch/spec.js'
export { assumedMaxTokens, type Estimate, estimate } from './estimate.js'
export { openGauge } from './gauge.js'
export { attemptKey, type KeyParts } from './key.js'
export { openBlobStore } from './local/blob-store.js'
export { budget, budgetOf } from './local/budget.js'
export { deflate } from './local/deflate.js'
export {
  type LocalRequest,
  plan,
  type ResumeOptions,
  resume,
  type ScoreOptions,
  score,
} from './local/door.js'
export { errorLog } from './local/error-log.js'
export { openInFlight } from './local/in-flight.js'
export { openKeptCalls } from './local/kept-calls.js'
export { hubOf } from './local/named-dataset.js'
export {
  createRun,
  listRuns,
  newRunId,
  openRun,
  type RunFolder,
  type RunListing,
} from './local/run-folder.js'
export { openRunLog, type RunLogOptions, readRunLog, readRunLog as readRecords } from './local/run-log.js'
export { writeFileDurably } from './local/storage.js'
export { describeGit, describeHost } from './local/surroundings.js'
export { mergeRuns, mergeRuns as merge } from './merge-runs.js'
export { attempts, type PlanRequest, planRun, type TaskRef, taskRef } from './plan.js'
export { type PreflightRequest, type PreflightResult, preflight } from './preflight.js'
export { chooseJudges, type Judges } from './prepare/judges.js'
export { type ChosenSandbox, chooseSandbox, type SandboxRequest } from './prepare/sandbox.js'
export { type ChosenTasks, chooseTasks, type TaskRequest } from './prepare/tasks.js'
export { loadSolver, solvers } from './registry.js'
export { type RescoreDeps, rescore } from './rescore.js'
export { type Progress, readProgress } from './resume.js'
export { type RunResult, run } from './run.js'
export { sampleTasks } from './sample.js'
export { planOptions } from './solve/define.js'
export * from './solve/plugin-door.js'
export type * from './spec.js'
