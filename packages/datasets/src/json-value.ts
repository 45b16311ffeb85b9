import { z } from 'zod'
import { explainUnknownKeys, got, missing } from './faults.js'
import type { Json } from './spec.js'

const maxDepth = 100
const notJson = `holds what JSON cannot: an infinite or too large number, or more than ${maxDepth} levels`

/** An object of known keys only; an unknown one is answered with the nearest. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? explainUnknownKeys(issue.keys, known) : undefined,
  })
}

/** A string with something to read in it. */
export const text = z.string().regex(/\S/, 'must not be empty')

/** Any JSON value, taken as it is. */
export const json = z.custom<Json>((value) => value !== undefined && isJson(value), {
  error: (issue) => (issue.input === undefined ? missing : notJson),
})

/** An object of JSON values, taken as it is. */
export const jsonObject = z.custom<{ readonly [key: string]: Json }>(
  (value) => isObject(value) && isJson(value),
  { error: (issue) => (isObject(issue.input) ? notJson : `expected an object, got ${got(issue.input)}`) },
)

/**
 * JSON whose whole numbers are exact. Readers round integers beyond 2^53, so a test that names one would judge by
 * a number nobody wrote.
 */
export const exactJson = json.refine(isExact, {
  error: 'holds a whole number beyond 2^53, which JSON readers round; test for it as a string',
  abort: true,
})

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isJson(value: unknown, depth = 0): value is Json {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || depth >= maxDepth) return false
  return Object.values(value).every((inner) => isJson(inner, depth + 1))
}

function isExact(value: Json): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value)
  if (typeof value !== 'object' || value === null) return true
  return Object.values(value).every(isExact)
}
