import type { Report } from '@bench/report'
import type { ModelSummary, RunPlan } from '@bench/runner/record'

/** A run as the list shows it, or why it cannot be shown. */
export type RunEntry = { readonly id: string } & (
  | { readonly plan: RunPlan; readonly models: readonly ModelSummary[] }
  | { readonly error: string }
)

/** A run whose replies can be read until it is disposed. */
interface OpenRun extends AsyncDisposable {
  readonly report: Report
}

/** Where runs come from: a folder here, a database elsewhere. */
export interface Runs {
  /** Newest first. @param limit most entries wanted. */
  list(limit: number): Promise<{ readonly entries: readonly RunEntry[]; readonly total: number }>
  /** @returns undefined where there is no such run. */
  open(id: string): Promise<OpenRun | undefined>
}
