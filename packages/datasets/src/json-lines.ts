import type { Part, Syntax } from './document.js'
import { DatasetError } from './errors.js'
import { explainJsonText } from './json-stream.js'
import { JsonTextFault } from './python-json.js'
import { type ReadOptions, readChunks, utf8Decoder } from './source-file.js'

const maxLineLength = 64 * 1024 * 1024

/**
 * One item a line; the file has no header of its own, so `header` gives one.
 * @param parse reads a line; throws a JsonTextFault or a SyntaxError
 */
export function jsonLines(
  header: (path: string) => unknown,
  parse: (line: string) => unknown = JSON.parse,
): Syntax {
  return {
    async *parts(path, options) {
      yield* readJsonLines(path, parse, options)
      yield { kind: 'header', value: header(path) }
    },
    place: (position) => `line ${position}`,
  }
}

/**
 * Streams a file of one JSON value a line; `position` is the line's number from 1. Blank lines are passed over.
 * @throws DatasetError `syntax` with line and column
 */
async function* readJsonLines(
  path: string,
  parse: (line: string) => unknown,
  options?: ReadOptions,
): AsyncGenerator<Part> {
  let number = 0
  for await (const line of readLines(path, options)) {
    number++
    if (line.trim() === '') continue
    yield { kind: 'item', position: number, value: parseLine(path, line, number, parse) }
  }
}

function parseLine(path: string, line: string, number: number, parse: (line: string) => unknown): unknown {
  try {
    return parse(line)
  } catch (cause) {
    const own = cause instanceof JsonTextFault
    const fault = own ? { reason: cause.message, column: cause.column } : explainJsonText(line)
    const place = fault === undefined ? `${number}` : `${number}:${fault.column}`
    const reason = fault?.reason ?? 'unreadable'
    throw new DatasetError('syntax', `${path}:${place}: not valid JSON: ${reason}`, cause)
  }
}

async function* readLines(path: string, options?: ReadOptions): AsyncGenerator<string> {
  const decode = utf8Decoder(path)
  let begun: string[] = []
  let length = 0
  for await (const chunk of readChunks(path, options)) {
    const [first = '', ...others] = decode(chunk).split('\n')
    begun.push(first)
    length += first.length
    if (length > maxLineLength) throw new DatasetError('invalid', `${path}: a line longer than 64 MiB`)
    for (const next of others) {
      yield begun.join('')
      begun = [next]
      length = next.length
    }
  }
  begun.push(decode())
  yield begun.join('')
}
