/** Time and chance, so that tests need not wait. Times in milliseconds. */
export interface Clock {
  now(): number
  /** Calls back once after a while. @returns what cancels it. */
  after(ms: number, callback: () => void): () => void
  /** 0 to 1, 1 excluded. */
  random(): number
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    // A longer one would overflow and fire at once.
    const timer = setTimeout(callback, Math.min(ms, 2_147_483_647))
    return () => clearTimeout(timer)
  },
  random: Math.random,
}
