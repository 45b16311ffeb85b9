import type { ErrorCode } from 'yaml'
import type { Part, Syntax } from './document.js'
import { DatasetError } from './errors.js'
import { type ReadOptions, readChunks, utf8Decoder } from './source-file.js'

/** YAML is read as a whole, and takes up to a hundred times its size in memory and a second for 2.5 MB. */
const maxBytes = 8 * 1024 * 1024

/** Where the library's own words speak to programmers. */
const plainReasons: Partial<Record<ErrorCode, string>> = {
  MULTIPLE_DOCS: 'several documents in one file',
  RESOURCE_EXHAUSTION: 'nested too deeply',
}

/** A YAML document with its items in the list `list`. */
export function yamlList(list: string): Syntax {
  return {
    parts: (path, options) => readYaml(path, list, options),
    place: (position) => `${list}[${position}]`,
  }
}

/**
 * Reads a YAML 1.2 document: the elements of its list `list`, then the document with that list empty.
 * @throws DatasetError `syntax` with line and column; `invalid` above 8 MiB or for an alias bomb
 */
async function* readYaml(path: string, list: string, options?: ReadOptions): AsyncGenerator<Part> {
  const value = await parseYaml(path, await readText(path, options))
  const header: unknown = isObject(value) && Array.isArray(value[list]) ? { ...value, [list]: [] } : value
  if (isObject(value) && Array.isArray(value[list])) {
    for (const [position, item] of value[list].entries()) yield { kind: 'item', position, value: item }
  }
  yield { kind: 'header', value: header }
}

async function parseYaml(path: string, text: string): Promise<unknown> {
  const { LineCounter, parseDocument } = await import('yaml')
  const lineCounter = new LineCounter()
  const options = { version: '1.2', schema: 'core', lineCounter, prettyErrors: false } as const
  const document = parseDocument(text, options)
  // A warning is a tag that is not understood, so a value that is not what was meant.
  const fault = document.errors[0] ?? document.warnings[0]
  if (fault !== undefined) {
    const { line, col } = lineCounter.linePos(fault.pos[0])
    const reason = plainReasons[fault.code] ?? fault.message.split('\n')[0]
    throw new DatasetError('syntax', `${path}:${line}:${col}: not valid YAML: ${reason}`, fault)
  }
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause
    throw new DatasetError('invalid', `${path}: aliases cannot be resolved: ${cause.message}`, cause)
  }
}

async function readText(path: string, options?: ReadOptions): Promise<string> {
  const decode = utf8Decoder(path)
  let text = ''
  let size = 0
  for await (const chunk of readChunks(path, options)) {
    size += chunk.length
    if (size > maxBytes) {
      throw new DatasetError('invalid', `${path}: YAML above 8 MiB is not read; convert it to JSON or JSONL`)
    }
    text += decode(chunk)
  }
  return text + decode()
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
