/** The runner's seams: what a run is made of, and what differs between one machine and many. Types only. */
import type { Task } from '@bench/datasets'
import type { Model, ReplyCache } from '@bench/providers'
import type { SandboxDriver } from '@bench/sandbox'
import type { Scorer, ScorerRef } from '@bench/scorers'
import type { BatchAnswers } from './batch/spec.js'
import type { AttemptLine, Line, ScoreLine } from './record/lines.js'
import type { KeptCalls, Solver } from './solve/spec.js'

export type * from './solve/spec.js'

/** One task × one model × one repeat: the unit of work and of resume. Pure data. */
export interface Attempt {
  readonly key: string
  readonly taskId: string
  readonly modelId: string
  /** 0 is the first. */
  readonly repeat: number
}

/** The run's log. One writer at a time. */
export interface RunLog extends AsyncDisposable {
  /** Resolves once the line is durable: it survives the process and the machine. */
  append(line: Line): Promise<void>
  /** Every whole line, in file order. */
  lines(): AsyncIterable<Line>
}

/** Replies by content: `responses/`. */
export interface BlobStore extends AsyncDisposable {
  /** Keeps the text without any secret. @returns SHA-256 hex of what is kept; resolves once it is durable. */
  put(text: string): Promise<string>
  get(hash: string): Promise<string | undefined>
}

/** A live view of what is written: a database, a dashboard. A fault here never stops a run. */
export interface RecordSink {
  write(line: Line): void | Promise<void>
}

/** Money. Worst cases are reserved before a call and settled after it. */
export interface Budget {
  /**
   * One that many machines share may take a while, and wait for calls of others to cost less than was set aside for them.
   *
   * @returns false where the cap would be passed: the attempt is `not_run`.
   */
  reserve(usd: number): boolean | Promise<boolean>
  settle(reserved: number, spent: number): void
  readonly spent: number
}

/** Which paid calls are under way, so that a run cut off meanwhile knows what it may have been billed for. */
export interface InFlight {
  /** Keys whose calls were cut off in earlier parts of the run, with no line about them since. */
  readonly cutOff: ReadonlySet<string>
  /** Before the request leaves. */
  begin(key: string): void
  /** Once the log holds what came of it. */
  end(key: string): void
}

/** Replies of this and earlier runs, to be given again instead of being paid again. */
export interface RunCache {
  readonly replies: ReplyCache
  /** Which models it is for; controls and models that do not say what they ask are never cached. */
  covers(model: Model): boolean
  /** Nothing is sent: what the cache lacks is an attempt that failed. */
  readonly only?: boolean
}

/** All a run touches besides its plan. Presets wire it; the library assembles nothing itself. */
export interface RunDeps {
  /** Each holds its own requests back: give those of one run one `limiter`. */
  readonly models: readonly Model[]
  /** The dataset's tasks, in file order; asked again for every run. */
  tasks(): AsyncIterable<Task>
  readonly solver: Solver
  /** A task's scorer, made from its reference; asked once per distinct reference. */
  scorer(ref: ScorerRef): Promise<Scorer>
  readonly log: RunLog
  readonly blobs: BlobStore
  readonly sandbox?: SandboxDriver
  /** What a score line says of where code ran: `bubblewrap 0.8.0, Python 3.11.2`. */
  readonly sandboxLabel?: string
  readonly budget?: Budget
  /** Without it, a call that is cut off and asked again is not marked `possibly_billed`. */
  readonly inFlight?: InFlight
  readonly cache?: RunCache
  /** Without it, an attempt that is cut off between two calls asks again what it had been answered. */
  readonly keptCalls?: KeptCalls
  /** Answers that came in batches: models that have batches are asked in no other way. */
  readonly batches?: BatchAnswers
  readonly sinks?: readonly RecordSink[]
  /** Filled in by the run: what is under way just now. See `openGauge`. */
  readonly gauge?: RunGauge
  /** Replies whose code is run at once; twice as many as there are cores where absent, so that none waits for a disk. */
  readonly judges?: number
  readonly signal?: AbortSignal
}

/** What a run demanded of its own process: where that is much, its times say more of this machine than of a server. */
export interface Strain {
  /** Share of the time that the event loop was busy, 0–1. */
  readonly loop: number
  /** By how many milliseconds it was late at most, 99 of 100 times. */
  readonly lateMs: number
}

/** What a run is doing just now, for a live view to look at as often as it likes: looking costs the run nothing. */
export interface RunGauge {
  /** Attempts whose models are being asked. */
  asking: number
  /** Replies whose judging is under way. */
  judging: number
  /** Replies that wait to be judged. */
  waiting: number
  /** The judgement that has been under way for longest, and since when (`performance.now()`); absent where there is none. */
  oldest(): { readonly attempt: Attempt; readonly sinceMs: number } | undefined
  /** By how many milliseconds the event loop is late: a mean over the last seconds. */
  lagMs: number
}

/** What a live view may show. Losing one changes no result: the summary is a fold of the log. */
export type RunEvent =
  | { readonly type: 'start'; readonly total: number; readonly done: number }
  | { readonly type: 'attempt'; readonly line: AttemptLine }
  | { readonly type: 'score'; readonly line: ScoreLine }
  /** A model is asked no further: its key is refused, its cap is spent, it does not exist, or its server is gone. */
  | { readonly type: 'stopped'; readonly model: string; readonly code: string; readonly message: string }
  /** A model's interval is as narrow as `plan.untilCi` asks for: what it has left is not asked. */
  | {
      readonly type: 'enough'
      readonly model: string
      /** Attempts in the denominator. */
      readonly n: number
      /** Half of the 95 % interval's width, 0–1. */
      readonly halfWidth: number
    }
  | { readonly type: 'end'; readonly reason: EndReason; readonly strain?: Strain }

/**
 * Why a run ended. `budget`, `time`, `errors`: a bound of the plan was reached. `stopped`: all was asked but what the
 * models that were stopped still had before them.
 */
export type EndReason = 'complete' | 'interrupted' | 'budget' | 'time' | 'errors' | 'stopped'
