import type { RunEvent } from '@bench/runner'
import {
  type AttemptLine,
  type Line,
  outcomes,
  type RunningScore,
  type RunPlan,
  runningScore,
  type ScoreLine,
} from '@bench/runner/record'
import { Pace } from './pace.js'

/** How far one model has come. Counters alone: no line and no row is held. */
export interface ModelTally {
  readonly id: string
  readonly local: boolean
  /** Over what is judged. */
  readonly score: RunningScore
  /** Replies that were won, and calls that failed. */
  readonly asked: Pace
  total: number
  done: number
  /** Of `done`, in this session. */
  doneHere: number
  /** Attempts that its model need not be asked any more. */
  settled: number
  /** US dollars. */
  spentUsd: number
  /** Replies whose cost is unknown. */
  unpriced: number
  speed: { sum: number; n: number }
  /** `stopped`: asked no further since it fails; `enough`: since its interval is narrow enough. */
  state: 'asked' | 'stopped' | 'enough'
}

interface TallyOptions {
  readonly total?: number
  readonly now?: () => number
}

/** How far a run has come, from its events. A lost event is a count too few here, and nothing anywhere else. */
export class RunTally {
  readonly models: readonly ModelTally[]
  /** Attempts that were judged or failed. */
  readonly finished: Pace
  total = 0
  done = 0
  /** Attempts that were done before this session. */
  before = 0
  passed = 0
  infra = 0
  /** Requests that were sent again. */
  retries = 0
  /** Moves with every event. */
  version = 0
  readonly #plan: RunPlan
  readonly #now: () => number
  readonly #byId: ReadonlyMap<string, ModelTally>
  /** Place of each task, where repeats make clusters of them. */
  readonly #places: ReadonlyMap<string, number>
  /** Replies that have no verdict yet, by key. */
  readonly #unjudged = new Map<string, { readonly model: ModelTally; readonly place: number }>()

  /**
   * @param total attempts of each model; those of the plan
   * @param now milliseconds of a monotonic clock
   */
  constructor(
    plan: RunPlan,
    { total = plan.tasks.length * plan.repeats, now = () => performance.now() }: TallyOptions = {},
  ) {
    this.#plan = plan
    this.#now = now
    this.finished = new Pace(now())
    this.total = total * plan.models.length
    this.models = plan.models.map(({ id, local }) => ({
      id,
      local: local === true,
      score: runningScore(plan.repeats > 1 ? plan.tasks.length : undefined),
      asked: new Pace(now()),
      total,
      done: 0,
      doneHere: 0,
      settled: 0,
      spentUsd: 0,
      unpriced: 0,
      speed: { sum: 0, n: 0 },
      state: 'asked',
    }))
    this.#byId = new Map(this.models.map((model) => [model.id, model]))
    this.#places = new Map(plan.repeats > 1 ? plan.tasks.map(({ id }, place) => [id, place]) : [])
  }

  /** Replies that have no verdict yet. */
  get unjudged(): number {
    return this.#unjudged.size
  }

  get spentUsd(): number {
    return this.models.reduce((sum, model) => sum + model.spentUsd, 0)
  }

  /** Takes in a line of an earlier session, in the order of the log. */
  recall(line: Line): void {
    if (line.kind === 'attempt') {
      const model = this.#byId.get(line.model)
      if (model !== undefined) {
        model.spentUsd += line.cost?.usd ?? 0
        model.unpriced += line.what === 'replied' && line.cost === undefined ? 1 : 0
      }
      this.#await(line)
    } else if (line.headline && line.outcome !== 'infra' && line.keys.length === 1) {
      const { model } = this.#judge(line) ?? {}
      if (model !== undefined) {
        model.done++
      }
    }
  }

  /** Takes in a line of a log whose replies are all to be judged again. */
  recallReply(line: Line): void {
    const model = line.kind === 'attempt' ? this.#await(line) : undefined
    if (model !== undefined) {
      model.total++
    }
  }

  /** A reply that was won before, once. @returns its model */
  #await(line: AttemptLine): ModelTally | undefined {
    const model = this.#byId.get(line.model)
    if (model === undefined || line.what !== 'replied' || this.#unjudged.has(line.key)) {
      return undefined
    }
    model.settled++
    this.#unjudged.set(line.key, { model, place: this.#places.get(line.task) ?? 0 })
    return model
  }

  count(event: RunEvent): void {
    this.version++
    switch (event.type) {
      case 'start':
        this.total = event.total
        this.before = event.done
        this.done = event.done
        return
      case 'attempt':
        this.#attempt(event.line)
        return
      case 'score':
        if (event.line.headline) {
          this.#verdict(event.line)
        }
        return
      case 'stopped':
      case 'enough': {
        const model = this.#byId.get(event.model)
        if (model !== undefined) {
          model.state = event.type
        }
      }
    }
  }

  #attempt(line: AttemptLine): void {
    const failed = line.failed_requests?.length ?? 0
    this.retries += line.what === 'replied' ? failed : Math.max(0, failed - 1)
    const model = this.#byId.get(line.model)
    if (model === undefined) {
      return
    }
    model.spentUsd += line.cost?.usd ?? 0
    if (line.what === 'not_run') {
      return
    }
    model.asked.add(this.#now())
    model.settled++
    if (line.what !== 'replied') {
      this.infra += line.what === 'infra' ? 1 : 0
      this.#finish(model)
      return
    }
    model.unpriced += line.cost === undefined ? 1 : 0
    if (line.tokens_per_second !== undefined) {
      model.speed.sum += line.tokens_per_second
      model.speed.n++
    }
    this.#unjudged.set(line.key, { model, place: this.#places.get(line.task) ?? 0 })
  }

  #verdict(line: ScoreLine): void {
    this.infra += line.outcome === 'infra' ? 1 : 0
    this.#finish(this.#judge(line)?.model)
  }

  /** @returns whose reply it was, where that is known */
  #judge(line: ScoreLine): { readonly model: ModelTally } | undefined {
    const key = line.keys[0]!
    const judged = this.#unjudged.get(key)
    this.#unjudged.delete(key)
    this.passed += line.outcome === 'pass' ? 1 : 0
    const own = line.detail?.self_judged !== true || this.#plan.allowSelfJudged === true
    if (judged !== undefined && outcomes[line.outcome].denominator && own) {
      judged.model.score.add(line.value ?? 0, judged.place)
    }
    return judged
  }

  #finish(model: ModelTally | undefined): void {
    this.done++
    this.finished.add(this.#now())
    if (model !== undefined) {
      model.done++
      model.doneHere++
    }
  }
}
