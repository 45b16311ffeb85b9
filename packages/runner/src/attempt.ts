import { ask, factsOf, type Reply } from './ask.js'
import type { AttemptContext, Work } from './attempt-context.js'
import { completionOf, failedLine } from './attempt-line.js'
import { judgeReply, type NamedScorer } from './judge.js'
import { templateError } from './resume.js'

/** How an attempt ended: `budget` and `unasked` mean that it was not made, for the cap is or was reached. */
export type AttemptEnd =
  | { readonly kind: 'done' | 'budget' | 'unasked' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

/**
 * One attempt's way: money set aside, the solver's calls, the reply durable, its line durable, then judged and its
 * score lines durable, the headline's last. A reply that the log has without a verdict is judged, not asked again.
 * An abort rejects with the signal's reason, and leaves no line.
 *
 * @throws RunnerError `storage`; what a scorer that cannot be made throws, before anything is paid
 */
export async function attemptOnce(work: Work, context: AttemptContext): Promise<AttemptEnd> {
  const { task } = work
  if (task.error !== undefined) {
    const failure = { code: templateError, message: task.error, billed: false, requests: 0 }
    await context.record(failedLine(factsOf(work, context, new Date()), failure))
    return { kind: 'done' }
  }
  const scorers = await context.scorers(task)
  const kept = await keptReply(work, context)
  if (kept !== undefined) {
    await judge(work, kept, scorers, context)
    return { kind: 'done' }
  }
  const asked = await ask(work, context)
  if (asked.kind !== 'reply') return asked
  await judge(work, asked, scorers, context)
  return { kind: 'done' }
}

/** The reply that was paid for earlier, where its text is still there. */
async function keptReply(work: Work, { deps }: AttemptContext): Promise<Reply | undefined> {
  const line = work.progress?.unscored
  if (line?.reply === undefined) return undefined
  const text = await deps.blobs.get(line.reply)
  if (text === undefined) return undefined
  return { kind: 'reply', hash: line.reply, completion: completionOf(line, text) }
}

function judge(
  { attempt, task }: Work,
  { hash, completion, answer }: Reply,
  scorers: readonly NamedScorer[],
  { deps, boxes, signal, host, record }: AttemptContext,
): Promise<void> {
  const judged = { key: attempt.key, hash, task, completion, ...(answer && { answer }) }
  return judgeReply(judged, scorers, { boxes, signal, host, driver: deps.sandboxLabel, record })
}
