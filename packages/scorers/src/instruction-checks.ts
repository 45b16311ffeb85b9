import { z } from 'zod'
import { clip } from './match.js'
import { linesOf, measure, type Unit } from './measure.js'
import { compilePattern, patternOptions, testPattern } from './pattern.js'

const bound = z.number().int().min(0)
const text = z.string().min(1)
const texts = z.array(text).min(1)

const counted = {
  word_count: 'words',
  sentence_count: 'sentences',
  line_count: 'lines',
  paragraph_count: 'paragraphs',
  character_count: 'characters',
} as const satisfies Record<string, Unit>

const counts = Object.keys(counted) as (keyof typeof counted)[]

/**
 * One thing asked of a reply's form, by `type`. Counting is as `measure.ts` says. Texts to include or exclude are looked
 * for as whole words, without regard to case; other texts are compared as written.
 */
export const checkShape = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.enum(counts), min: bound.optional(), max: bound.optional() }),
    z.strictObject({ type: z.enum(['include', 'exclude']), any: texts }),
    z.strictObject({ type: z.enum(['starts_with', 'ends_with']), text }),
    z.strictObject({
      type: z.literal('no_letter'),
      letter: z.string().regex(/^\p{L}$/u, 'must be one letter'),
    }),
    z.strictObject({ type: z.literal('lines_start_with'), letters: texts }),
    z.strictObject({ type: z.enum(['all_lowercase', 'all_uppercase', 'no_commas']) }),
    z.strictObject({ type: z.enum(['bullet_count', 'numbered_list']), count: bound }),
    z.strictObject({ type: z.enum(['matches', 'not_matches']), ...patternOptions }),
    z.strictObject({ type: z.literal('repeats'), text, count: bound }),
  ])
  .superRefine((check, context) => {
    if ('min' in check || 'max' in check) {
      if ((check.min ?? 0) > (check.max ?? Number.POSITIVE_INFINITY))
        context.addIssue({ code: 'custom', message: '"min" is above "max"' })
    } else if (counts.includes(check.type as (typeof counts)[number]))
      context.addIssue({ code: 'custom', message: 'needs "min" or "max"' })
    if ('pattern' in check) {
      const wrong = compilePattern(check.pattern, check.flags)
      if (wrong) context.addIssue({ code: 'custom', path: ['pattern'], message: wrong })
    }
  })

export type Check = z.infer<typeof checkShape>

/** Whether a reply (trimmed, not empty) keeps to one check. */
export function holds(check: Check, reply: string): boolean {
  switch (check.type) {
    case 'include':
      return check.any.some((part) => occurrences(reply, part) > 0)
    case 'exclude':
      return check.any.every((part) => occurrences(reply, part) === 0)
    case 'starts_with':
      return reply.startsWith(check.text)
    case 'ends_with':
      return reply.endsWith(check.text)
    case 'no_letter':
      return !reply.toLowerCase().includes(check.letter.toLowerCase())
    case 'lines_start_with':
      return sameStarts(linesOf(reply), check.letters)
    case 'all_lowercase':
      return /\p{L}/u.test(reply) && reply === reply.toLowerCase()
    case 'all_uppercase':
      return /\p{L}/u.test(reply) && reply === reply.toUpperCase()
    case 'no_commas':
      return !/[,，、،]/u.test(reply)
    case 'bullet_count':
      return linesOf(reply).filter((line) => /^[-*+•]\s+\S/u.test(line)).length === check.count
    case 'numbered_list':
      return isNumbered(linesOf(reply), check.count)
    case 'matches':
      return testPattern(check.pattern, check.flags, reply) === true
    case 'not_matches':
      return testPattern(check.pattern, check.flags, reply) === false
    case 'repeats':
      return occurrences(reply, check.text) === check.count
    default: {
      const got = measure(reply, counted[check.type])
      return got >= (check.min ?? 0) && got <= (check.max ?? Number.POSITIVE_INFINITY)
    }
  }
}

/** A failed check in one line: `word_count min 50 max 60`. */
export function describe(check: Check): string {
  const { type, ...rest } = check
  const parts = Object.entries(rest).filter(([key, value]) => key !== 'flags' && value !== undefined)
  return clip([type, ...parts.map(([key, value]) => `${key} ${JSON.stringify(value)}`)].join(' '), 300)
}

/** How often a text stands in a reply as whole words, without regard to case. */
function occurrences(reply: string, part: string): number {
  const [head, tail] = [/^[\p{L}\p{N}_]/u, /[\p{L}\p{N}_]$/u]
  const before = head.test(part) ? '(?<![\\p{L}\\p{N}_])' : ''
  const after = tail.test(part) ? '(?![\\p{L}\\p{N}_])' : ''
  const literal = part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  return reply.match(new RegExp(before + literal + after, 'giu'))?.length ?? 0
}

/** As many lines as letters, each beginning with its own: an acrostic. Markup and quotes before it are passed over. */
function sameStarts(lines: readonly string[], letters: readonly string[]): boolean {
  if (lines.length !== letters.length) return false
  return lines.every((line, i) =>
    line
      .replace(/^[^\p{L}\p{N}]+/u, '')
      .toLowerCase()
      .startsWith(letters[i]!.toLowerCase()),
  )
}

/** The list's numbers are 1, 2, 3 … up to the count, `1.` or `1)`. */
function isNumbered(lines: readonly string[], count: number): boolean {
  const numbers = lines.flatMap((line) => /^[*_]*(\d{1,9})[.)][*_]*\s+\S/u.exec(line)?.[1] ?? [])
  return numbers.length === count && numbers.every((number, i) => Number(number) === i + 1)
}
