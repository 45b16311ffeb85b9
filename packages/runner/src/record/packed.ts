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

/** Values in a packet. */
const packet = 128
/** Packets that are held unpacked while they are looked through: models advance apart, each has one it is at. */
const unpackedAtOnce = 4

/** Values of JSON by key, most of them packed away, while they still change. */
export interface Packing<T> {
  /** The value of a key, to be changed in place, made where there is none. It is held until it is put away. */
  open(key: string, make: () => T): T
  /** Nothing more is expected of this key; it can be opened again all the same. */
  putAway(key: string): void
  /** Packs what is still open. Nothing may be opened after it. */
  seal(): Packed<T>
}

/** Packed values that change no more: looked through as often as one likes, a few packets in memory at a time. */
export interface Packed<T> {
  /** Each once, by the place that `at` takes; in the order in which they were put away. */
  entries(): Generator<readonly [place: number, value: T]>
  at(place: number): T
}

/** @param codec packs JSON; without one it is kept as it is, a byte a character */
export function packing<T>(codec: Codec = plain): Packing<T> {
  const open = new Map<string, T>()
  const done = new Set<string>()
  const packets: Uint8Array[] = []
  /** Where the value of a key is: packet × 128 + index in it. */
  let places = numberTable()
  /** These are where `places` says, and older ones of theirs elsewhere. */
  const reopened = new Set<string>()
  const unpacked = new Map<number, readonly (readonly [string, T])[]>()

  function pack(keys: Iterable<string>): void {
    const entries = Array.from(keys, (key) => [key, open.get(key)!] as const)
    for (const [i, [key]] of entries.entries()) {
      places.set(key, packets.length * packet + i)
      open.delete(key)
    }
    packets.push(codec.pack(JSON.stringify(entries)))
  }

  function packetAt(number: number): readonly (readonly [string, T])[] {
    const entries =
      unpacked.get(number) ?? (JSON.parse(codec.unpack(packets[number]!)) as readonly [string, T][])
    // The one that was looked at last goes last.
    unpacked.delete(number)
    unpacked.set(number, entries)
    if (unpacked.size > unpackedAtOnce) unpacked.delete(unpacked.keys().next().value!)
    return entries
  }

  const entryAt = (place: number): readonly [string, T] =>
    packetAt(Math.floor(place / packet))[place % packet]!

  /** Of a key that was packed. Another key of the same hash, once in 2⁵³, is none of ours. */
  function find(key: string): T | undefined {
    const place = places.get(key)
    if (place === undefined) return undefined
    const [found, value] = entryAt(place)
    return found === key ? value : undefined
  }

  return {
    open(key, make) {
      done.delete(key)
      const held = open.get(key)
      if (held !== undefined) return held
      const found = find(key)
      if (found !== undefined) reopened.add(key)
      const value = found === undefined ? make() : structuredClone(found)
      open.set(key, value)
      return value
    },
    putAway(key) {
      done.add(key)
      if (done.size < packet) return
      pack(done)
      done.clear()
    },
    seal() {
      const left = [...open.keys()]
      for (let from = 0; from < left.length; from += packet) pack(left.slice(from, from + packet))
      // Where nothing is there twice, nobody asks again where it is.
      if (reopened.size === 0) places = numberTable()
      return {
        *entries() {
          for (let number = 0; number < packets.length; number++)
            for (const [i, [key, value]] of packetAt(number).entries()) {
              const place = number * packet + i
              if (!reopened.has(key) || places.get(key) === place) yield [place, value]
            }
        },
        at: (place) => entryAt(place)[1],
      }
    },
  }
}
