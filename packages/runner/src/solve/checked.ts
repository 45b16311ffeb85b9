import { type Completion, ProviderError } from '@bench/providers'
import { z } from 'zod'
import type { Solution } from '../spec.js'
import { answerShape } from './kept-answer.js'

/**
 * What models and solvers of somebody's own give is held against what the log can hold: a line that nobody can read again would cost the
 * whole run.
 */

const count = z.number().int().min(0)
const ms = z.number().min(0)
const word = z.string().optional()

const usage = z.object({
  input: count.optional(),
  output: count.optional(),
  cacheRead: count.optional(),
  cacheWrite: count.optional(),
  cacheWrite1h: count.optional(),
  reasoning: count.optional(),
})

const cost = z.object({ usd: ms, source: z.string(), listedUsd: ms.optional() })

const request = z.object({
  sentMs: ms,
  durationMs: ms,
  error: z.object({ code: z.string(), message: z.string(), status: count.optional() }).optional(),
  usage: usage.optional(),
  possiblyBilled: z.boolean().optional(),
})

const completion = z.object({
  text: z.string(),
  form: z.enum(['chat', 'continuation', 'program']).optional(),
  reasoning: word,
  toolCalls: z.array(z.object({ id: z.string(), name: z.string(), arguments: z.string() })).optional(),
  finish: z.enum(['stop', 'length', 'refusal', 'tool_calls', 'other']),
  finishRaw: word,
  served: word,
  fingerprint: word,
  usage,
  cost: cost.optional(),
  timing: z.object({
    startedAt: z.string(),
    totalMs: ms,
    queuedMs: ms.optional(),
    firstTokenMs: ms.optional(),
    tokensPerSecond: ms.optional(),
    gaps: z.array(count).optional(),
    promptTokensPerSecond: ms.optional(),
    loadMs: ms.optional(),
  }),
  tries: count,
  attempts: z.array(request).optional(),
  cached: z.boolean().optional(),
  originalCost: cost.optional(),
  batch: word,
  warnings: z.array(z.string()),
})

const solution = z.object({
  completions: z.array(completion).min(1),
  answer: answerShape.optional(),
  course: z
    .object({
      iterations: count,
      endedBy: z.string(),
      iterationsToSuccess: count.optional(),
      selfCorrected: z.boolean().optional(),
      toolCalls: count.optional(),
      toolsUsed: z.array(z.string()).optional(),
      efficiency: z.number().min(0).max(1).optional(),
    })
    .optional(),
  warnings: z.array(z.string()).optional(),
})

/** What a model gave. @throws ProviderError `malformed` saying what no record can hold */
export function checkedCompletion(given: Completion, modelId: string): Completion {
  const wrong = faultOf(completion, given)
  if (wrong === undefined) return given
  throw new ProviderError('malformed', `what generate of ${modelId} gave is no completion: ${wrong}`)
}

/** What a solver gave. @throws Error saying what no record can hold */
export function checkedSolution(given: Solution, solver: string): Solution {
  const wrong = faultOf(solution, given)
  if (wrong === undefined) return given
  throw new Error(`what solver ${solver} gave is no solution: ${wrong}`)
}

function faultOf(shape: z.ZodType, given: unknown): string | undefined {
  const [issue] = shape.safeParse(given).error?.issues ?? []
  return issue && [issue.path.join('.'), issue.message].filter((part) => part !== '').join(': ')
}
