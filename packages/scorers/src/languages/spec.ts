/**
 * What differs between languages: how their code is found in a reply, put together, and run. One file each. Types only.
 *
 * A language brings up to three programs for the fork server (`roles`). They, and the host side in `src/execution`, speak one
 * protocol, whatever the language. Results on descriptor 3 and all that crosses 4 and 5 are frames: four bytes of length,
 * big-endian, and that many bytes of JSON. Values are in the notation of `execution/codec.ts`.
 *
 * `calls` (kind `io`). Payload `{source, setup?, entry?, args?, seal, again}`; a program without `entry` has its text on
 * descriptor 0 and prints to 1. On 3 comes one {@link Told}, `{seal, value}` or for a program `{seal, ended: true}`; where `again` is
 * true and it was a value, a second one of a second call with the same arguments in the same process. Nothing may follow.
 *
 * `candidate` and `tester` (kind `assert`), joined by 4 and 5 in whatever way the two agree on. Payloads `{source, entry}` and
 * `{prompt, entry, test, style}`. Only the tester's 3 is read: one {@link Verdict}. They are used where a test cannot be rehearsed
 * (`execution/staged.ts`); TypeScript loses its types before, in `execution/js`.
 */
import type { AssertCode, Language } from '@bench/datasets'
import type { Files } from '@bench/sandbox'
import type { Compiled } from './compiled.js'

export interface LanguageSupport {
  readonly name: Language
  /** Labels of its fences in Markdown, in lower case. A fence without one may be of any language. */
  readonly fences: readonly string[]
  /** Of {@link ForkServer.runtimes}: what a box must have. */
  readonly runtime: 'python' | 'node' | 'sh'
  readonly roles: Readonly<Partial<Record<'calls' | 'candidate' | 'tester', string>>>
  /** How it is judged where it has to be compiled: by the set's own assertions, and without `roles`. */
  readonly compiled?: Compiled
  /** The trusted programs and their modules, by file name. Read once. */
  programs(): Promise<Files>
  /** Whether code defines a name at its top level. */
  defines(code: string, name: string): boolean
  /** What the candidate's process loads, from a reply's code: the prompt's beginning is added where the reply left it out. */
  complete(spec: Pick<AssertCode, 'prompt' | 'entryPoint'>, code: string): string
}

/** What a call told. Hostile. One key says what happened; `ms` may stand beside it. */
type Told =
  | { readonly value: unknown }
  | { readonly ended: true }
  | { readonly syntax: ToldError }
  | { readonly error: ToldError }
  | { readonly memory: true }
  | { readonly output_limit: string }
  | { readonly unsupported: string }

interface ToldError {
  readonly type: string
  readonly message: string
  /** Lines of the candidate's own source: `line 2, in f: return a / b`. */
  readonly trace: readonly string[]
}

/**
 * What the tester told. Trusted, but for what it passes on: `reply`, which is a {@link Told} of the candidate that ended the
 * test, and `last`, the last call's arguments and answer.
 */
export interface Verdict {
  readonly passed: boolean
  /** The line of the test that did not hold. */
  readonly at?: string
  readonly failure?: { readonly type: string; readonly message: string }
  readonly reply?: Told
  /** What came from the candidate was no answer at all. */
  readonly garbage?: string
  /** It answered what it had not been asked. */
  readonly forged?: string
  /** An argument of the test cannot be carried over. */
  readonly unsupported?: string
  /** The candidate was silent: its process has ended. How, the host knows. */
  readonly silent?: true
  readonly last?: { readonly args: unknown; readonly value?: unknown }
}
