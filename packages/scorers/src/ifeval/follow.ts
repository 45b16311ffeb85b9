import { type kinds as allKinds, kinds } from './instructions.js'
import type { Models } from './models.js'
import { strip } from './python-text.js'

export interface Instruction {
  readonly id: keyof typeof allKinds
  readonly kwargs: unknown
}

/** Instruction by instruction: whether the reply follows it to the letter, and whether some form of it does. */
export interface Followed {
  readonly strict: readonly boolean[]
  readonly loose: readonly boolean[]
}

/**
 * The two readings of IFEval (`evaluation_lib.py`). Strict takes the reply as it is. Loose is content if one of eight forms of it
 * will do: with and without its first line, its last line, both, and each of these with and without asterisks.
 */
export function follow(reply: string, instructions: readonly Instruction[], models: Models): Followed {
  const forms = formsOf(reply)
  const rows = instructions.map(({ id, kwargs }) => {
    const follows = (form: string) => strip(form) !== '' && kinds[id].follows(form, kwargs, models)
    const strict = follows(reply)
    return { strict, loose: strict || forms.some(follows) }
  })
  return { strict: rows.map(({ strict }) => strict), loose: rows.map(({ loose }) => loose) }
}

function formsOf(reply: string): readonly string[] {
  const lines = reply.split('\n')
  const cut = [lines.slice(1), lines.slice(0, -1), lines.slice(1, -1)].map((kept) => strip(kept.join('\n')))
  const forms = [reply, ...cut]
  return [...new Set([...forms, ...forms.map((form) => form.replaceAll('*', ''))])]
}
