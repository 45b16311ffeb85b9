import { linesOf } from './lines.js'

/** A block of Markdown between fences. */
export interface Fence {
  /** All that follows the opening mark on its line. */
  readonly info: string
  readonly code: string
  /** Cut off: the reply ended before it did. */
  readonly open: boolean
}

/** A line that opens or closes a fence. */
export interface Mark {
  readonly mark: string
  /** Columns before it; a tab is four. */
  readonly indent: number
  readonly info: string
}

/**
 * A line that opens or closes a fence, as CommonMark has it: what follows the backticks holds none, else it is code within a
 * line. It may stand behind the mark of a list's item, and be indented by any depth, as in lists.
 */
export function readMark(line: string): Mark | undefined {
  const found = /^([ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(`{3,}|~{3,})/.exec(line)
  if (!found) return undefined
  const info = line.slice(found[0].length).trim()
  if (found[2]!.startsWith('`') && info.includes('`')) return undefined
  return { mark: found[2]!, indent: columns(found[1]!), info }
}

const columns = (space: string) => space.replaceAll('\t', '    ').length

/** A fence that is opened behind words, as in ``So: ```python``: no Markdown, but what models write. */
function readLateMark(line: string): Mark | undefined {
  const at = line.indexOf('```')
  if (at <= 0) return undefined
  const found = /^(`{3,})([A-Za-z][\w+#.-]*)[ \t]*$/.exec(line.slice(at))
  return found ? { mark: found[1]!, indent: 0, info: found[2]! } : undefined
}

interface Opened extends Mark {
  readonly lines: string[]
}

/**
 * The fences of a reply, in order.
 *
 * - The indent of the opening mark (in a list) is taken from the lines. A closing mark is one that is at least as long, without info
 *   and at most three columns deeper than the opening one: deeper ones belong to the code, to a docstring say.
 * - A fence labelled as Markdown holds others: these count, and it only where it holds none.
 * - One that ends behind code on a line (``return 1``` ``) ends there, if nothing else ends it.
 */
export function readFences(text: string): Fence[] {
  const fences: Fence[] = []
  let around: (Opened & { held: number }) | undefined
  let inside: Opened | undefined
  const keep = ({ info, lines }: Opened, open: boolean) =>
    fences.push(open ? cutOff(info, lines) : { info, code: lines.join('\n'), open })
  for (const { text: line } of linesOf(text)) {
    const mark = readMark(line) ?? (inside ? undefined : readLateMark(line))
    if (inside) {
      if (mark && closes(mark, inside)) {
        keep(inside, false)
        inside = undefined
      } else inside.lines.push(dedent(line, inside.indent))
    } else if (around && mark && closes(mark, around)) {
      if (fences.length === around.held) keep(around, false)
      around = undefined
    } else if (mark && !around && isMarkdown(mark.info)) {
      around = { ...mark, lines: [], held: fences.length }
    } else if (mark) {
      inside = { ...mark, lines: [] }
    }
    if (around && !inside && !mark) around.lines.push(dedent(line, around.indent))
  }
  if (inside) keep(inside, true)
  else if (around && fences.length === around.held) keep(around, true)
  return fences
}

const closes = (mark: Mark, opened: Opened) =>
  mark.info === '' && mark.mark.startsWith(opened.mark) && mark.indent <= opened.indent + 3

const isMarkdown = (info: string) => /^(?:markdown|md|mdx)\b/i.test(info)

function dedent(line: string, indent: number): string {
  const blank = line.length - line.trimStart().length
  return line.slice(Math.min(indent, blank))
}

/** Ends where its last line ends with a mark; cut off where it does not. */
function cutOff(info: string, lines: readonly string[]): Fence {
  const code = lines.join('\n')
  const shown = code.trimEnd()
  return shown.endsWith('```') && !shown.endsWith('````')
    ? { info, code: shown.slice(0, -3), open: false }
    : { info, code, open: true }
}
