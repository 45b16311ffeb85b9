/** What was costly to make, by key: made once, also where it is asked for twice at the same time; the least used goes first. */
export class Kept<T> {
  readonly #most: number
  readonly #sizeOf: (made: T) => number
  readonly #entries = new Map<string, { readonly made: Promise<T>; size: number }>()
  #size = 0

  /** @param most of the sizes of all that is kept */
  constructor(most: number, sizeOf: (made: T) => number) {
    this.#most = most
    this.#sizeOf = sizeOf
  }

  /** @throws what `make` throws; then nothing is kept */
  async get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key)
    if (known) {
      this.#entries.delete(key)
      this.#entries.set(key, known)
      return known.made
    }
    const entry = { made: make(), size: 0 }
    this.#entries.set(key, entry)
    try {
      entry.size = this.#sizeOf(await entry.made)
      this.#size += entry.size
    } catch (error) {
      this.#entries.delete(key)
      throw error
    }
    this.#shrink()
    return entry.made
  }

  #shrink(): void {
    for (const [key, { size }] of this.#entries) {
      if (this.#size <= this.#most) return
      this.#entries.delete(key)
      this.#size -= size
    }
  }
}
