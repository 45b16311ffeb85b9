/** The solver seam: how a model gets to its answer. Types only. */
import type { Task } from '@bench/datasets'
import type { CallOptions, Completion, Model, ToolCall } from '@bench/providers'
import type { Answer } from '@bench/scorers'

/** What a plan holds of a solver's options: plain, and part of every key. */
export type SolverOptions = Readonly<Record<string, string | number | boolean>>

/** What a solver is told of a task. What the task is judged by stays with the runner: nobody can show what he does not have. */
export type AskedTask = Pick<
  Task,
  'id' | 'prompt' | 'system' | 'category' | 'difficulty' | 'config' | 'metadata'
>

/** How a model gets to its answer. One adapter file exports one of these as `solver`; see `defineSolver`. */
export interface Solver<Options = unknown> {
  readonly name: string
  /** One line for people. */
  readonly description?: string
  /** It asks exactly once: what it is answered need not be kept before its line is, and may come in a batch. */
  readonly once?: true
  /**
   * Reads options as a plan holds them, defaults filled in; absent where it takes none.
   * @throws RunnerError `bad_plan` naming the option
   */
  options?(given: SolverOptions): Options
  /** A throw is a fault of the harness or the provider (`infra`), never of the model. An abort rejects with the signal's reason. */
  solve(task: AskedTask, model: Model, deps: SolverDeps<Options>): Promise<Solution>
}

export interface SolverDeps<Options = unknown> {
  /** Settings of every call, the signal among them: to be given to `model.generate` with what the solver adds. */
  readonly call: CallOptions
  readonly options: Options
  readonly signal: AbortSignal
  /** Reads a reply as scorers do. Pure. */
  read(completion: Completion): Answer
  /**
   * Runs what may be shown of the task's checks over an answer. Without a kind: types, and if these pass, tests.
   * @throws what a box throws that fails; the signal's reason
   */
  check(answer: Answer, options?: { readonly kind?: CheckKind }): Promise<Check>
  /** A new workspace with the files of the task. */
  workspace(): Workspace
  /** One step of the transcript: durable before the attempt's line is. */
  step(step: Step): void
  /** Monotonic milliseconds. */
  now(): number
}

/** `types`: whether the code could run at all: its types or its syntax. `tests`: the cases and tests that the task marks visible. */
export type CheckKind = 'types' | 'tests'

export interface Check {
  /** `none`: the task shows nothing of this kind, or nothing here can check it. */
  readonly outcome: 'passed' | 'failed' | 'none'
  /** The kind that decided. */
  readonly kind: CheckKind
  /**
   * For the model: what failed, with inputs and expected values of visible cases alone. What code printed or raised is in it: hostile,
   * capped, without control characters. The same for the same answer, as far as that is in our hands.
   */
  readonly text: string
}

/**
 * The files of one attempt. They are held here and nothing runs in them: checks copy them into fresh boxes. So there is no link to
 * follow and no folder to leave.
 */
export interface Workspace {
  /** In order of path. */
  list(): readonly WorkspaceFile[]
  /** @throws WorkspaceError where there is no such file */
  read(path: string): string
  /** @throws WorkspaceError where that file is not one to be written, or would be too large */
  write(path: string, content: string): void
  /** Whether anything was written. */
  readonly written: boolean
  /** What it comes to: the answer of the attempt. */
  answer(): Answer
}

export interface WorkspaceFile {
  readonly path: string
  readonly bytes: number
  /** Whether it is there yet. */
  readonly exists: boolean
  /** Whether it is part of the answer: only such files may be written. */
  readonly writable: boolean
}

/** What was said or done, in order. */
export interface Step {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: string
  /** Of the assistant. */
  readonly toolCalls?: readonly ToolCall[]
  readonly finish?: Completion['finish']
  /** Of a tool: its name, and whether it failed. */
  readonly name?: string
  readonly failed?: boolean
  /** The visible check that this tells of. */
  readonly check?: Pick<Check, 'kind' | 'outcome'>
}

export interface Solution {
  /** Every completion paid for, in order; the last is the one judged. */
  readonly completions: readonly Completion[]
  /** Present where the solver brings the answer itself (an agent's workspace): it is judged in place of the last completion's text. */
  readonly answer?: Answer
  /** How it came about, where there was more than one call to make. */
  readonly course?: Course
  /** What a reader of the record should know. */
  readonly warnings?: readonly string[]
}

/** How an answer came about. An absent figure does not apply. */
export interface Course {
  /** Calls of the model. */
  readonly iterations: number
  /** Why it ended: `finish`, or the limit that was reached. */
  readonly endedBy: string
  /** The first iteration after which a visible check passed, 1 being the first; absent if none did. */
  readonly iterationsToSuccess?: number
  /** A failing check was followed by a passing one; absent where nothing was checked. */
  readonly selfCorrected?: boolean
  readonly toolCalls?: number
  /** Names of known tools, in the order of the calls. */
  readonly toolsUsed?: readonly string[]
  /** 0–1; see `docs/solvers.md`. */
  readonly efficiency?: number
}

/** Replies of attempts under way whose solver asks several times: what was paid for and is not in a line yet. */
export interface KeptCalls {
  get(key: string, nth: number): Promise<KeptCall | undefined>
  /** Resolves once it is durable. */
  put(key: string, nth: number, call: KeptCall): Promise<void>
  /** To be called once a reply's line is durable. */
  forget(key: string): Promise<void>
}

export interface KeptCall {
  /** Of what was asked, hashed: another question has another reply. */
  readonly question: string
  /** The lines about the key that there were when it was asked: in a later one its cost is counted already. */
  readonly tries: number
  readonly completion: Completion
}
