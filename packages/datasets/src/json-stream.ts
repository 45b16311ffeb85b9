import { Tokenizer, TokenizerError, TokenParser, TokenType } from '@streamparser/json'
import type { Part, Syntax } from './document.js'
import { DatasetError } from './errors.js'
import { notUtf8, type ReadOptions, readChunks } from './source-file.js'

/** A JSON object with its items in the list `list`. */
export function jsonList(list: string): Syntax {
  return {
    parts: (path, options) => streamJson(path, list, options),
    place: (position) => `${list}[${position}]`,
  }
}

/** Keys of the object that `head` begins, as far as it goes. */
export function topLevelKeys(head: string): readonly string[] {
  const keys: string[] = []
  const tokenizer = new Tokenizer()
  let depth = 0
  let text = ''
  tokenizer.onToken = ({ token, value }) => {
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) depth++
    else if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) depth--
    else if (token === TokenType.STRING) text = String(value)
    else if (token === TokenType.COLON && depth === 1) keys.push(text)
  }
  tokenizer.onError = () => {}
  tokenizer.write(head)
  return keys
}

/**
 * Streams a JSON object: each element of its list `list` as it ends, then the object itself with that list empty.
 * What a piece of the file holds is in memory, never the file.
 * @throws DatasetError `syntax` with line and column
 */
async function* streamJson(path: string, list: string, options?: ReadOptions): AsyncGenerator<Part> {
  let ended: Part[] = []
  const reader = new JsonReader(['$', `$.${list}.*`], (value, key, parent) => {
    if (parent === undefined) ended.push({ kind: 'header', value })
    if (!Array.isArray(parent)) return
    // The parser counts for itself: emptying its list keeps the elements from piling up.
    parent.length = 0
    ended.push({ kind: 'item', position: key as number, value })
  })
  try {
    for await (const chunk of readChunks(path, options)) {
      reader.write(chunk)
      yield* ended
      ended = []
    }
    reader.end()
  } catch (cause) {
    if (cause instanceof JsonFault) throw await locateFault(path, cause)
    if (cause instanceof TypeError && 'code' in cause && cause.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw notUtf8(path, cause)
    }
    throw cause
  }
}

/** Why a text is not JSON, and at which column (1 is the first); undefined where it is. */
export function explainJsonText(text: string): { reason: string; column: number } | undefined {
  const reader = new JsonReader([], () => {})
  const bytes = Buffer.from(text)
  try {
    reader.write(bytes)
    reader.end()
    return undefined
  } catch (cause) {
    if (!(cause instanceof JsonFault)) throw cause
    const before = bytes.subarray(0, cause.offset)
    return { reason: cause.message, column: before.reduce((column, byte) => column + startOf(byte), 1) }
  }
}

/** Not JSON: `offset` counts bytes; absent means at the end. */
class JsonFault extends Error {
  readonly offset: number | undefined
  constructor(message: string, offset: number | undefined, cause?: unknown) {
    super(message, { cause })
    this.offset = offset
  }
}

type OnValue = (value: unknown, key: string | number | undefined, parent: unknown) => void

/** The parser library, with faults that say where and what in plain words. */
class JsonReader {
  readonly #tokenizer = new Tokenizer()
  readonly #parser: TokenParser
  #begun = false

  constructor(paths: string[], onValue: OnValue) {
    this.#parser = new TokenParser({ paths })
    this.#parser.onValue = ({ value, key, parent }) => onValue(value, key, parent)
    this.#tokenizer.onToken = (token) => {
      this.#begun = true
      try {
        this.#parser.write(token)
      } catch (cause) {
        throw new JsonFault(`unexpected ${JSON.stringify(token.value)}`, token.offset, cause)
      }
    }
  }

  write(bytes: Uint8Array): void {
    try {
      this.#tokenizer.write(bytes)
    } catch (cause) {
      throw cause instanceof TokenizerError ? characterFault(cause) : cause
    }
  }

  end(): void {
    if (!this.#begun) throw new JsonFault('nothing but white space', undefined)
    try {
      this.#tokenizer.end()
    } catch (cause) {
      throw new JsonFault(unclosed, undefined, cause)
    }
    if (!this.#parser.isEnded) throw new JsonFault(unclosed, undefined)
  }
}

const unclosed = 'the text ends before every quote and bracket is closed'

/** The library tells the place only in its message. */
function characterFault(cause: TokenizerError): JsonFault {
  const at = /absolute position "(\d+)"/.exec(cause.message)?.[1]
  const character = /^Unexpected "([\s\S]+?)" at chunk/.exec(cause.message)?.[1] ?? ''
  const shown = /^[\x20-\x7e]$/.test(character) ? ` ${JSON.stringify(character)}` : ''
  const reason =
    /[\r\n]/.test(character) && / STRING_/.test(cause.message)
      ? 'line break in a string'
      : `unexpected character${shown}`
  return new JsonFault(reason, at === undefined ? undefined : Number(at), cause)
}

/** Reads the file again up to the fault and counts lines and characters, both from 1. */
async function locateFault(path: string, fault: JsonFault): Promise<DatasetError> {
  let line = 1
  let column = 1
  let left = fault.offset ?? Number.POSITIVE_INFINITY
  for await (const chunk of readChunks(path)) {
    for (const byte of chunk.subarray(0, left)) {
      if (byte === lineFeed) {
        line++
        column = 1
      } else column += startOf(byte)
    }
    left -= chunk.length
    if (left <= 0) break
  }
  return new DatasetError('syntax', `${path}:${line}:${column}: not valid JSON: ${fault.message}`, fault)
}

const lineFeed = 0x0a

/** 1 where a character of UTF-8 begins, 0 within one. */
function startOf(byte: number): number {
  return (byte & 0xc0) === 0x80 ? 0 : 1
}
