import { type Mark, readMark } from './fences.js'
import { faultOfPath, sameNames } from './file-paths.js'
import { linesOf } from './lines.js'

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

/** `<file path="…">`, wherever on a line. It never looks beyond the next `<`. */
const openingTag =
  /<file\s[^<>]{0,200}?\bpath\s*=\s*(?:"([^"<>\n]{0,2000})"|'([^'<>\n]{0,2000})')[^<>]{0,200}>/y
const closingTag = '</file>'

/** Reads blocks in the order in which they stand, and looks at nothing twice. */
class Scan {
  readonly #text: string
  /** Where the next line, or what is left of it, begins. */
  #at = 0
  /** Ends of searches that were made already: the end of the line, and the next tag. */
  #lineEnd = -1
  #tag = -1

  constructor(text: string) {
    this.#text = text
  }

  next(): Block | undefined {
    for (let line = this.#line(); line; line = this.#line()) {
      const block = this.#tagged(line) ?? this.#fenced(line) ?? this.#headed(line)
      if (block) return block
    }
    return undefined
  }

  #line(): Line | undefined {
    const start = this.#at
    if (start > this.#text.length) return undefined
    this.#lineEnd = this.#find('\n', start, this.#lineEnd)
    this.#at = this.#lineEnd + 1
    const cut = this.#text[this.#lineEnd - 1] === '\r' && this.#lineEnd > start ? 1 : 0
    return { start, end: this.#lineEnd - cut }
  }

  /** The next place of a word; the known one where it is not behind us. The end where there is none. */
  #find(word: string, from: number, known: number): number {
    if (known >= from) return known
    const at = this.#text.indexOf(word, from)
    return at < 0 ? this.#text.length : at
  }

  #tagged({ start, end }: Line): Block | undefined {
    for (let from = start; ; from = this.#tag + 1) {
      this.#tag = this.#find('<file', from, this.#tag)
      if (this.#tag >= end) return undefined
      openingTag.lastIndex = this.#tag
      const open = openingTag.exec(this.#text)
      if (!open) continue
      const path = (open[1] ?? open[2])!.trim()
      const begin = this.#tag + open[0].length
      const close = this.#text.indexOf(closingTag, begin)
      // Another file may begin behind it, on the same line.
      this.#at = close < 0 ? this.#text.length + 1 : close + closingTag.length
      return { path, body: trimmed(this.#text.slice(begin, close < 0 ? undefined : close)), open: close < 0 }
    }
  }

  #fenced(line: Line): Block | undefined {
    const mark = this.#mark(line)
    const path = mark && pathIn(mark.info)
    if (mark === undefined || path === undefined) return undefined
    const lines: string[] = []
    // A mark with info within it opens a fence of the body's: a closing one belongs to that.
    let depth = 0
    for (let next = this.#line(); next; next = this.#line()) {
      const inner = this.#mark(next)
      if (inner && inner.indent <= mark.indent + 3 && inner.mark.startsWith(mark.mark)) {
        if (inner.info === '' && depth === 0) return { path, body: bodyOf(lines, mark.indent), open: false }
        if (inner.info !== '' && pathIn(inner.info) !== undefined) {
          this.#at = next.start
          return { path, body: bodyOf(lines, mark.indent), open: true }
        }
        depth += inner.info === '' ? -1 : 1
      }
      lines.push(this.#show(next))
    }
    return { path, body: bodyOf(lines, mark.indent), open: true }
  }

  #headed(line: Line): Block | undefined {
    const head = /^[ \t>#*`]*FILE:[ \t]*[`"'*]*([^`"'*]+?)[`"'*]*[ \t]*$/i.exec(this.#show(line, 1500))
    if (!head) return undefined
    const path = head[1]!.trim()
    let next = this.#line()
    while (next && this.#show(next).trim() === '') next = this.#line()
    if (next && this.#show(next).trim() !== '---') {
      this.#at = next.start
      return undefined
    }
    const lines: string[] = []
    for (next = this.#line(); next; next = this.#line()) {
      const text = this.#show(next)
      if (text.trimEnd() === '---') return { path, body: bodyOf(lines, 0), open: false }
      lines.push(text)
    }
    return { path, body: bodyOf(lines, 0), open: true }
  }

  #mark(line: Line): Mark | undefined {
    return readMark(this.#show(line))
  }

  #show({ start, end }: Line, most = Number.POSITIVE_INFINITY): string {
    return this.#text.slice(start, Math.min(end, start + most))
  }
}

interface Line {
  readonly start: number
  /** Without what ends it. */
  readonly end: number
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
