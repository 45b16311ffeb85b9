/** The scorer seam: the judge and its judgement. Types only. */
import type { CodeSpec, Json, ScorerRef, Task } from '@bench/datasets'
import type { Completion } from '@bench/providers'
import type { SandboxDriver } from '@bench/sandbox'

/** What became of an attempt that was judged. See `docs/` for which of these are in the denominator. */
export type Outcome =
  | 'pass'
  | 'wrong_answer'
  | 'syntax'
  | 'runtime'
  | 'memory'
  | 'output_limit'
  | 'crash'
  | 'forged'
  | 'time_limit'
  | 'no_answer'
  | 'truncated'
  | 'refused'
  | 'infra'

/** The reply, read. */
export interface Answer {
  /** The reply without reasoning tags. */
  readonly text: string
  /** The code in it, where the task asks for code and there is some. */
  readonly code?: string
  /** Which rule found the code: `raw`, `fence`, `open-fence`, `lines`, `whole`, …; `docs/extraction.md` has them all. */
  readonly rule?: string
  /** What other rules would have read. Where there is any, the score's detail says `extraction: disagreed`. */
  readonly alternatives?: readonly { readonly rule: string; readonly code: string }[]
  /** The files in it, path → content, where the task asks for files. */
  readonly files?: { readonly [path: string]: string }
  /** Why files cannot be used, all faults at once, a line each. */
  readonly faults?: readonly string[]
  /** What a reader of the score should know of how it was read, a line each. */
  readonly notes?: readonly string[]
}

/** One attempt as a scorer sees it. */
export interface Scorable {
  readonly task: Task
  readonly completion: Completion
  readonly answer: Answer
}

export interface Score {
  readonly outcome: Outcome
  /** 0–1 and finite; null where there is none (`infra`). */
  readonly value: number | null
  /** What a person needs to see why: first failing case, expected and got, capped in size. */
  readonly detail?: { readonly [key: string]: Json }
  /**
   * Figures beside the value, by name: how many of how many. Each is summed over all attempts before the two are
   * divided, so a task with more parts weighs more.
   */
  readonly tallies?: Tallies
}

export type Tallies = { readonly [name: string]: readonly [got: number, of: number] }

/** Judges code in warm boxes. Whoever opens one disposes of it: then nothing that it started is left. */
export interface Judge extends AsyncDisposable {
  readonly driver: SandboxDriver
  /**
   * @param suite of code judged by a reference: `base` leaves out the inputs that were added
   * @throws ScorerError `no_sandbox` where the driver cannot judge it; SandboxError where a box fails before the code began
   */
  judge(spec: CodeSpec, code: string, options?: { suite?: 'base'; signal?: AbortSignal }): Promise<Score>
}

export interface ScorerDeps {
  /** Opens boxes for code; absent where the run has no sandbox. */
  readonly sandbox?: SandboxDriver
  /** Warm boxes over that sandbox, opened once a run; without it each score opens its own. */
  readonly judge?: Judge
  readonly signal?: AbortSignal
}

/** How a scorer's values are summarised: `pass@1`, `mean`. */
export interface Metric {
  readonly name: string
  /**
   * @param values one list per task, one value (0–1) per repeat
   * @returns 0–1, or null where it cannot be computed
   */
  summarise(values: readonly (readonly number[])[]): number | null
}

export interface Scorer {
  readonly name: string
  /** Changes whenever a verdict could. */
  readonly version: string
  readonly metrics: readonly Metric[]
  /** Whether it runs code, and so needs a sandbox and the preflight controls. */
  readonly runsCode?: boolean
  /** A throw is our fault (`infra`), never the model's. */
  score(attempt: Scorable, deps: ScorerDeps): Promise<Score>
}

/** A scorer made from the options that a dataset or a person gave. One adapter file exports one as `scorer`. */
export interface ScorerFactory {
  readonly name: string
  readonly description: string
  /** @throws ScorerError `bad_options` naming the option. */
  create(options: ScorerRef): Scorer
}
