import { z } from 'zod'
import { ScorerError } from '../errors.js'
import { clip, matchScorer, rightAnswers } from '../match.js'

const options = z.strictObject({
  /** The labels one may choose from, e.g. `["A", "B", "C", "D"]`. */
  options: z.array(z.string().trim().min(1)).min(2),
})

/**
 * The option finally chosen, found in this order:
 * 1. the reply is the label alone, or begins with it as in `B)`, `(B)`, `B. because`, `**B**`;
 * 2. the last label after "answer", "choice" or "option" (`The answer is (C)`, `Answer: **C**`), or in `\boxed{C}`;
 * 3. the last label that stands alone as a word, written as given. The words "A" and "I" at the beginning of
 *    a clause are read as words, so rule 3 skips them where a small letter follows.
 * Labels of one letter are matched by case in rules 1 and 3; longer ones (`yes`, `no`) without regard to case.
 */
export const scorer = matchScorer({
  name: 'choice',
  description: 'the option finally chosen is the expected one',
  options,
  match(text, task, { options: labels }) {
    const expected = find(labels, rightAnswers('choice', task)[0]!.trim())
    if (expected === undefined)
      throw new ScorerError(
        'bad_options',
        `scorer choice: "expected" of task ${task.id} is none of ${labels.join(', ')}`,
      )
    const got = chosen(text, labels)
    const passed = got === expected
    return passed
      ? { passed }
      : { passed, detail: { expected, got: got ?? null, end: clip(text.slice(-200)) } }
  },
})

const find = (labels: readonly string[], word: string) =>
  labels.find((label) => label === word) ?? labels.find((label) => label.toLowerCase() === word.toLowerCase())

function chosen(text: string, labels: readonly string[]): string | undefined {
  const any = [...labels]
    .sort((a, b) => b.length - a.length)
    .map(literal)
    .join('|')
  const flags = labels.every((label) => [...label].length === 1) ? 'gu' : 'giu'
  const alone = text.match(
    new RegExp(`^[*_\`("'\\[]*(${any})(?:[*_\`"'\\]]*$|[*_\`"'\\]]*[).:,]|[*_\`]+(?=\\s))`, flags.slice(1)),
  )
  if (alone) return find(labels, alone[1]!)
  // Every repetition is bounded where two could share a run: replies are hostile.
  const stated = new RegExp(
    `(?:\\b(?:answer|choice|option)\\b(?:\\s{1,3}(?:is|was|would be|must be|should be|option|choice)){0,3}\\s{0,3}[:=]?\\s{0,3}|boxed\\{\\s{0,3})[*_\`("'\\[$]*(?:\\\\text\\{)?(${any})(?![\\p{L}\\p{N}])`,
    'giu',
  )
  const said = last(text, stated)
  if (said !== undefined) return find(labels, said)
  const word = last(
    text,
    new RegExp(`(?<![\\p{L}\\p{N}'’])(?!(?:A|I)\\s+\\p{Ll})(${any})(?![\\p{L}\\p{N}'’])`, flags),
  )
  return word === undefined ? undefined : find(labels, word)
}

const last = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].at(-1)?.[1]

const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
