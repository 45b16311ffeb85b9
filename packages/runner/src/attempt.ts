import { ask, factsOf, type Reply } from './ask.js'
import { keepsCalls } from './asked-model.js'
import type { AttemptContext, Work } from './attempt-context.js'
import { completionOf, failedLine } from './attempt-line.js'
import { judgeReply, type NamedScorer } from './judge.js'
import { templateError } from './resume.js'
import { keptReplyOf } from './solve/kept-answer.js'

/** How an attempt ended: `budget` and `unasked` mean that it was not made, for the cap is or was reached. */
export type AttemptEnd =
  | { readonly kind: 'done' | 'budget' | 'unasked' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

/** A reply that is durable, and what will judge it. */
export interface Won extends Reply {
  readonly scorers: readonly NamedScorer[]
}

/**
 * One attempt's way up to its reply: money set aside, the solver's calls, the reply durable, its line durable. A reply that
 * the log has without a verdict is taken from there, not asked for again. An abort rejects with the signal's reason, and leaves no
 * line.
 *
 * @throws RunnerError `storage`; what a scorer that cannot be made throws, before anything is paid
 */
export async function askOnce(work: Work, context: AttemptContext): Promise<Won | AttemptEnd> {
  const { task } = work
  if (task.error !== undefined) {
    const failure = { code: templateError, message: task.error, billed: false, requests: 0 }
    await context.record(failedLine(factsOf(work, context, new Date()), failure))
    return { kind: 'done' }
  }
  const scorers = await context.scorers(task)
  const reply = (await keptReply(work, context)) ?? (await ask(work, context))
  return reply.kind === 'reply' ? { ...reply, scorers } : reply
}

/** The rest of it: judged, and its score lines durable, the headline's last. An abort rejects with the signal's reason. */
export function judgeOnce(
  { attempt, task }: Work,
  { hash, completion, answer, scorers }: Won,
  { deps, boxes, judging, host, record }: AttemptContext,
): Promise<void> {
  const judged = { key: attempt.key, hash, task, completion, ...(answer && { answer }) }
  return judgeReply(judged, scorers, { boxes, signal: judging, host, driver: deps.sandboxLabel, record })
}

/** The reply that was paid for earlier, where its text is still there. */
async function keptReply(work: Work, { deps }: AttemptContext): Promise<Reply | undefined> {
  const line = work.progress?.unscored
  if (line?.reply === undefined) return undefined
  const kept = await keptReplyOf(line, deps.blobs)
  if (kept === undefined) return undefined
  // A crash may have come between the line and this.
  if (keepsCalls(work, { deps })) await deps.keptCalls?.forget(line.key)
  const { text, answer } = kept
  const reply = { kind: 'reply', hash: line.reply, completion: completionOf(line, text) } as const
  return answer === undefined ? reply : { ...reply, answer }
}
