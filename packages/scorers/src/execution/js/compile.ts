import type { CodeSpec } from '@bench/datasets'
import { clip } from '../../match.js'
import { Garbage, parse } from '../codec.js'
import { asRecord, type Failure } from '../result.js'
import type { Room } from '../room.js'
import { backstop } from '../time.js'

/** Seconds that MultiPL-E's own harness gives the compiler; of CPU time here, which it counts itself. */
const limit = 15

/** TypeScript made ready to run: the code and, where there is one, the test. */
export interface Compiled {
  readonly source: string
  readonly test?: string
}

/**
 * Takes the types out of an answer and its test, and checks them first where the task says so. The compiler runs in a room of its own: what
 * it is given may keep it busy for ever, or be too much for it. That fails the answer.
 * @throws SandboxError where there is no such room
 */
export async function compile(
  spec: CodeSpec,
  source: string,
  compiler: Pick<Room, 'ask'>,
  signal?: AbortSignal,
): Promise<Compiled | Failure> {
  const test = spec.kind === 'assert' ? spec.test : undefined
  const check = spec.kind === 'assert' && spec.typeCheck === true
  const question = JSON.stringify({ source, test, check, cpuSec: limit })
  let reply = await compiler.ask(question, backstop(limit), signal)
  // It may have been worn out by those before.
  if (reply === 'ended') reply = await compiler.ask(question, backstop(limit), signal)
  if (reply === 'late') return late
  if (reply === 'ended') return { outcome: 'memory', error: 'the compiler came to an end over it' }
  try {
    return read(asRecord(parse(reply)))
  } catch (error) {
    if (!(error instanceof Garbage)) throw error
    return { outcome: 'crash', error: `what the compiler made is unreadable: ${error.message}` }
  }
}

const late: Failure = { outcome: 'time_limit', error: `the compiler took more than ${limit} s` }

function read({ errors, code, test, over }: Readonly<Record<string, unknown>>): Compiled | Failure {
  if (over === true) return late
  if (typeof code === 'string') return { source: code, ...(typeof test === 'string' ? { test } : {}) }
  const [first] = Array.isArray(errors) ? errors : []
  const { code: name, message, line } = asRecord(first)
  const place = typeof line === 'number' ? ` (line ${line})` : ''
  return { outcome: 'syntax', error: clip(`${String(name)}: ${String(message)}${place}`) }
}
