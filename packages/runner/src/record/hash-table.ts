import { contentHash } from './canonical.js'

/**
 * Whole numbers by text, in 12 bytes an entry and its free neighbour: a map of strings takes ten times that. It keeps 53 bits of each text
 * and not the text, so whoever must be certain looks at what the number leads to. Open addressing, linear probing.
 */
export interface NumberTable {
  /** @returns undefined where no such text was set */
  get(text: string): number | undefined
  /** @param value 0 to 2³² − 2 */
  set(text: string, value: number): void
  readonly size: number
}

/** Of a place that is free. */
const free = 0xffffffff

export function numberTable(): NumberTable {
  let places = 1024
  let hashes = new Float64Array(places)
  let values = new Uint32Array(places).fill(free)
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
    values = new Uint32Array(places).fill(free)
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
      if (2 * size > places) grow()
    },
    get size() {
      return size
    },
  }
}
