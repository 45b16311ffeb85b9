import { RunnerError } from '../errors.js'
import { foldLines } from '../record/fold.js'
import type { Line } from '../record/lines.js'
import type { Budget } from '../spec.js'
import { deflate } from './deflate.js'

/**
 * Holds a run under a cap in US dollars: what is spent and what is set aside never pass it together.
 *
 * @param spent by earlier parts of the same run: the fold of its log says how much
 * @throws RunnerError `bad_plan` for a cap that is no amount: nothing would ever pass it
 */
export function budget(cap: number, spent = 0): Budget {
  if (!(cap >= 0)) throw new RunnerError('bad_plan', `max-cost must be 0 or more, not ${cap}`)
  let settled = spent
  let reserved = 0
  return {
    reserve(usd) {
      // A free call fits under any cap, a used-up one too.
      if (usd > 0 && settled + reserved + usd > cap) return false
      reserved += usd
      return true
    },
    settle(set, paid) {
      reserved = Math.max(0, reserved - set)
      settled += paid
    },
    get spent() {
      return settled
    },
  }
}

/** The same, with what a run's log says that its earlier parts paid: what the response cache saved was not. */
export async function budgetOf(cap: number, lines: AsyncIterable<Line>): Promise<Budget> {
  const { spend } = await foldLines(lines, { details: 0, codec: deflate })
  const paid = [...spend.values()].reduce((sum, { costUsd = 0, savedUsd = 0 }) => sum + costUsd - savedUsd, 0)
  return budget(cap, paid)
}
