import { type AttemptEnd, askOnce, judgeOnce, type Won } from './attempt.js'
import type { AttemptContext, Work } from './attempt-context.js'
import { RunnerError, refuseUnlessWhole } from './errors.js'
import type { Meter } from './gauge.js'
import { type JudgingPool, judgingPool } from './judging-pool.js'

/** Where work comes from, how much of it at once, and who is told how each ended. */
export interface PoolOptions {
  readonly context: AttemptContext
  /** Attempts whose model is asked at once, for each source. */
  readonly asking: number
  /** Replies whose code is run at once. */
  readonly judging: number
  readonly meter: Meter
  /** Whether it is still to be made, asked when its turn comes. */
  admits(work: Work): boolean
  /** From when it says so nobody is asked any more; what is won is judged. */
  isOver(): boolean
  /** From when it aborts, replies that are not judged yet are left to a later session besides. */
  readonly late: AbortSignal
  /** After the last line of an attempt is durable. It is not called for what an abort or a fault cut off. */
  ended?(work: Work, end: AttemptEnd): void | Promise<void>
}

/** Two pools that outlive any one source: generation, and judging beside it. */
export interface Pools {
  /**
   * Makes what the sources have. Each has workers of its own, so that a slow one keeps none of another busy; replies are judged
   * beside them, and hold them up only when too many wait. Resolves when all is judged.
   *
   * @throws what an attempt threw, after what was under way has ended: RunnerError `storage` ends the rest at once
   */
  run(sources: readonly AsyncGenerator<Work, void>[]): Promise<void>
}

/** @throws RunnerError `bad_plan` for a number of which nothing would be judged */
export function openPools(options: PoolOptions): Pools {
  refuseUnlessWhole('judges', options.judging)
  const { context, asking, meter, late } = options
  const { signal } = context
  let fault: unknown
  const judging = judgingPool({
    atOnce: options.judging,
    onWaiting: (waiting) => {
      meter.waiting = waiting
    },
  })
  const drop = (): void => judging.drop()
  signal.addEventListener('abort', drop, { once: true })
  late.addEventListener('abort', drop, { once: true })

  const fail = (error: unknown): void => {
    if ((signal.aborted || late.aborted) && fault === undefined && !(error instanceof RunnerError)) return
    fault ??= error
    // Nothing more can be kept, so nothing more may be bought; other faults let finished replies land.
    if (error instanceof RunnerError && error.code === 'storage') context.abandon(error)
  }
  const over = (): boolean => signal.aborted || fault !== undefined || options.isOver()

  async function worker(source: AsyncGenerator<Work, void>): Promise<void> {
    while (!over()) {
      const next = await source.next()
      if (next.done) return
      const work = next.value
      if (!options.admits(work)) continue
      meter.asking++
      const end = await askOnce(work, context).finally(() => meter.asking--)
      if (end.kind === 'reply') await toJudge(work, end)
      else await options.ended?.(work, end)
    }
  }

  const toJudge = (work: Work, won: Won): ReturnType<JudgingPool['add']> =>
    judging.add({
      runsCode: won.scorers.some(({ scorer }) => scorer.runsCode),
      lane: work.attempt.modelId,
      // Two bytes a character, and the task it is judged by.
      bytes: 2 * (won.completion.text.length + work.task.prompt.length) + 1024,
      judge: () => judge(work, won).catch(fail),
    })

  async function judge(work: Work, won: Won): Promise<void> {
    const done = meter.judges(work.attempt)
    try {
      await judgeOnce(work, won, context)
    } finally {
      done()
    }
    await options.ended?.(work, { kind: 'done' })
  }

  return {
    async run(sources) {
      const workers = sources.flatMap((source) =>
        Array.from({ length: asking }, () => worker(source).catch(fail)),
      )
      await Promise.all(workers)
      await Promise.all(sources.map((source) => source.return(undefined).catch(fail)))
      if (signal.aborted || late.aborted) judging.drop()
      await judging.idle()
      if (fault !== undefined) throw fault
    },
  }
}
