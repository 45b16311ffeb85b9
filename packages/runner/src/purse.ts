import type { Budget } from './spec.js'

/** A budget as concurrent attempts share it. */
export interface Purse {
  /**
   * Sets money aside for a call. Where the cap is in the way it waits for calls under way to cost less than was set
   * aside for them, and gives up when none is left to wait for.
   *
   * @returns false where the cap is reached
   */
  take(usd: number): Promise<boolean>
  /** Ends what `take` began. */
  settle(reserved: number, spent: number): void
}

export function purse(budget: Budget | undefined): Purse {
  let underWay = 0
  let settlements = 0
  let waiting: (() => void)[] = []
  const wakeAll = (): void => {
    const woken = waiting
    waiting = []
    for (const wake of woken) wake()
  }
  return {
    async take(usd) {
      if (budget === undefined) return true
      for (;;) {
        const before = settlements
        const given = budget.reserve(usd)
        // A budget that knows at once is asked at once: nothing may be settled between its answer and what follows.
        if (typeof given === 'boolean' ? given : await given) break
        // What was settled while it thought may be what was missing.
        if (settlements !== before) continue
        if (underWay === 0) return false
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
      underWay++
      return true
    },
    settle(reserved, spent) {
      if (budget === undefined) return
      underWay--
      settlements++
      budget.settle(reserved, spent)
      wakeAll()
    },
  }
}
