import type { Json } from '@bench/datasets'
import { clip } from '../match.js'

/** What the test's process told. Trusted, but for what it passes on. */
export interface Told {
  readonly verdict: string
  /** The assertion that did not hold, or the answer's own words. */
  readonly words: string
  /** The last call and what came back, for people. */
  readonly exchange: { readonly [key: string]: Json }
}

/** One frame, whole, and nothing else: a word, and in hexadecimal words, arguments and answer. Undefined for anything else. */
export function readVerdict(result: Uint8Array): Told | undefined {
  const bytes = Buffer.from(result.buffer, result.byteOffset, result.byteLength)
  if (bytes.length < 4 || bytes.length !== 4 + bytes.readUInt32BE()) return undefined
  const [verdict = '', words = '', question = '', answer = ''] = bytes.toString('latin1', 4).split(' ')
  const input = show(question)
  const got = show(answer)
  return {
    verdict,
    words: clip(Buffer.from(words, 'hex').toString('utf8')),
    exchange: {
      ...(input === undefined ? {} : { input: clip(input) }),
      ...(got === undefined ? {} : { got: clip(got) }),
    },
  }
}

/** A value in the notation of `compiled/bench_judge.hpp`, for people; undefined where it is none, or cut short. */
function show(hex: string): string | undefined {
  if (hex === '') return undefined
  const bytes = Buffer.from(hex, 'hex')
  let at = 0
  let room = 2000
  const size = () => {
    at += 4
    return bytes.readUInt32LE(at - 4)
  }
  const skipType = (): void => {
    const kind = String.fromCharCode(bytes.readUInt8(at++))
    if (kind === '{') skipType()
    if (kind === '{' || kind === '[') skipType()
  }
  const write = (depth: number): string => {
    if (room <= 0 || depth > 20) throw new RangeError('enough')
    const tag = String.fromCharCode(bytes.readUInt8(at++))
    room -= 2
    switch (tag) {
      case 'z':
      case 'n':
        return 'none'
      case 'T':
        return 'true'
      case 'F':
        return 'false'
      case 'i':
      case 'q':
        at += 8
        return String(bytes.readBigInt64LE(at - 8))
      case 'f':
      case 'd':
        at += 8
        return String(bytes.readDoubleLE(at - 8))
      case 's': {
        const length = size()
        at += length
        room -= length
        return JSON.stringify(bytes.toString('utf8', at - length, at))
      }
      case 'l':
        return `[${items(size(), depth)}]`
      case 't':
        return `(${items(size(), depth)})`
      case 'm':
        return `{${Array.from({ length: size() }, () => `${write(depth + 1)}: ${write(depth + 1)}`).join(', ')}}`
      case 'o':
        return write(depth + 1)
      case 'a':
        skipType()
        return write(depth + 1)
      default:
        throw new RangeError(tag)
    }
  }
  const items = (count: number, depth: number) =>
    Array.from({ length: Math.min(count, 1000) }, () => write(depth + 1)).join(', ')
  try {
    return write(0)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
