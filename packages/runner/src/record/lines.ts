import { z } from 'zod'
import { type AttemptOutcome, outcomeNames } from './outcome.js'

/**
 * The two kinds of line in a run's `results.jsonl`, version 1. Lines are appended and never rewritten; readers
 * ignore keys they do not know. Names are as users of such logs know them (snake case), times UTC ISO 8601,
 * durations milliseconds, money US dollars. An absent value is unknown, never zero.
 */

const count = z.number().int().min(0)
const ms = z.number().min(0)

export const usageShape = z.object({
  input: count.optional(),
  output: count.optional(),
  cache_read: count.optional(),
  cache_write: count.optional(),
  /** The part of `cache_write` that is to last an hour. */
  cache_write_1h: count.optional(),
  reasoning: count.optional(),
})

const failedRequest = z.object({
  code: z.string(),
  message: z.string(),
  /** HTTP status, where there was one. */
  status: count.optional(),
  sent_ms: ms,
  duration_ms: ms,
})

export const attemptLine = z.object({
  v: z.literal(1),
  kind: z.literal('attempt'),
  /** What determines the attempt, hashed. Same key = same work. */
  key: z.string().min(1),
  /** 1 for the first time this key was tried, counted over resumes. */
  try: z.number().int().min(1),
  task: z.string(),
  model: z.string(),
  /** 0 is the first. */
  repeat: count,
  solver: z.string(),
  category: z.string().optional(),
  difficulty: z.string().optional(),
  /** What happened on the wire. The verdict on a reply is a score line. */
  what: z.enum(['replied', 'timeout', 'infra', 'not_run']),
  started: z.string(),
  ended: z.string(),
  duration_ms: ms.optional(),
  host: z.string(),
  /** SHA-256 of the reply in `responses/`; present when `what` is `replied`. */
  reply: z.string().optional(),
  prompt_chars: count.optional(),
  reply_chars: count.optional(),
  /** How the reply relates to the prompt, as scoring needs it again: `continuation`, `program`; absent for `chat`. */
  form: z.enum(['chat', 'continuation', 'program']).optional(),
  /** SHA-256 of the model's reasoning in `responses/`, where it gave some. */
  reasoning: z.string().optional(),
  /** SHA-256 of the answer in `responses/`, JSON, where the solver brought one: it was judged, and `reply` is how people read it. */
  answer: z.string().optional(),
  /** SHA-256 of the transcript in `responses/`, `{v, steps}`: hashes of its steps. */
  transcript: z.string().optional(),
  finish: z.string().optional(),
  finish_raw: z.string().optional(),
  served: z.string().optional(),
  fingerprint: z.string().optional(),
  usage: usageShape.optional(),
  cost: z
    .object({
      usd: z.number().min(0),
      source: z.string(),
      /** Where the provider reported it: what it is by the price list. */
      listed_usd: z.number().min(0).optional(),
    })
    .optional(),
  /** How many of its replies came from the response cache: their tokens and timing are of when they were asked for. */
  cached: count.optional(),
  /** What those replies cost when they were asked for, US dollars; no part of `cost`. Absent where it is unknown. */
  cached_usd: z.number().min(0).optional(),
  /** The provider's id of the batch the reply came in: `duration_ms` is the batch's, and says nothing of the model. */
  batch: z.string().optional(),
  /** What the limiter held its requests back: no part of `duration_ms`. */
  queued_ms: ms.optional(),
  /** To the first token of any channel, from when its request was sent; without the time to load the model. */
  ttft_ms: ms.optional(),
  tokens_per_second: ms.optional(),
  /** How many tokens came how long after the one before: counts by the bounds that `gapBoundsMs` of the providers has. */
  gaps: z.array(count).optional(),
  prompt_tokens_per_second: ms.optional(),
  /** What the server took to load the model, where it tells: part of `duration_ms`, none of the model's latency. */
  load_ms: ms.optional(),
  /** Names of the tools that were called, in order. */
  tool_calls: z.array(z.string()).optional(),
  /** Calls of the model that the solver made. */
  iterations: count.optional(),
  /** Why the solver ended: `finish`, or the limit that was reached. */
  ended_by: z.string().optional(),
  /** The first iteration after which visible checks passed, 1 being the first; absent if they never did. */
  iterations_to_success: count.optional(),
  /** A visible check failed and passed later; absent where none was run. */
  self_corrected: z.boolean().optional(),
  tool_calls_count: count.optional(),
  /** Names of known tools in the order of the calls, the first 1,000. */
  tools_used: z.array(z.string()).optional(),
  /** 1, falling with each iteration over the task's expected number; see `docs/solvers.md`. */
  efficiency_score: z.number().min(0).max(1).optional(),
  /** Requests sent in this try, the provider layer's retries included. */
  requests: count.optional(),
  /** Those of them that failed, with why, when they were sent after the call's first, and how long they took. */
  failed_requests: z.array(failedRequest).optional(),
  /** This request, or an earlier one for the same key that was cut off, had left: it may be billed besides `cost`. */
  possibly_billed: z.boolean().optional(),
  warnings: z.array(z.string()).optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})

export const scoreLine = z.object({
  v: z.literal(1),
  kind: z.literal('score'),
  /** The attempt(s) judged; two where a judge compared them. */
  keys: z.array(z.string().min(1)).min(1),
  /** The reply that was judged: a score of another reply to the same key does not count. */
  reply: z.string(),
  /** Its name; `#2` follows where a task names it a second time. */
  scorer: z.string(),
  scorer_version: z.string(),
  /** Whether this scorer's outcome is the attempt's. */
  headline: z.boolean(),
  /** `auto`, or who judged. */
  rater: z.string(),
  /** Where code ran: `bubblewrap 0.8.0, Python 3.11.2`. */
  driver: z.string().optional(),
  outcome: z.enum(outcomeNames as readonly [AttemptOutcome, ...AttemptOutcome[]]),
  /** 0–1; null where there is none. */
  value: z.number().min(0).max(1).nullable(),
  detail: z.record(z.string(), z.unknown()).optional(),
  /** Figures beside the value: how many of how many, to be summed over attempts. */
  tallies: z.record(z.string(), z.tuple([z.number().min(0), z.number().min(0)])).optional(),
  at: z.string(),
  duration_ms: ms.optional(),
  host: z.string(),
})

export const line = z.discriminatedUnion('kind', [attemptLine, scoreLine])

export type AttemptLine = z.infer<typeof attemptLine>
export type ScoreLine = z.infer<typeof scoreLine>
export type Line = z.infer<typeof line>
