import type { Fold } from './record/fold.js'
import type { RunPlan } from './record/plan-file.js'
import { summarise } from './record/summary.js'
import { sampleTasks } from './sample.js'

/** The first wave's tasks: fewer say too little to stop at. Each look is at half as many again. */
const firstWave = 50
const growth = 1.5

/** Tasks by id that are asked together. */
export interface Wave {
  /** Those that no wave before had; absent where they are all. */
  readonly fresh?: ReadonlySet<string>
  /** Those up to here, to be looked at; absent in the last wave, after which nothing is left to decide. */
  readonly wave?: ReadonlySet<string>
}

/**
 * The steps in which a plan's tasks are asked: all at once, or, where a model is asked until its interval is narrow enough, in an order
 * drawn by the sample's seed (0 where there is none), so that whatever has been asked is a random sample of the plan.
 */
export function* waves({ tasks, untilCi, sample }: RunPlan): Generator<Wave> {
  if (untilCi === undefined || tasks.length <= firstWave) return yield {}
  let before = new Set<string>()
  for (let size = firstWave; size < tasks.length; size = Math.ceil(size * growth)) {
    const wave = new Set(sampleTasks(tasks, size, sample?.seed ?? 0).map(({ id }) => id))
    yield { fresh: new Set([...wave].filter((id) => !before.has(id))), wave }
    before = wave
  }
  yield { fresh: new Set(tasks.flatMap(({ id }) => (before.has(id) ? [] : [id]))) }
}

/** A model whose interval is narrow enough. */
export interface Enough {
  readonly model: string
  /** Attempts in the denominator. */
  readonly n: number
  /** Half of the 95 % interval's width, 0–1. */
  readonly halfWidth: number
}

/**
 * The models that need not be asked further, judged by the tasks of one wave alone, so that a run that is resumed decides as it did.
 * Looking several times makes the last interval a little too narrow on average; looks are few, each at half as many tasks again.
 */
export function enough(plan: RunPlan, fold: Fold, wave: ReadonlySet<string>): Enough[] {
  const { untilCi } = plan
  if (untilCi === undefined) return []
  const asked = { ...plan, tasks: plan.tasks.filter(({ id }) => wave.has(id)) }
  return summarise(asked, fold).flatMap(({ model, n, interval }) => {
    if (interval === null) return []
    const halfWidth = (interval.high - interval.low) / 2
    return halfWidth * 100 <= untilCi ? [{ model, n, halfWidth }] : []
  })
}
