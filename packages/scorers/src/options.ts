import type { ScorerRef } from '@bench/datasets'
import { closest } from 'fastest-levenshtein'
import { z } from 'zod'
import { ScorerError } from './errors.js'

/**
 * The options of a reference, checked.
 * @throws ScorerError `bad_options` naming the scorer, the option and, for an unknown one, the nearest known.
 */
export function readOptions<T>(scorer: string, shape: z.ZodType<T>, ref: ScorerRef): T {
  const { name: _, ...options } = ref
  const read = shape.safeParse(options)
  if (read.success) return read.data
  throw new ScorerError(
    'bad_options',
    `scorer ${scorer}: ${read.error.issues.map((i) => tell(i, shape)).join('; ')}`,
  )
}

function tell(issue: z.core.$ZodIssue, shape: z.ZodType): string {
  const place = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(shape, issue.path)
    const unknown = issue.keys.map((key) => {
      const near = known.length > 0 ? `did you mean "${closest(key, known)}"?` : 'it takes no options'
      return `unknown option "${key}"${place ? ` in ${place}` : ''}; ${near}`
    })
    return unknown.join('; ')
  }
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.flat()[0]
    if (inner) return tell({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, shape)
  }
  return place ? `option "${place}": ${issue.message}` : issue.message
}

/** The keys that an object option may have: all keys of all alternatives where it is a union. */
function keysAt(shape: z.ZodType, path: readonly PropertyKey[]): string[] {
  const [head, ...rest] = path
  if (shape instanceof z.ZodOptional || shape instanceof z.ZodDefault)
    return keysAt(shape.unwrap() as z.ZodType, path)
  if (shape instanceof z.ZodUnion) return shape.options.flatMap((option) => keysAt(option as z.ZodType, path))
  if (shape instanceof z.ZodArray && head !== undefined) return keysAt(shape.element as z.ZodType, rest)
  if (!(shape instanceof z.ZodObject)) return []
  if (head === undefined) return Object.keys(shape.shape)
  const inner = shape.shape[String(head)]
  return inner ? keysAt(inner as z.ZodType, rest) : []
}
