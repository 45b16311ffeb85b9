import type { Timing } from '../spec.js'

/**
 * Upper bounds, in milliseconds, of the cells of {@link Timing.gaps}: a gap is counted in the first cell whose bound
 * it does not pass, and in one more cell beyond the last.
 */
export const gapBoundsMs: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]

/** Messages of one network read are told apart by less than this; a rate over it would be noise. */
const shortestDecodeMs = 1

/** What a server measured itself. */
export interface Measured {
  /** Output tokens per second. */
  rate?: number | undefined
  promptRate?: number | undefined
  loadMs?: number | undefined
}

/** When the bytes and tokens of one try came. */
export class Stopwatch {
  readonly sentAt = performance.now()
  #firstByteAt: number | undefined
  #firstTokenAt: number | undefined
  #lastTokenAt = 0
  #overAt: number | undefined
  #gaps: number[] | undefined

  byte(): void {
    this.#firstByteAt ??= performance.now()
  }

  token(): void {
    const now = performance.now()
    if (this.#firstTokenAt === undefined) {
      this.#firstTokenAt = now
    } else {
      this.#gaps ??= Array.from({ length: gapBoundsMs.length + 1 }, () => 0)
      const gap = now - this.#lastTokenAt
      let cell = 0
      while (cell < gapBoundsMs.length && gap > (gapBoundsMs[cell] as number)) cell++
      this.#gaps[cell] = (this.#gaps[cell] as number) + 1
    }
    this.#lastTokenAt = now
  }

  over(): void {
    this.#overAt ??= performance.now()
  }

  /**
   * @param began when the first try was sent, on the clock of `performance.now()`
   * @param streamed tokens that came while it was watched; undefined where unknown
   */
  timing(startedAt: string, began: number, streamed: number | undefined, measured: Measured): Timing {
    const since = (at: number | undefined) => (at === undefined ? undefined : at - this.sentAt)
    const first = since(this.#firstTokenAt)
    const timing: Record<keyof Timing, unknown> = {
      startedAt,
      totalMs: (this.#overAt ?? performance.now()) - began,
      queuedMs: undefined,
      sentMs: undefined,
      firstByteMs: since(this.#firstByteAt),
      firstTokenMs: first,
      lastTokenMs: first === undefined ? undefined : since(this.#lastTokenAt),
      tokensPerSecond: positive(measured.rate) ?? this.#rate(streamed),
      gaps: this.#gaps,
      promptTokensPerSecond: positive(measured.promptRate),
      loadMs: measured.loadMs,
    }
    for (const key of Object.keys(timing) as (keyof Timing)[])
      if (timing[key] === undefined) delete timing[key]
    return timing as unknown as Timing
  }

  /** Tokens after the first over the time from the first to the last. What came all at once has no decode phase. */
  #rate(streamed: number | undefined): number | undefined {
    if (streamed === undefined || this.#firstTokenAt === undefined) return undefined
    const decodeMs = this.#lastTokenAt - this.#firstTokenAt
    return decodeMs >= shortestDecodeMs && streamed > 1 ? ((streamed - 1) / decodeMs) * 1000 : undefined
  }
}

const positive = (rate: number | undefined) =>
  rate !== undefined && Number.isFinite(rate) && rate > 0 ? rate : undefined
