/** The dataset seam: what is asked, with what a scorer needs to judge it. Types only. */

export type Difficulty = 'easy' | 'medium' | 'hard' | 'extreme'

/** JSON as it is written in files. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** A scorer by name with its options, as a dataset names it: `{ name: 'regex', pattern: '^4' }`. */
export interface ScorerRef {
  readonly name: string
  readonly [option: string]: Json
}

/** Settings of a call that a dataset may fix; a case's own beat the dataset's defaults. */
export interface TaskConfig {
  readonly model?: string
  readonly temperature?: number
  readonly maxTokens?: number
  readonly topP?: number
  readonly stop?: readonly string[]
}

/**
 * What code is written in. TypeScript has its types taken out, and is type-checked where the task says so. The last four are compiled, and
 * judged by assertions alone.
 */
export type Language = 'python' | 'javascript' | 'typescript' | 'shell' | 'cpp' | 'rust' | 'java' | 'go'

/** One input/output test of a program or function. Judged by value, on the host. */
export interface IoCase {
  /** With an entry point: the list of its arguments. Without: the text on standard input. */
  readonly input: Json
  /** With an entry point: the value it returns. Without: the text on standard output. */
  readonly expected: Json
  /** Seconds; more than 0. */
  readonly timeout: number
  /** More than 0. */
  readonly weight: number
  /** A model may see it while it works: its input, what is expected, and what came of it. No other case is shown. */
  readonly visible?: true
}

/** Code judged by what it returns or prints. */
export interface IoCode {
  readonly kind: 'io'
  readonly language: Language
  /** The function that is called, or `Class.method` of a new object; absent means a program that reads stdin and writes stdout. */
  readonly entryPoint?: string
  readonly cases: readonly IoCase[]
  /** Floats equal within this absolute or relative difference; absent means exactly. */
  readonly tolerance?: number
  /** How answers are compared where it is not by our own rule. `livecodebench`: as that set's own harness does. */
  readonly comparison?: 'livecodebench'
  /** Trusted source that runs before the code: imports that a set's own harness gives. */
  readonly setup?: string
}

/** Code judged by the set's own assertions: HumanEval's `check`, MBPP's and MultiPL-E's scripts. */
export interface AssertCode {
  readonly kind: 'assert'
  readonly language: Language
  /** The name that the test calls. */
  readonly entryPoint: string
  /** Trusted source before the completion: imports, signature, docstring, helpers. Empty where the set gives none. */
  readonly prompt: string
  /** Trusted source of the test. */
  readonly test: string
  /** Trusted source of a test that a model may see the outcome of while it works, in the style of `test`; none where absent. */
  readonly visibleTest?: string
  /**
   * `check`: the test defines `check(candidate)`, which is called. `script`: the test is run as it is, with the entry point's name bound.
   * Absent means `check`.
   */
  readonly style?: 'check' | 'script'
  /** TypeScript: whether an error of type fails it, as the set's own harness has it. */
  readonly typeCheck?: boolean
  /** Where the set's own harness cuts a completion that goes on from the prompt. No setting of a call: a chat reply has these too. */
  readonly stop?: readonly string[]
  /** Seconds for the whole test. */
  readonly timeout: number
}

/** Code judged by what a trusted reference returns for the same inputs (EvalPlus). The expected values never enter its process. */
export interface ReferenceCode {
  readonly kind: 'reference'
  readonly language: 'python'
  readonly entryPoint: string
  /** Trusted source before the completion. */
  readonly prompt: string
  /** Trusted source of the whole reference. */
  readonly reference: string
  /** Lists of arguments, in the notation of values (`{"$tuple": […]}`). The set's own tests … */
  readonly baseInputs: readonly Json[]
  /** … and those that EvalPlus added. */
  readonly plusInputs: readonly Json[]
  /** Absolute tolerance of floats; 0 as the set has it. */
  readonly tolerance: number
  /** Whose oracles and time rule hold. */
  readonly oracle: 'humaneval' | 'mbpp'
  /** The task's id as EvalPlus has it: some have an oracle of their own. */
  readonly problem: string
}

/** An expression judged by its value (CRUXEval). */
export interface ExpressionCode {
  readonly kind: 'expression'
  readonly language: 'python'
  /** Trusted source that runs before it. */
  readonly setup: string
  /** Python literal of the right value. */
  readonly expected: string
  /**
   * Text that the answer must hold, and text that it must not: what would be no answer to the question. Where it begins a call, `f(`, the
   * answer must be a call of that function, or do without it, and be data otherwise.
   */
  readonly requires?: string
  readonly forbids?: string
  /** Seconds. */
  readonly timeout: number
}

/** Files judged by a project's own tests. The tests run where no code of the reply's does, and call it from there. */
export interface ProjectCode {
  readonly kind: 'project'
  readonly language: Language
  /** Trusted files that are there beforehand, path → text: what the reply builds on. */
  readonly files?: { readonly [path: string]: string }
  /** Paths that the reply has to give. Whatever else it gives is left out, and told. */
  readonly answer: readonly string[]
  /** Trusted test files, path → text. */
  readonly tests: { readonly [path: string]: string }
  readonly runner: 'pytest' | 'unittest' | 'node:test' | 'vitest'
  /**
   * Absolute path on this machine of a prepared `node_modules`, which either side finds and nobody can write. vitest comes from it.
   * Only code gives it: a file that was got from somewhere names no folder of this machine.
   */
  readonly modules?: string
  /** How many tests pass where the answer is right: exactly so many have to, and none may fail or be skipped. 1 or more. */
  readonly passes: number
  /** Those of `tests` that a model may read and run while it works, and how many pass there; none where absent. */
  readonly visible?: { readonly tests: readonly string[]; readonly passes: number }
  /**
   * Whether the tests let objects of the reply's own decide: compare them, count with them, ask them what they hold. Then the
   * verdict is `self-judged`, and marked as such; without it such a test fails.
   */
  readonly selfJudged?: boolean
  /** Seconds of CPU time for the code of the reply, and again for the tests. */
  readonly timeout: number
}

export type CodeSpec = IoCode | AssertCode | ReferenceCode | ExpressionCode | ProjectCode

export interface Task {
  /** Unique within its dataset. */
  readonly id: string
  readonly prompt: string
  readonly system?: string
  readonly category?: string
  readonly difficulty?: Difficulty
  /** The one right answer, for matching scorers. */
  readonly expected?: string
  /** Several right answers. */
  readonly references?: readonly string[]
  /** A reply that must score full marks: what the `oracle` control answers. */
  readonly solution?: string
  /** How the reply is judged, the first being the headline. Never empty. */
  readonly scorers: readonly ScorerRef[]
  /** Present where code must run. */
  readonly code?: CodeSpec
  readonly config?: TaskConfig
  readonly metadata?: { readonly [key: string]: Json }
  /** Why this task cannot be asked (a template variable is missing): a Failure row, no call. */
  readonly error?: string
}

export interface Dataset {
  readonly name: string
  readonly version: string
  readonly description?: string
  /** Where it was read from, for messages. */
  readonly source: string
  /** SHA-256 of its bytes, unpacked where it is gzip; hex. */
  readonly hash: string
  readonly size: number
  /** The format that its file was read by; absent where code gave it. */
  readonly format?: string
  /**
   * The tasks in file order; may be called again. One task is in memory at a time.
   * The whole file was validated when the dataset was opened.
   */
  tasks(): AsyncIterable<Task>
}

/** What a person may say of a file behind its path: `mbpp.jsonl#split=all`. */
export interface FormatOption {
  /** What it does, in a few words. */
  readonly description: string
  /** All that it may be, the first being meant where nothing is said; absent where the format checks what is said. */
  readonly values?: readonly string[]
}

/** Options by name, as they were written. */
export type FormatOptions = Readonly<Record<string, string>>

/** One file format. One adapter file exports one of these as `format`. */
export interface DatasetFormat {
  readonly name: string
  /** Options that it takes, by name; absent where it takes none. */
  readonly options?: Readonly<Record<string, FormatOption>>
  /** File name endings it reads, with the dot: `.jsonl.gz`. */
  readonly extensions: readonly string[]
  /** Whether the beginning of a file (its first 64 KiB, unpacked) looks like this format. */
  detect(head: string, path: string): boolean
  /**
   * @param options of names and values that `options` above knows
   * @throws DatasetError naming file, place and remedy.
   */
  open(path: string, signal?: AbortSignal, options?: FormatOptions): Promise<Dataset>
}
