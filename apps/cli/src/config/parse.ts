import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
} from 'yaml'
import { fault, type Path, type Written } from './written.js'

/** References that a document may hold to what it says elsewhere: a few save words, a thousand are a bomb. */
const maxAliases = 100

/**
 * YAML 1.2, or JSON, which is read as strictly as JSON is.
 * @throws Exit `usage` with the line
 */
export function parseText(file: string, text: string, json: boolean): Written {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: true,
    lineCounter: lines,
    prettyErrors: false,
    // Else it warns past us, on the terminal.
    logLevel: 'error',
  })
  const at = (offset: number | undefined) => (offset === undefined ? undefined : lines.linePos(offset).line)
  const parsed = json ? { value: fromJson(file, text) } : undefined
  // Of JSON all else is said by its own reader, which takes the last of two that are called alike.
  const broken = json
    ? document.errors.find(({ code }) => code === 'DUPLICATE_KEY')
    : (document.errors[0] ?? document.warnings[0])
  if (broken !== undefined) {
    throw fault(
      file,
      `not valid ${json ? 'JSON' : 'YAML'}: ${plain(broken.code) ?? broken.message.split('\n')[0]}`,
      at(broken.pos[0]),
    )
  }
  const { value } = parsed ?? { value: fromYaml(file, document) }
  return {
    file,
    value,
    line: (path) => (document.errors.length > 0 ? undefined : at(offsetOf(document, path))),
  }
}

/** Where the library's own words speak to programmers. */
const plain = (code: string): string | undefined =>
  ({
    MULTIPLE_DOCS: 'several documents in one file',
    RESOURCE_EXHAUSTION: 'nested too deeply',
    TAB_AS_INDENT: 'a tab where spaces indent',
    DUPLICATE_KEY: 'a key that is there already',
  })[code]

function fromJson(file: string, text: string): unknown {
  try {
    return text.trim() === '' ? null : JSON.parse(text)
  } catch (error) {
    const said = error instanceof Error ? error.message : ''
    const offset = /position (\d+)/.exec(said)?.[1]
    const line = offset === undefined ? undefined : text.slice(0, Number(offset)).split('\n').length
    throw fault(file, `not valid JSON: ${said.split('\n')[0]}`, line)
  }
}

function fromYaml(file: string, document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: maxAliases })
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    throw fault(file, `its aliases cannot be resolved: ${error.message}`)
  }
}

/** Where a place is written: its key where it has one, else itself. The nearest that is written, where it is not. */
function offsetOf(document: Document.Parsed, path: Path): number | undefined {
  let node: unknown = document.contents
  let offset: number | undefined
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (!isCollection(node)) break
    const item = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      : node.items[Number(step)]
    const written = isPair(item) ? item.key : item
    if (!(isScalar(written) || isCollection(written) || isAlias(written))) break
    offset = written.range?.[0] ?? offset
    node = isPair(item) ? item.value : item
  }
  return offset
}
