import { numberTable } from './hash-table.js'

/** How what is packed becomes small: deflate, where there is one. */
export interface Codec {
  pack(text: string): Uint8Array
  unpack(bytes: Uint8Array): string
}

const plain: Codec = {
  pack: (text) => new TextEncoder().encode(text),
  unpack: (bytes) => new TextDecoder().decode(bytes),
}

/** Values in a packet: more pack a little better, and cost more to be looked at one by one. */
const usualPacket = 64
/** Packets that are held unpacked for each stream of values that is looked through: the one it is at and those at its edges. */
const unpackedEach = 3

/** Values of JSON by key, most of them packed away, while they still change. */
export interface Packing<T> {
  /** The value of a key, to be changed in place, made where there is none. It is held until it is put away. */
  open(key: string, make: () => T): T
  /** Nothing more is expected of this key; it can be opened again all the same. */
  putAway(key: string): void
  /**
   * Packs what is still open. Nothing may be opened after it.
   *
   * @param streams how many lie apart and are looked at in turn, as models do: were fewer packets held, every look would unpack one
   */
  seal(streams: number): Packed<T>
}

/** Packed values that change no more: looked through as often as one likes, a few packets in memory at a time. */
export interface Packed<T> {
  /** Each once, by the place that `at` takes; in the order in which they were put away. */
  entries(): Generator<readonly [place: number, value: T]>
  at(place: number): T
}

/**
 * @param codec packs JSON; without one it is kept as it is, a byte a character
 * @param packet values that are packed together
 */
export function packing<T>(codec: Codec = plain, packet = usualPacket): Packing<T> {
  const open = new Map<string, T>()
  const done = new Set<string>()
  /** Nothing is left where all of its values have been opened again. */
  const packets: (Uint8Array | undefined)[] = []
  /** Of packets of which some have been opened again: which of their values are here no more. */
  const gone = new Map<number, Set<number>>()
  /** Where the value of a key is: packet × their size + index in it. */
  let places = numberTable()
  const unpacked = new Map<number, readonly (readonly [string, T])[]>()

  function pack(keys: Iterable<string>): void {
    const entries = Array.from(keys, (key) => [key, open.get(key)!] as const)
    for (const [i, [key]] of entries.entries()) {
      places.set(key, packets.length * packet + i)
      open.delete(key)
    }
    packets.push(codec.pack(JSON.stringify(entries)))
  }

  let unpackedAtOnce = 2 * unpackedEach

  function packetAt(number: number): readonly (readonly [string, T])[] {
    const bytes = packets[number]
    if (bytes === undefined) return []
    const entries = unpacked.get(number) ?? (JSON.parse(codec.unpack(bytes)) as readonly [string, T][])
    // The one that was looked at last goes last.
    unpacked.delete(number)
    unpacked.set(number, entries)
    if (unpacked.size > unpackedAtOnce) unpacked.delete(unpacked.keys().next().value!)
    return entries
  }

  /** Of a key that was packed: it is here no more. Another key of the same hash, once in 2⁵³, is none of ours. */
  function take(key: string): T | undefined {
    const place = places.get(key)
    if (place === undefined) return undefined
    const [number, index] = [Math.floor(place / packet), place % packet]
    const entries = packetAt(number)
    const [found, value] = entries[index] ?? []
    const taken = gone.get(number) ?? new Set()
    if (found !== key || taken.has(index)) return undefined
    gone.set(number, taken.add(index))
    if (taken.size === entries.length) {
      for (const held of [gone, unpacked]) held.delete(number)
      packets[number] = undefined
    }
    return structuredClone(value)
  }

  return {
    open(key, make) {
      done.delete(key)
      const value = open.get(key) ?? take(key) ?? make()
      open.set(key, value)
      return value
    },
    putAway(key) {
      done.add(key)
      if (done.size < packet) return
      pack(done)
      done.clear()
    },
    seal(streams) {
      unpackedAtOnce = unpackedEach * (streams + 1)
      const left = [...open.keys()]
      for (let from = 0; from < left.length; from += packet) pack(left.slice(from, from + packet))
      // Each is there once now, and nobody asks again where a key is.
      places = numberTable()
      return {
        *entries() {
          for (let number = 0; number < packets.length; number++)
            for (const [i, [, value]] of packetAt(number).entries())
              if (!gone.get(number)?.has(i)) yield [number * packet + i, value]
        },
        at: (place) => packetAt(Math.floor(place / packet))[place % packet]![1],
      }
    },
  }
}
