import { cutEnd, cutMiddle, widthOf } from '@bench/report'
import { isOver, modelRows } from './model-rows.js'
import type { ModelTally, RunTally } from './tally.js'
import { oldestOf, type Part, type Surroundings, totals } from './words.js'

export interface FrameRequest {
  readonly tally: RunTally
  readonly around: Surroundings
  readonly columns: number
  readonly rows: number
  readonly repeats: number
  readonly elapsedMs: number
  /** Milliseconds of a monotonic clock. */
  readonly now: number
  readonly color: boolean
  /** The row of what is judged for longest stays though there is nothing to tell, so that none below it jumps. */
  readonly keepsOldest: boolean
}

/**
 * The live view: a row for each model, what is being judged for longest, the totals. No line is as wide as the
 * terminal, and there are fewer of them than it has rows.
 */
export function frame(request: FrameRequest): { lines: string[]; oldest: boolean } {
  const { tally, around, columns, rows, repeats, elapsedMs, now, color, keepsOldest } = request
  const width = Math.max(1, columns - 1)
  const dim = (text: string) => (color ? `\u001b[2m${text}\u001b[22m` : text)
  const judged = oldestOf(around, repeats, now)
  const oldest = judged !== undefined || keepsOldest
  // One row is the cursor's, one the totals'.
  const room = Math.max(1, rows - 2 - (oldest ? 1 : 0))
  const { models } = tally
  const shown = models.length <= room ? models : busiest(models, Math.max(1, room - 1))
  const more = models.length - shown.length
  const lines = [
    ...modelRows(shown, around.gpu(), width, color),
    ...(more > 0 && room > 1 ? [dim(cutEnd(`   + ${more} more`, width))] : []),
    ...(oldest ? [dim(judged === undefined ? '' : branch(judged, width))] : []),
    joined(totals(tally, around, elapsedMs, now), width),
  ]
  return { lines: lines.slice(-Math.max(1, rows - 1)), oldest }
}

/** `   └ interval-merge #2  running tests 4 s`: the name is cut before the time. */
function branch({ task, doing }: NonNullable<ReturnType<typeof oldestOf>>, width: number): string {
  const room = width - 7 - widthOf(doing)
  return cutEnd(`   └ ${room < 1 ? '' : `${cutMiddle(task, room)}  `}${doing}`, width)
}

/** Those with work left first, and of them those that did the most; in the order of the plan. */
function busiest(models: readonly ModelTally[], most: number): readonly ModelTally[] {
  const byWork = [...models].sort((a, b) => Number(isOver(a)) - Number(isOver(b)) || b.doneHere - a.doneHere)
  const busy = new Set(byWork.slice(0, most))
  return models.filter((model) => busy.has(model))
}

/** Leaves out what tells least until the rest has room. */
function joined(parts: readonly Part[], width: number): string {
  let kept = parts
  const line = () => ` ${kept.map(({ text }) => text).join(' · ')}`
  while (kept.length > 1 && widthOf(line()) > width) {
    const least = Math.min(...kept.map(({ keep }) => keep))
    kept = kept.filter(({ keep }) => keep !== least)
  }
  return cutEnd(line(), width)
}
