/** Milliseconds that others' code has to end by itself once it is told to: its boxes and sockets with it. */
const graceMs = 5000

/**
 * Waits for code of somebody else, and after an abort not for ever: what has not ended a while later is left behind.
 *
 * @throws what `work` throws; the signal's reason
 */
export function withGrace<T>(work: T | PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const told = (): void => {
      timer = setTimeout(() => reject(signal.reason), graceMs)
    }
    const over = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', told)
    }
    if (signal.aborted) told()
    else signal.addEventListener('abort', told, { once: true })
    Promise.resolve(work).then(resolve, reject).finally(over)
  })
}
