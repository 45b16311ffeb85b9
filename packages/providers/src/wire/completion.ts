import type { Attempt, Completion, Cost, Timing } from '../spec.js'
import { known } from './loose.js'
import type { Reply } from './reply.js'

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
            `${broken} of ${attempts.length} tries failed after they had left and may be billed beyond the cost`,
          ],
  })
}
