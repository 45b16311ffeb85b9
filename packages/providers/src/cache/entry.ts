import { createHash } from 'node:crypto'
import type { Completion } from '../spec.js'
import { count, fields, json, list, text } from '../wire/loose.js'

/** A reply as it is kept. No question is in it and no key: the name says what was asked. */
export interface Entry {
  readonly completion: Completion
  /** Whose money it was: a name that the one who asked gave itself. */
  readonly payer?: string
}

/**
 * Two lines: a checksum and the version, then the reply. What is torn, altered, or of another version or name is
 * known by its first line.
 */
export function packed(key: string, entry: Entry): string {
  const body = JSON.stringify({ key, ...entry })
  return `${JSON.stringify({ v: 1, sha256: sha256(body) })}\n${body}\n`
}

/** @returns undefined for what {@link packed} did not write for this key */
export function unpacked(key: string, written: string): Entry | undefined {
  const [head = '', body = '', rest] = written.split('\n')
  const { v, sha256: sum } = fields(json(head))
  if (v !== 1 || rest !== '' || sum !== sha256(body)) return undefined
  const entry = fields(json(body))
  if (entry.key !== key || !isCompletion(entry.completion)) return undefined
  const payer = text(entry.payer)
  return { completion: entry.completion, ...(payer === undefined ? {} : { payer }) }
}

/**
 * Whether a reply may be given again: it came to its end by the model's own will, and says something. One that was
 * cut short, refused or filtered may be better the next time; an error never becomes a Completion.
 */
export function worthKeeping({ finish, text: said, toolCalls = [] }: Completion): boolean {
  return (finish === 'stop' && said !== '') || (finish === 'tool_calls' && toolCalls.length > 0)
}

function isCompletion(value: unknown): value is Completion {
  const { text: said, finish, usage, timing, tries, warnings } = fields(value)
  return (
    typeof said === 'string' &&
    text(finish) !== undefined &&
    fields(usage) === usage &&
    text(fields(timing).startedAt) !== undefined &&
    typeof fields(timing).totalMs === 'number' &&
    count(tries) !== undefined &&
    list(warnings) === warnings
  )
}

const sha256 = (body: string): string => createHash('sha256').update(body).digest('hex')
