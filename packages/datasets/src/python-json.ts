import type { Json } from './spec.js'

/** Why a text is not JSON, and at which column; 1 is the first. */
export class JsonTextFault extends Error {
  readonly column: number
  constructor(reason: string, column: number) {
    super(reason)
    this.column = column
  }
}

const maxDepth = 200

/**
 * Reads JSON as Python's `json` module writes it, and loses nothing of what Python reads there: `1` and `1.0` are two
 * numbers, `NaN` and `Infinity` are numbers, and whole numbers have any size. What JSON cannot say is said in the
 * notation of values: `{"$float": "1.0"}`, `{"$int": "0x20000000000000"}`, `{"$dict": [["$key", 1]]}`.
 * @throws JsonTextFault
 */
export function parsePythonJson(text: string): Json {
  let at = 0
  let depth = 0

  const fault = (): JsonTextFault =>
    at < text.length
      ? new JsonTextFault(`unexpected character ${JSON.stringify(text[at])}`, at + 1)
      : new JsonTextFault('the text ends before every quote and bracket is closed', at + 1)
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) at += found.length
    return found
  }
  const next = (character: string): boolean => {
    take(space)
    if (text[at] !== character) return false
    at++
    return true
  }
  const must = <T>(value: T | undefined | false): T => {
    if (value === undefined || value === false) throw fault()
    return value
  }
  /** What stands between the brackets, `one` by one. */
  const members = (close: string, one: () => void): void => {
    if (++depth > maxDepth) throw new JsonTextFault(`more than ${maxDepth} levels`, at)
    if (!next(close)) {
      do one()
      while (next(','))
      must(next(close))
    }
    depth--
  }
  const string = (): string => {
    const began = at
    const written = must(take(quoted))
    try {
      return JSON.parse(written) as string
    } catch {
      throw new JsonTextFault('a string with a line break or an escape that JSON does not know', began + 1)
    }
  }

  const value = (): Json => {
    take(space)
    if (text[at] === '"') return string()
    if (next('[')) {
      const list: Json[] = []
      members(']', () => list.push(value()))
      return list
    }
    if (next('{')) {
      const entries = new Map<string, Json>()
      members('}', () => {
        take(space)
        const key = string()
        must(next(':'))
        entries.set(key, value())
      })
      return dict(entries)
    }
    const word = must(take(scalar))
    return word in constants ? (constants[word] as Json) : number(word)
  }

  const read = value()
  take(space)
  if (at < text.length) throw fault()
  return read
}

const space = /[ \t\n\r]*/y
const quoted = /"[^"\\]*(?:\\.[^"\\]*)*"/y
const scalar = /true|false|null|NaN|-?Infinity|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y

const constants: Readonly<Record<string, Json>> = {
  true: true,
  false: false,
  null: null,
  NaN: { $float: 'nan' },
  Infinity: { $float: 'inf' },
  '-Infinity': { $float: '-inf' },
}

function number(written: string): Json {
  if (/[.eE]/.test(written)) return { $float: written.toLowerCase() }
  const near = Number(written)
  if (Number.isSafeInteger(near)) return near
  return { $int: `${written.startsWith('-') ? '-' : ''}0x${BigInt(written.replace('-', '')).toString(16)}` }
}

/** A key that looks like a tag must not be taken for one, and an object would move keys that look like an index forward. */
function dict(entries: ReadonlyMap<string, Json>): Json {
  const plain = [...entries.keys()].every((key) => !/^(?:\$|\d+$)/.test(key))
  return plain ? Object.fromEntries(entries) : { $dict: [...entries] }
}
