import { isDeepStrictEqual } from 'node:util'
import type { Json } from '@bench/datasets'
import { z } from 'zod'
import { clip, matchScorer } from '../match.js'

const options = z.strictObject({
  /** Places that must be there, e.g. `user.name` or `items.0.id`; null is there. */
  required: z.array(z.string().min(1)).optional(),
  /** What the whole value must be; the order of keys means nothing. */
  equals: z.json().optional(),
  /** How many elements the array must have. */
  array_length: z.number().int().min(0).optional(),
  /** Refuses a fence around the JSON. */
  only_json: z.boolean().default(false),
})

/** The whole reply is one JSON value, or one fence holding it. Words beside it do not pass. */
export const scorer = matchScorer({
  name: 'json',
  description: 'the reply is valid JSON, of the shape that was asked for',
  options,
  match(text, _task, { required = [], equals, array_length, only_json }) {
    let value: Json
    try {
      value = JSON.parse(only_json ? text : unfenced(text))
    } catch (error) {
      return { passed: false, detail: { error: clip(`not JSON: ${(error as Error).message}`, 300) } }
    }
    const missing = required.filter((path) => !has(value, path.split('.')))
    const faults = [
      ...missing.map((path) => `"${path}" is missing`),
      ...(equals !== undefined && !isDeepStrictEqual(value, equals) ? ['not the expected value'] : []),
      ...(array_length !== undefined && !Array.isArray(value) ? ['not an array'] : []),
      ...(array_length !== undefined && Array.isArray(value) && value.length !== array_length
        ? [`${value.length} elements, not ${array_length}`]
        : []),
    ]
    return faults.length === 0
      ? { passed: true }
      : { passed: false, detail: { error: clip(faults.join('; ')) } }
  },
})

/** What stands in the one fence around a text; the text itself where there is none. */
function unfenced(text: string): string {
  const open = /^(`{3,}|~{3,})[^\n`]*\n/.exec(text)
  return open && text.endsWith(open[1]!) ? text.slice(open[0].length, -open[1]!.length) : text
}

function has(value: Json, path: readonly string[]): boolean {
  const [key, ...rest] = path
  if (key === undefined) return true
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false
  if (Array.isArray(value) && !/^\d+$/.test(key)) return false
  return has((value as Readonly<Record<string, Json>>)[key]!, rest)
}
