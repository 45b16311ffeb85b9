import { ProviderError } from '../errors.js'
import type { Attempt, Completion, Cost, Timing } from '../spec.js'
import { known } from './loose.js'
import type { Reply } from './reply.js'

/** One request as it ended. @param error absent for the one that succeeded */
export function attemptOf(reply: Reply, began: number, error?: unknown): Attempt {
  const fault = error instanceof ProviderError ? error : undefined
  return known<Attempt>({
    // The first is the one that the call's clock starts with.
    sentMs: Math.max(0, reply.sentAt - began),
    durationMs: performance.now() - reply.sentAt,
    error: fault && known({ code: fault.code, message: fault.message, status: fault.status }),
    usage: error !== undefined && Object.keys(reply.usage).length > 0 ? reply.usage : undefined,
    // A server that answers with an error does not bill for it; one that broke off may.
    possiblyBilled: error !== undefined && reply.opened ? true : undefined,
  })
}

/** All that came, as the seam has it. */
export function completionOf(
  reply: Reply,
  cost: Cost | undefined,
  timing: Timing,
  attempts: readonly Attempt[],
): Completion {
  const finish = reply.finish ?? 'other'
  const last = attempts.at(-1)
  const broken = attempts.filter(({ possiblyBilled }) => possiblyBilled).length
  return known<Completion>({
    text: reply.text,
    reasoning: reply.reasoning === '' ? undefined : reply.reasoning,
    toolCalls: reply.calledTool ? reply.toolCalls : undefined,
    carry: reply.carry,
    finish: reply.calledTool && finish === 'stop' ? 'tool_calls' : finish,
    finishRaw: reply.finishRaw,
    served: reply.served,
    fingerprint: reply.fingerprint,
    usage: reply.usage,
    cost,
    timing: attempts.length > 1 && last ? { ...timing, sentMs: last.sentMs } : timing,
    tries: attempts.length,
    attempts,
    raw: reply.raw,
    warnings:
      broken === 0
        ? reply.warnings
        : [
            ...reply.warnings,
            `${broken} of ${attempts.length} tries broke off mid-reply; their cost is not counted`,
          ],
  })
}
