import type { Outcome } from '../spec.js'
import { Garbage } from './codec.js'

/** What a box tells that something did not come to a good end, in the words of a score. */
export interface Failure {
  readonly outcome: Exclude<Outcome, 'pass'>
  /** One line for people, with the lines of the candidate's own source where there are some. */
  readonly error: string
}

/**
 * What went wrong, from a message of `calls.py` or `candidate.py`; undefined where nothing did. The message comes from
 * the candidate's own process: nothing in it is trusted.
 */
export function failureIn(message: Readonly<Record<string, unknown>>): Failure | undefined {
  if ('syntax' in message) return { outcome: 'syntax', error: tell(message.syntax) }
  if ('error' in message) {
    const outcome = asRecord(message.error).builtin === 'MemoryError' ? 'memory' : 'runtime'
    return { outcome, error: tell(message.error) }
  }
  if ('late' in message) return { outcome: 'time_limit', error: 'over the time that one input has' }
  if ('memory' in message) return { outcome: 'memory', error: 'MemoryError' }
  if ('output_limit' in message)
    return { outcome: 'output_limit', error: `the answer is ${text(message.output_limit)}` }
  if ('unsupported' in message)
    return { outcome: 'wrong_answer', error: `the answer is no plain data: ${text(message.unsupported)}` }
  if ('refused' in message) return { outcome: 'wrong_answer', error: `the answer ${text(message.refused)}` }
  return undefined
}

/** `ZeroDivisionError: division by zero (line 2, in f: return a / b)` */
function tell(error: unknown): string {
  const { type, message, trace } = asRecord(error)
  const lines = Array.isArray(trace) ? trace.slice(-8).map(text) : []
  const head = [text(type), text(message)].filter((part) => part !== '').join(': ')
  return lines.length > 0 ? `${head} (${lines.join(' · ')})` : head
}

const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, 500) : '')

/** @throws Garbage for anything but an object. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new Garbage('an object was due')
}
