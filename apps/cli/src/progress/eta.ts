import type { RunTally } from './tally.js'

/**
 * Milliseconds until a run is over, as things go: the later of the time when the slowest model has answered all and
 * the time when all is judged. What was done before this session tells nothing of how fast it goes.
 *
 * @param underWay requests that are under way at once: what came in before there were as many replies says little
 * @returns undefined while there is nothing to tell it by
 */
export function remainingMs(tally: RunTally, underWay: number, now: number): number | undefined {
  let latest = 0
  let replies = 0
  let unasked = 0
  for (const model of tally.models) {
    if (model.state !== 'asked') {
      unasked += model.total - model.settled
      continue
    }
    replies += model.asked.n
    const left = model.total - model.settled
    const ms = model.asked.remainingMs(left, now)
    if (ms === undefined) {
      return undefined
    }
    latest = Math.max(latest, ms)
  }
  if (latest > 0 && replies < underWay) {
    return undefined
  }
  const judged = tally.finished.remainingMs(tally.total - tally.done - unasked, now)
  return judged === undefined ? undefined : Math.max(latest, judged)
}
