/** The report seam: folds over records, written for people and for other programs. Types only. */
import type { ModelSummary, Rows, RunPlan } from '@bench/runner/record'

/** All that a format needs. Nothing here is state: it is folded from a run's log each time. */
export interface Report {
  readonly plan: RunPlan
  readonly models: readonly ModelSummary[]
  /** One per attempt, in plan order. */
  readonly rows: Rows
  /** A text of the run's `responses/` by its hash, where it is still at hand: a reply, a transcript, a step of one. */
  reply(hash: string): Promise<string | undefined>
}

export interface Out {
  write(chunk: string): void | Promise<void>
}

/** One file format. One adapter file exports one of these as `format`. */
export interface ReportFormat {
  readonly name: string
  /** What it is called in a run's folder: `results.json`. */
  readonly file: string
  write(report: Report, out: Out): Promise<void>
}
