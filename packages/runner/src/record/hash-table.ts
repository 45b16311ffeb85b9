import { contentHash } from './canonical.js'

/**
 * Numbers by text, in 20 to 40 bytes each: a map of strings takes 110. It keeps 53 bits of each text
 * and not the text, so whoever must be certain looks at what the number leads to. Open addressing, linear probing.
 */
export interface NumberTable {
  /** @returns undefined where no such text was set */
  get(text: string): number | undefined
  /** @param value not negative */
  set(text: string, value: number): void
  readonly size: number
}

/** Of a place that is free. */
const free = -1
/** Share of the places that may be taken: past it, finding takes long. */
const fullest = 0.8

export function numberTable(): NumberTable {
  let places = 1024
  let hashes = new Float64Array(places)
  let values = new Float64Array(places).fill(free)
  let size = 0

  /** Where a hash is, or would be. */
  const placeOf = (hash: number): number => {
    let place = hash % places
    while (values[place] !== free && hashes[place] !== hash) place = (place + 1) % places
    return place
  }

  function grow(): void {
    const [before, held] = [hashes, values]
    places *= 2
    hashes = new Float64Array(places)
    values = new Float64Array(places).fill(free)
    for (const [at, value] of held.entries()) {
      if (value === free) continue
      const place = placeOf(before[at]!)
      hashes[place] = before[at]!
      values[place] = value
    }
  }

  return {
    get(text) {
      const value = values[placeOf(contentHash(text))]
      return value === free ? undefined : value
    },
    set(text, value) {
      const hash = contentHash(text)
      const place = placeOf(hash)
      if (values[place] === free) size++
      hashes[place] = hash
      values[place] = value
      if (size > fullest * places) grow()
    },
    get size() {
      return size
    },
  }
}
