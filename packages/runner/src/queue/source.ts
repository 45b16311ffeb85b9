import type { Work } from '../attempt-context.js'

/**
 * Work as it is asked for: no more is taken out of the queue than there are hands free for it.
 *
 * @param take at most so many; none where there is nothing left, and then no more is asked for
 */
export function workSource(take: (count: number) => Promise<readonly Work[]>): AsyncGenerator<Work, void> {
  const hands: { give(work: Work | undefined): void; fail(error: unknown): void }[] = []
  let over = false
  let taking = false

  async function serve(): Promise<void> {
    if (taking) return
    taking = true
    // All who come in this turn are served together.
    await null
    try {
      while (hands.length > 0 && !over) {
        const works = await take(hands.length)
        over = works.length === 0
        for (const work of works) hands.shift()!.give(work)
      }
    } catch (error) {
      over = true
      for (const { fail } of hands.splice(0)) fail(error)
    } finally {
      taking = false
    }
    if (over) for (const { give } of hands.splice(0)) give(undefined)
  }

  const source: AsyncGenerator<Work, void> = {
    next() {
      if (over) return Promise.resolve({ done: true, value: undefined })
      return new Promise((resolve, reject) => {
        hands.push({
          give: (work) =>
            resolve(work === undefined ? { done: true, value: undefined } : { done: false, value: work }),
          fail: reject,
        })
        void serve()
      })
    },
    async return() {
      over = true
      return { done: true, value: undefined }
    },
    async throw(error) {
      over = true
      throw error
    },
    [Symbol.asyncIterator]: () => source,
    async [Symbol.asyncDispose]() {
      over = true
    },
  }
  return source
}
