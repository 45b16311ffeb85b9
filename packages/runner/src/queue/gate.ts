import type { Clock } from '@bench/providers'
import type { Share } from './share.js'

/** One lane as a worker sees it: lets so many requests go as its share of the lane allows. */
export interface Gate {
  /**
   * One is on its way here, and held back, maybe, by what its provider leaves: it counts as one that the lane is wanted for.
   *
   * @returns to be called when it enters, or never will
   */
  expect(): () => void
  /** @throws the signal's reason, promptly, if it aborts first */
  enter(signal: AbortSignal | undefined): Promise<void>
  leave(): void
  /** The provider asked for quiet: nobody goes for so many milliseconds, here or elsewhere. */
  quiet(ms: number): void
  /** Another worker was asked for quiet. */
  hush(ms: number): void
  /** Of what all want of the lane, 0–1. */
  readonly part: number
}

export interface GateOptions {
  /** Asks for a share of the lane, and gives back what is not wanted. */
  claim(wish: { busy: number; wanted: number; quietMs: number }): Promise<Share>
  /** Whether this worker counts as alive: else its share may be another's by now. */
  alive(): boolean
  readonly clock: Clock
}

/** A wish that was not granted is repeated after about so long, one of a worker that just gave way after twice that. */
const againMs = 50

/** While it is used, a lane is looked at so often: others come and go. What nobody waits for is given back then. */
const lookMs = 250

export function openGate({ claim, alive, clock }: GateOptions): Gate {
  const queue: { go(): void }[] = []
  let busy = 0
  let coming = 0
  let share: Share = { held: 0, part: 1, crowded: false, even: 0, quietMs: 0 }
  /** While a wish is on its way, all that is surely held. */
  let sure: number | undefined
  let quietUntil = Number.NEGATIVE_INFINITY
  let askAfter = Number.NEGATIVE_INFINITY
  let lookAt = Number.NEGATIVE_INFINITY
  let quietToTell = 0
  let cancel = (): void => undefined

  const later = (ms: number, what: () => unknown): void => {
    cancel()
    cancel = clock.after(ms, what)
  }
  const backOff = (times: number): void => {
    askAfter = clock.now() + times * againMs * (0.75 + clock.random() / 2)
  }

  function serve(): void {
    const limit = sure ?? share.held
    while (queue.length > 0 && busy < limit && alive() && clock.now() >= quietUntil) {
      busy++
      queue.shift()!.go()
    }
    if (sure !== undefined) return
    if (quietToTell > 0 || (queue.length > 0 && busy >= share.held)) ask()
    else if (queue.length > 0) later(Math.max(againMs, quietUntil - clock.now()), serve)
    // From the last look, whatever comes and goes meanwhile.
    else if (busy + coming + share.held > 0) later(Math.max(0, lookAt - clock.now()), ask)
  }

  function ask(): void {
    if (sure !== undefined) return
    const wait = quietToTell > 0 ? 0 : askAfter - clock.now()
    if (wait > 0) later(wait, ask)
    else void exchange(busy + queue.length + coming)
  }

  async function exchange(wanted: number): Promise<void> {
    cancel()
    // What is used meanwhile, or is to be at once, is not given back.
    sure = Math.max(busy, Math.min(share.held, wanted))
    const { part } = share
    const quietMs = quietToTell
    quietToTell = 0
    try {
      share = await claim({ busy: sure, wanted, quietMs })
      if (share.quietMs > 0) quietUntil = Math.max(quietUntil, clock.now() + share.quietMs)
    } catch {
      // Whoever waits is told by its own signal.
      share = { ...share, held: sure }
    } finally {
      sure = undefined
    }
    // Where one came or went, more may be about to.
    lookAt = clock.now() + (share.part === part ? lookMs : againMs)
    if (queue.length > 0 && busy >= share.held) backOff(1)
    serve()
  }

  return {
    get part() {
      return share.part
    },
    expect() {
      coming++
      serve()
      return () => {
        coming--
        serve()
      }
    },
    enter(signal) {
      if (signal?.aborted) return Promise.reject(signal.reason)
      return new Promise((resolve, reject) => {
        const waiter = {
          go() {
            signal?.removeEventListener('abort', leave)
            resolve()
          },
        }
        const leave = (): void => {
          const at = queue.indexOf(waiter)
          if (at >= 0) queue.splice(at, 1)
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', leave, { once: true })
        queue.push(waiter)
        serve()
      })
    },
    leave() {
      busy--
      if (sure !== undefined || !share.crowded || share.held <= share.even) return serve()
      // Others wait for what is over an even share: it goes back, and they come first.
      backOff(2)
      void exchange(Math.max(busy, share.even))
    },
    quiet(ms) {
      quietUntil = Math.max(quietUntil, clock.now() + ms)
      quietToTell = Math.max(quietToTell, ms)
      serve()
    },
    hush(ms) {
      quietUntil = Math.max(quietUntil, clock.now() + ms)
    },
  }
}
