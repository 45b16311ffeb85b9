import { Garbage, parse } from '../execution/codec.js'
import { asRecord } from '../execution/result.js'
import type { Party, Silence } from './party.js'

/** What the process of the tests told at its end: trusted, but for the texts in it. */
export type Told = Readonly<Record<string, unknown>>

/** How it went: a verdict of the tests, or why there is none. */
export type Relayed = { readonly verdict: Told } | Silence

/**
 * Carries questions from the tests to the answer and replies back, until the tests have their verdict. Each side is asked in turn:
 * who is to speak and does not has ended.
 */
export async function relay(answer: Party, tests: Party): Promise<Relayed> {
  try {
    for (;;) {
      const question = await tests.receive()
      if (typeof question === 'string') return await brokenOff(tests)
      const message = asRecord(parse(question))
      if ('verdict' in message) return { verdict: asRecord(message.verdict) }
      await answer.send(question)
      const reply = await answer.receive()
      if (reply === 'end') return await answer.silence()
      if (reply === 'too_large') return { outcome: 'output_limit', error: 'an answer of more than 8 MiB' }
      asRecord(parse(reply))
      await tests.send(reply)
    }
  } catch (error) {
    if (error instanceof Garbage)
      return { outcome: 'crash', error: `the answer is unreadable: ${error.message}` }
    throw error
  }
}

/** Only an answer can have brought our own program down. */
async function brokenOff(tests: Party): Promise<Silence> {
  const { outcome, error } = await tests.silence()
  return { outcome, error: `the tests could not go on after an answer: ${error}` }
}

/** @throws the signal's reason where it is aborted */
export async function withDeadline(
  work: Promise<Relayed>,
  seconds: number,
  signal?: AbortSignal,
): Promise<Relayed> {
  let timer: NodeJS.Timeout | undefined
  let stop: (() => void) | undefined
  const overdue = new Promise<Relayed>((resolve, reject) => {
    timer = setTimeout(
      () => resolve({ outcome: 'time_limit', error: `no verdict within ${seconds} s` }),
      seconds * 1000,
    )
    stop = () => reject(signal!.reason)
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
  })
  try {
    return await Promise.race([work, overdue])
  } finally {
    clearTimeout(timer)
    if (stop) signal?.removeEventListener('abort', stop)
    // What is still under way ends with the boxes; nobody waits for it.
    work.catch(() => {})
    overdue.catch(() => {})
  }
}
