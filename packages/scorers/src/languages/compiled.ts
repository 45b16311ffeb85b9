/**
 * What differs between languages that are compiled: the two programs that an answer and its test become. Types only.
 *
 * They are compiled in jobs of their own (`compiler.py`), come back as bytes, and are joined in another (`compiled.py`): the answer's
 * process serves calls on 4 and 5, the test's asks and tells one verdict on 3. `compiled/bench_judge.hpp` has the notation of values; the
 * support of other languages speaks the same.
 */
import type { AssertCode } from '@bench/datasets'
import type { ToolChain } from '@bench/sandbox'

/** A program to be made. */
export interface Build {
  /** Sources by file name, ours among them. */
  readonly files: Readonly<Record<string, string>>
  /** How the compiler is called, from the folder of these. */
  readonly command: readonly string[]
  /** Endings of the files that it makes and that are needed to run it. */
  readonly keep: readonly string[]
  /** How it is started. */
  readonly run: readonly string[]
}

export interface Compiled {
  readonly toolChain: ToolChain
  /** For messages: what is to be installed. */
  readonly compiler: string
  /** Bytes that a process of it may use. */
  readonly memoryBytes: number
  /** What both need and is made once; its files are there when they are compiled, and those that are kept when they run. */
  support?(compiler: string): Promise<Build>
  /** The answer's program. @param compiler its path in the box */
  answer(spec: AssertCode, source: string, compiler: string): Promise<Build>
  /** The test's program: nothing of the answer is in it. */
  test(spec: AssertCode, compiler: string): Promise<Build>
}
