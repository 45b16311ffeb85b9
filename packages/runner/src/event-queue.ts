import type { RunEvent } from './spec.js'

/**
 * What a run tells whoever watches. A slow watcher neither holds the run up nor lets the queue grow: past `capacity`
 * the oldest attempts and scores are forgotten, for the log has them.
 */
export interface EventQueue {
  push(event: RunEvent): void
  /** No more will come. With an error, reading ends by throwing it. */
  close(error?: Error): void
  read(): AsyncGenerator<RunEvent>
}

export function eventQueue(capacity = 1024): EventQueue {
  let events: RunEvent[] = []
  let closed = false
  let failure: Error | undefined
  let wake = (): void => undefined

  return {
    push(event) {
      events.push(event)
      if (events.length > 2 * capacity) {
        const oldest = events.length - capacity
        events = events.filter((held, i) => i >= oldest || keepsAlways(held))
      }
      wake()
    },
    close(error) {
      closed = true
      failure = error
      wake()
    },
    async *read() {
      for (;;) {
        const batch = events
        events = []
        yield* batch
        if (events.length > 0) continue
        if (failure !== undefined) throw failure
        if (closed) return
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}

const keepsAlways = ({ type }: RunEvent): boolean => type !== 'attempt' && type !== 'score'
