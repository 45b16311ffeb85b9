import type { Limiter } from '../spec.js'

/** At most `size` calls under way, whichever the model; who waits longest is next. */
export function fixedLimiter(size: number): Limiter {
  let free = size
  const waiting: (() => void)[] = []

  const release = (): (() => void) => {
    let held = true
    return () => {
      if (!held) return
      held = false
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }

  return {
    acquire(_modelId, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason)
      if (free > 0) {
        free--
        return Promise.resolve(release())
      }
      return new Promise((resolve, reject) => {
        const turn = (): void => {
          signal?.removeEventListener('abort', leave)
          resolve(release())
        }
        const leave = (): void => {
          waiting.splice(waiting.indexOf(turn), 1)
          reject(signal?.reason)
        }
        waiting.push(turn)
        signal?.addEventListener('abort', leave, { once: true })
      })
    },
  }
}
