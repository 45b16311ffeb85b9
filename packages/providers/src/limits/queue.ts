/** One that waits. */
export interface Waiter<T> {
  readonly value: T
  readonly model: string
  before?: Waiter<T> | undefined
  after?: Waiter<T> | undefined
  waiting: boolean
}

interface Line<T> {
  first?: Waiter<T> | undefined
  last?: Waiter<T> | undefined
}

/** Lines of those that wait, one for each model, whose turns go round. Every operation takes constant time. */
export class TurnQueue<T> {
  /** In order of their turns. */
  readonly #lines = new Map<string, Line<T>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** @param ahead goes before the others of its model */
  add(model: string, value: T, ahead = false): Waiter<T> {
    let line = this.#lines.get(model)
    if (!line) {
      line = {}
      this.#lines.set(model, line)
    }
    const waiter: Waiter<T> = { value, model, waiting: true }
    if (ahead) {
      waiter.after = line.first
      if (line.first) line.first.before = waiter
      line.first = waiter
      line.last ??= waiter
    } else {
      waiter.before = line.last
      if (line.last) line.last.after = waiter
      line.last = waiter
      line.first ??= waiter
    }
    this.#size++
    return waiter
  }

  /** The first of each model, whose turn it is first. */
  *heads(): Generator<Waiter<T>> {
    for (const { first } of this.#lines.values()) if (first) yield first
  }

  /** Takes one out that was served: its model's next turn comes after the others'. */
  serve(waiter: Waiter<T>): void {
    const line = this.#lines.get(waiter.model)
    this.remove(waiter)
    if (line?.first) {
      this.#lines.delete(waiter.model)
      this.#lines.set(waiter.model, line)
    }
  }

  remove(waiter: Waiter<T>): void {
    const line = this.#lines.get(waiter.model)
    if (!waiter.waiting || !line) return
    waiter.waiting = false
    if (waiter.before) waiter.before.after = waiter.after
    else line.first = waiter.after
    if (waiter.after) waiter.after.before = waiter.before
    else line.last = waiter.before
    if (!line.first) this.#lines.delete(waiter.model)
    this.#size--
  }
}
