import { closest } from 'fastest-levenshtein'
import { z } from 'zod'
import { ProviderError } from '../errors.js'
import { faultNames } from './faults.js'

const reply = {
  /** What it says; the question itself where absent. */
  text: z.string().optional(),
  reasoning: z.string().optional(),
  tool_calls: z
    .array(
      z.strictObject({ name: z.string().min(1), arguments: z.record(z.string(), z.unknown()).optional() }),
    )
    .optional(),
  finish: z.enum(['stop', 'length', 'refusal', 'tool_calls']).optional(),
  /** Milliseconds before the first byte. */
  latency: z.number().min(0).max(600_000).optional(),
  /** Tokens a second; all at once where absent. */
  rate: z.number().positive().max(100_000).optional(),
}

const rule = z.strictObject({
  /** Fits questions that hold these words, in any case. */
  says: z.string().optional(),
  /** Fits this model alone. */
  model: z.string().optional(),
  /** Fits so many questions, then no more. */
  times: z.number().int().positive().optional(),
  /** Fits each n-th of the questions that it would fit otherwise. */
  every: z.number().int().positive().optional(),
  ...reply,
  fault: z.enum(faultNames).optional(),
  /** Chunks of the stream before a fault that comes in mid-reply. */
  after: z.number().int().min(0).optional(),
  /** Seconds to wait, told by a fault. */
  retry_after: z.number().min(0).optional(),
  /** In place of the reply's own. */
  status: z.number().int().min(200).max(599).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  /** The connection is torn after so many bytes of the body. */
  cut_at: z.number().int().min(0).optional(),
})

const shape = z.strictObject({
  models: z.array(z.string().min(1)).min(1).optional(),
  ...reply,
  rules: z.array(rule).optional(),
})

/** What a mock server is to say: the first rule that fits a question answers it, else the reply at the top. */
export type MockScript = z.infer<typeof shape>
export type MockRule = z.infer<typeof rule>

/** @throws ProviderError `bad_request` naming the key, its range, or the nearest known name. */
export function checkScript(script: unknown, from = 'the script'): MockScript {
  const result = shape.safeParse(script ?? {})
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new ProviderError('bad_request', `${from}: ${issue ? explain(issue) : 'not an object.'}`)
}

function explain(issue: z.core.$ZodIssue): string {
  const at = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(issue.path[0] === 'rules' ? rule.shape : shape.shape)
    const key = issue.keys[0] ?? ''
    return `${at ? `${at}: ` : ''}unknown key "${key}"; did you mean "${closest(key, known)}"?`
  }
  if (at.endsWith('fault')) return `${at}: no such fault. Known: ${faultNames.join(', ')}.`
  return `${at || 'the whole'}: ${issue.message}.`
}
