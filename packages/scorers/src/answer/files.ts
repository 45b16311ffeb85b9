import { type Mark, readMark } from './fences.js'
import { faultOfPath, sameNames } from './file-paths.js'
import { type Line, linesOf } from './lines.js'

/** Files that a reply gives, and everything that is wrong with them. */
export interface FilesRead {
  /** Path → content. A path that is given twice has what was given last. */
  readonly files: Readonly<Record<string, string>>
  /** One line each, for people; a reply with any is refused as a whole. */
  readonly faults: readonly string[]
  /** What a reader should know: a file that was given twice, one that the reply's end cut off. */
  readonly notes: readonly string[]
  /** Nothing in the reply looks like a file, which is the one fault then. */
  readonly none: boolean
}

/**
 * Reads the files of a reply, in any of three formats, also mixed:
 *
 * - `FILE: path`, a line `---`, the body, a line `---`.
 * - A fence whose info holds a path: `ts app/x.ts`, `app/x.ts`, `ts title="app/x.ts"`, `ts:app/x.ts`.
 * - `<file path="path">body</file>`, with single or double quotes.
 *
 * A fence without a path is looked into: replies are wrapped in one whole. Every fault is told: no file at all, a path that
 * is absolute, goes up (`..`) or is odd in another way, two that are one to some file systems, an empty body, and fence
 * marks in a body, which would be code in no language (in Markdown they may be, in pairs).
 */
export function readFiles(text: string): FilesRead {
  const files = new Map<string, string>()
  const faults: string[] = []
  const notes: string[] = []
  const scan = new Scan(text)
  for (let block = scan.next(); block; block = scan.next()) {
    const path = block.path.replace(/^(?:\.\/)+/, '')
    const fault = faultOfPath(path) ?? faultOfBody(path, block)
    if (fault !== undefined) {
      faults.push(`${shown(block.path)}: ${fault}`)
      continue
    }
    if (block.open) notes.push(`${path}: cut off by the end of the reply`)
    if (files.has(path) && files.get(path) !== block.body) notes.push(`${path}: given more than once`)
    files.set(path, block.body)
  }
  for (const [one, other] of sameNames([...files.keys()]))
    faults.push(`${shown(other)}: the same file as ${shown(one)} where names differ by case or form only`)
  const none = files.size === 0 && faults.length === 0
  if (none) faults.push('no files: expected FILE: path, a fence with a path, or <file path="…">')
  return { files: Object.fromEntries(files), faults, notes, none }
}

const shown = (path: string) => JSON.stringify(path.slice(0, 200))

interface Block {
  readonly path: string
  readonly body: string
  readonly open: boolean
}

function faultOfBody(path: string, { body }: Block): string | undefined {
  if (body.trim() === '') return 'its body is empty'
  const marks = [...linesOf(body)].map(({ text }) => readMark(text)).filter(isStray)
  if (marks.length === 0) return undefined
  if (/\.mdx?$/i.test(path) && marks.length % 2 === 0) return undefined
  return `stray fence marks (${marks[0]!.mark}${marks[0]!.info.slice(0, 20)}) in its body`
}

/** One that is deep within code is the code's. */
const isStray = (mark: Mark | undefined): mark is Mark => mark !== undefined && mark.indent <= 3

/** Reads blocks in the order in which they stand. Each line is looked at once. */
class Scan {
  readonly #text: string
  readonly #lines: Iterator<Line>
  #back: Line | undefined

  constructor(text: string) {
    this.#text = text
    this.#lines = linesOf(text)
  }

  next(): Block | undefined {
    for (let line = this.#line(); line; line = this.#line()) {
      const block = this.#tagged(line) ?? this.#fenced(line.text) ?? this.#headed(line.text)
      if (block) return block
    }
    return undefined
  }

  #line(): Line | undefined {
    const back = this.#back
    this.#back = undefined
    if (back) return back
    const { done, value } = this.#lines.next()
    return done ? undefined : value
  }

  #tagged({ start, text }: Line): Block | undefined {
    const open = /<file\s[^>]{0,300}?\bpath\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]{0,300}>/.exec(
      text.slice(0, 2000),
    )
    if (!open) return undefined
    const from = start + open.index + open[0].length
    let last = { start, text }
    for (
      let line: Line | undefined = { start: from, text: text.slice(open.index + open[0].length) };
      line;
    ) {
      const at = line.text.indexOf('</file>')
      if (at >= 0) {
        // Another file may begin behind it, on the same line.
        this.#back = { start: line.start + at + 7, text: line.text.slice(at + 7) }
        return {
          path: (open[1] ?? open[2])!.trim(),
          body: trimmed(this.#text.slice(from, line.start + at)),
          open: false,
        }
      }
      last = line
      line = this.#line()
    }
    const body = this.#text.slice(from, last.start + last.text.length)
    return { path: (open[1] ?? open[2])!.trim(), body: trimmed(body), open: true }
  }

  #fenced(opening: string): Block | undefined {
    const mark = readMark(opening)
    const path = mark && pathIn(mark.info)
    if (mark === undefined || path === undefined) return undefined
    const lines: string[] = []
    // Marks with info within it are an opening one of a fence in the body: the same number of closing ones belongs to it.
    let depth = 0
    for (let line = this.#line(); line; line = this.#line()) {
      const inner = readMark(line.text)
      if (inner && inner.indent <= mark.indent + 3 && inner.mark.startsWith(mark.mark)) {
        if (inner.info === '' && depth === 0) return { path, body: bodyOf(lines, mark.indent), open: false }
        if (inner.info !== '' && pathIn(inner.info) !== undefined) {
          this.#back = line
          return { path, body: bodyOf(lines, mark.indent), open: true }
        }
        depth += inner.info === '' ? -1 : 1
      }
      lines.push(line.text)
    }
    return { path, body: bodyOf(lines, mark.indent), open: true }
  }

  #headed(text: string): Block | undefined {
    const head = /^[ \t>#*`]*FILE:[ \t]*[`"'*]*([^`"'*]+?)[`"'*]*[ \t]*$/i.exec(text.slice(0, 2000))
    if (!head) return undefined
    let line = this.#line()
    while (line && line.text.trim() === '') line = this.#line()
    if (line?.text.trim() !== '---') {
      this.#back = line
      return undefined
    }
    const lines: string[] = []
    for (line = this.#line(); line; line = this.#line()) {
      if (line.text.trimEnd() === '---') return { path: head[1]!.trim(), body: bodyOf(lines, 0), open: false }
      lines.push(line.text)
    }
    return { path: head[1]!.trim(), body: bodyOf(lines, 0), open: true }
  }
}

function bodyOf(lines: readonly string[], indent: number): string {
  const dedented = lines.map((line) => line.slice(Math.min(indent, line.length - line.trimStart().length)))
  return ended(dedented.join('\n'))
}

/** What stands between two tags begins behind the line's end. */
const trimmed = (body: string) => ended(body.replace(/^[ \t]*\r?\n/, '').replaceAll('\r\n', '\n'))

/** A file ends with one line end. */
const ended = (body: string) => (body.trim() === '' ? '' : `${body.replace(/\n+$/, '')}\n`)

/** The path in a fence's info, undefined where there is none. */
function pathIn(info: string): string | undefined {
  const short = info.slice(0, 600)
  const named = /(?:^|\s)(?:path|file|filename|title|name)\s*[=:]\s*(?:"([^"]+)"|'([^']+)'|(\S+))/i.exec(
    short,
  )
  const given = named && (named[1] ?? named[2] ?? named[3]!)
  if (given && looksLikePath(given)) return given
  const words = short.split(/\s+/)
  const joined = /^[\w+#-]+:(\S+)$/.exec(words[0]!)
  if (joined && !/^[a-z]:[\\/]/i.test(words[0]!) && looksLikePath(joined[1]!)) return joined[1]!
  return words.slice(0, 2).map(unquoted).find(looksLikePath)
}

const unquoted = (word: string) => word.replace(/^["'`(]+|["'`)]+$/g, '')

/** A name with a folder, with an ending or with a leading dot; `c++`, `python3.11` and `{1-3}` are none. */
const looksLikePath = (word: string) =>
  !/[{}=<>]/.test(word) && (/[/\\]/.test(word) || /^\.[\w-]|[\w)\]]\.[A-Za-z]\w*$/.test(word))
