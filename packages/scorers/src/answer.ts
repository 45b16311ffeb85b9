import type { AssertCode, Task } from '@bench/datasets'
import type { Completion } from '@bench/providers'
import type { Answer } from './spec.js'

/**
 * Reads a reply. Pure: the same reply gives the same answer.
 *
 * Text: the reply without `<think>…</think>` and `<thinking>…</thinking>`. One that never closes hides all that
 * follows it; one that was opened by the prompt (`</think>` alone) hides all before it.
 *
 * Code, where the task asks for some, by the completion's form:
 * - `program`: the reply as it is (rule `raw`).
 * - `continuation`: the task's prompt, if it is code of the `assert` kind, and the reply as it is (rule `raw`).
 * - `chat`: the last Python fence that defines the entry point, else the longest Python (or unlabelled) fence, else the longest
 *   fence of any kind (rule `fence`, or `open-fence` for one cut off by the reply's end); without a fence the whole text
 *   (rule `whole`). For the `assert` kind, code that defines the entry point gets what the prompt has before it
 *   (imports, helpers) and imports at the beginning of the prompt's function; other code continues the prompt.
 */
export function readAnswer(task: Task, completion: Completion): Answer {
  const text = withoutReasoning(completion.text)
  const { code } = task
  if (code === undefined) return { text }
  const { form = 'chat' } = completion
  if (form !== 'chat') {
    if (completion.text.trim() === '') return { text }
    const before = form === 'continuation' && code.kind === 'assert' ? code.prompt : ''
    return { text, code: before + completion.text, rule: 'raw' }
  }
  const found = findCode(text, 'entryPoint' in code ? code.entryPoint : undefined)
  if (found === undefined) return { text }
  return { text, code: code.kind === 'assert' ? complete(code, found.code) : found.code, rule: found.rule }
}

function withoutReasoning(reply: string): string {
  let shown = ''
  let at = 0
  for (const open of reply.matchAll(/<(think|thinking)>/g)) {
    if (open.index < at) continue
    shown += reply.slice(at, open.index)
    const close = `</${open[1]}>`
    const end = reply.indexOf(close, open.index)
    at = end < 0 ? reply.length : end + close.length
  }
  shown += reply.slice(at)
  const orphan = /^[\s\S]*<\/think(?:ing)?>/.exec(shown)
  return orphan ? shown.slice(orphan[0].length) : shown
}

interface Fence {
  readonly label: string
  readonly code: string
  readonly open: boolean
}

function findCode(text: string, entryPoint: string | undefined): { code: string; rule: string } | undefined {
  const fences = readFences(text).filter((fence) => fence.code.trim() !== '')
  if (fences.length === 0) return text.trim() === '' ? undefined : { code: text, rule: 'whole' }
  const python = fences.filter(({ label }) => /^(?:py(?:thon)?[23]?|)$/i.test(label))
  const candidates = python.length > 0 ? python : fences
  const defining = entryPoint === undefined ? [] : candidates.filter(({ code }) => defines(code, entryPoint))
  const fence =
    defining.at(-1) ?? candidates.reduce((best, next) => (next.code.length > best.code.length ? next : best))
  return { code: fence.code, rule: fence.open ? 'open-fence' : 'fence' }
}

/** Markdown's fences. A fence that is indented (in a list) has that indent taken from its lines. */
function readFences(text: string): Fence[] {
  const fences: Fence[] = []
  let inside: { mark: string; indent: number; info: string; lines: string[] } | undefined
  const keep = (open: boolean) => {
    if (inside) fences.push({ label: labelOf(inside.info), code: inside.lines.join('\n'), open })
    inside = undefined
  }
  for (const line of text.split(/\r?\n/)) {
    const fence = readMark(line)
    if (!inside) {
      if (fence) inside = { ...fence, lines: [] }
    } else if (fence?.mark.startsWith(inside.mark) && fence.info === '') {
      keep(false)
    } else {
      const blank = line.length - line.trimStart().length
      inside.lines.push(line.slice(Math.min(inside.indent, blank)))
    }
  }
  keep(true)
  return fences
}

/** A line that opens or closes a fence. What follows the mark holds no backtick: else it is code within a line. */
function readMark(line: string): { mark: string; indent: number; info: string } | undefined {
  const found = /^([ \t]*)(`{3,}|~{3,})/.exec(line)
  if (!found) return undefined
  const info = line.slice(found[0].length).trim()
  return info.includes('`') ? undefined : { mark: found[2]!, indent: found[1]!.length, info }
}

/** `python title="a.py"`, `python{1-3}` and `{.python}` are Python all the same. */
const labelOf = (info: string) => /^\{?\.?([^\s{}.]*)/.exec(info)![1]!

const word = (name: string) => name.replace(/[^\p{L}\p{N}_]/gu, '\\$&')

const definition = (name: string) =>
  new RegExp(`^(?:(?:async[ \\t]+)?def|class)[ \\t]+${word(name)}\\b|^${word(name)}[ \\t]*=`, 'mu')

const defines = (code: string, name: string) => definition(name).test(code)

function complete({ prompt, entryPoint }: AssertCode, code: string): string {
  if (!defines(code, entryPoint)) return prompt + code
  const at = prompt.search(definition(entryPoint))
  if (at < 0) return `${prompt}\n${code}`
  const body = prompt.slice(at).split('\n').slice(1)
  const end = body.findIndex((line) => !/^\s+(?:import|from)\s/.test(line))
  const imports = body.slice(0, end < 0 ? body.length : end).map((line) => `${line.trim()}\n`)
  return `${prompt.slice(0, at)}${imports.join('')}${code}`
}
