import { createHash } from 'node:crypto'
import type { Question } from '../spec.js'

/** Which asking of one question is meant: each has a reply of its own. */
export interface Asking {
  /** 0 is the first. */
  readonly repeat: number
  /** How often the same was asked before for the same repeat, as a solver may that lets several replies vote. */
  readonly nth: number
}

/**
 * Names a reply by all it depends on: who is asked where, what, with which settings, and for the how manyth time.
 * Not by who pays: another key has the same answers to draw from. SHA-256 over canonical JSON, 64 hexadecimal digits.
 * @param modelId `provider:model`
 */
export function replyKey(
  modelId: string,
  { endpoint, body, strict }: Question,
  { repeat, nth }: Asking,
): string {
  const asked = JSON.stringify({ v: 1, modelId, endpoint, body, strict, repeat, nth }, sorted)
  return createHash('sha256').update(asked).digest('hex')
}

/** The order of an object's fields says nothing. */
const sorted = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value
