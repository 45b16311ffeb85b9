import type { ProjectCode } from '@bench/datasets'
import type { Files, Sandbox } from '@bench/sandbox'
import type { Party, Silence } from './party.js'

/** Folder of the project in either box. */
export const root = 'project'

/** How the tests of one language are run, and its code served to them. */
export interface Runner {
  /** Our programs for both boxes, by path. Read once. */
  programs(spec: ProjectCode): Promise<Files>
  /** Starts the process that holds the answer. */
  serve(box: Sandbox, spec: ProjectCode): readonly string[]
  /** Starts the process of the tests. */
  test(box: Sandbox, spec: ProjectCode): readonly string[]
  /** Tells the answer's process what to hold, and gives what the tests' process has to be told; or why it cannot be. */
  begin(answer: Party, spec: ProjectCode): Promise<Readonly<Record<string, unknown>> | Silence>
  /** Whether a file among the tests has any in it; others are for those that have. */
  isTest(path: string): boolean
}

/** Seconds that a runner of tests takes for itself: to start, to collect, to report. */
export const runnerSec = ({ runner }: ProjectCode): number => (runner === 'vitest' ? 20 : 5)
