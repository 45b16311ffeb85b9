import type { Completion, Message, Model } from '@bench/providers'
import { z } from 'zod'
import { worstCase } from '../../estimate.js'

/** What an agent is held to. Each limit ends it in an orderly way: what is in the workspace then is its answer. */
export const agentOptions = z.object({
  /** Calls of the model. */
  maxIterations: z.number().int().min(1).max(1000).default(10),
  /** Messages of the conversation, those of tools among them, when a call is made. */
  maxMessages: z.number().int().min(1).optional(),
  /** Tokens of all calls together, in and out; 4 characters count as one where the provider does not tell. */
  maxTotalTokens: z.number().int().min(1).optional(),
  /** Seconds since its beginning, when a call is made: a call under way is not cut off. */
  maxSeconds: z.number().positive().default(600),
  /** US dollars of all calls together: none is made whose worst case would pass it. Nothing where no price is known. */
  maxCostUsd: z.number().positive().optional(),
})
export type AgentOptions = z.infer<typeof agentOptions>

/** What there has been so far. */
export interface SoFar {
  readonly completions: readonly Completion[]
  readonly messages: readonly Message[]
  readonly elapsedMs: number
  readonly call: { readonly maxTokens?: number }
  readonly model: Pick<Model, 'price' | 'local'>
}

/** The limit that keeps the next call from being made, by its option's name; undefined where none does. */
export function limitReached(options: AgentOptions, soFar: SoFar): string | undefined {
  const { completions, messages, elapsedMs } = soFar
  const { maxIterations, maxMessages, maxTotalTokens, maxSeconds, maxCostUsd } = options
  if (completions.length >= maxIterations) return 'max_iterations'
  // Whatever the limits, one call is made: else there were nothing to judge.
  if (completions.length === 0) return undefined
  if (maxMessages !== undefined && messages.length > maxMessages) return 'max_messages'
  if (maxTotalTokens !== undefined && tokensOf(soFar) >= maxTotalTokens) return 'max_total_tokens'
  if (elapsedMs >= maxSeconds * 1000) return 'max_seconds'
  if (maxCostUsd !== undefined && worstTotal(soFar) > maxCostUsd) return 'max_cost_usd'
  return undefined
}

function tokensOf({ completions, messages }: SoFar): number {
  const said = Math.ceil(charsOf(messages) / 4)
  return completions.reduce((sum, { usage: { input = said, output }, text }) => {
    return sum + input + (output ?? Math.ceil(text.length / 4))
  }, 0)
}

function worstTotal({ completions, messages, call, model }: SoFar): number {
  const spent = completions.reduce((sum, { cost }) => sum + (cost?.usd ?? 0), 0)
  if (model.price === undefined || model.local) return spent
  return spent + worstCase(model.price, charsOf(messages), call.maxTokens)
}

const charsOf = (messages: readonly Message[]): number =>
  messages.reduce((sum, { content }) => sum + content.length, 0)
