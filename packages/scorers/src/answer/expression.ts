import type { ExpressionCode } from '@bench/datasets'
import { strip } from '../ifeval/python-text.js'
import type { Reading } from './code.js'
import { distinct } from './code.js'
import { readFences } from './fences.js'

/**
 * The expression that answers a question of CRUXEval's, as https://github.com/facebookresearch/cruxeval reads it: what stands
 * between the last `[ANSWER]` and its `[/ANSWER]` (rule `tags`); of `assert f(x) == y` the side that was asked for. Without
 * tags: the last fence (`fence`), else the last line that is not blank (`line`), else, if there is one line only, `whole`.
 * Where the text goes on from the prompt it is taken as it is, up to a closing tag (`raw`).
 * The alternatives: the first tags, or the line beside the fence.
 */
export function findExpression(text: string, spec: ExpressionCode, raw: boolean): Reading[] {
  if (raw) {
    const end = text.indexOf(closing)
    const code = strip(end < 0 ? text : text.slice(0, end))
    return code === '' ? [] : [{ rule: 'raw', code }]
  }
  const tags = tagged(text)
  const found = tags.length > 0 ? tags : [fenced(text), lastLine(text)].filter((one) => one !== undefined)
  return distinct(
    found
      .map(({ rule, code }) => ({ rule, code: askedFor(code.trim(), spec) }))
      .filter(({ code }) => code !== ''),
  )
}

const opening = '[ANSWER]'
const closing = '[/ANSWER]'

/** What stands between tags, the last ones first. */
function tagged(text: string): Reading[] {
  const [, ...parts] = text.split(opening)
  const codes = parts.map((part) => part.split(closing, 1)[0]!.replace(/^\s*`{3,}\w*\n|\n`{3,}\s*$/g, ''))
  const [first, last] = [codes[0], codes.at(-1)]
  if (first === undefined || last === undefined) return []
  return [
    { rule: 'tags', code: last },
    { rule: 'first', code: first },
  ]
}

function fenced(text: string): Reading | undefined {
  const code = readFences(text)
    .map((fence) => fence.code)
    .filter((code) => code.trim() !== '')
    .at(-1)
  return code === undefined ? undefined : { rule: 'fence', code }
}

function lastLine(text: string): Reading | undefined {
  const shown = text.trim()
  if (shown === '') return undefined
  const at = shown.lastIndexOf('\n')
  const code = shown.slice(at + 1).replace(/^`+|`+$/g, '')
  return { rule: at < 0 ? 'whole' : 'line', code }
}

/** Of an assertion or an equation one side: the call where it must hold one, the value where it must not. */
function askedFor(code: string, { requires }: ExpressionCode): string {
  const [left, right] = equation(code.replace(/^assert\s+/, ''))
  if (right === undefined) return left
  return requires === undefined ? right : left
}

/** The sides of the first `==` that stands in no brackets and no string; of the last one where these are never closed. */
function equation(code: string): [left: string, right?: string] {
  let depth = 0
  let quote = ''
  for (let i = 0; i < code.length; i++) {
    const c = code[i]!
    if (quote !== '') {
      if (c === '\\') i++
      else if (c === quote) quote = ''
    } else if (c === '"' || c === "'") quote = c
    else if ('([{'.includes(c)) depth++
    else if (')]}'.includes(c)) depth--
    else if (depth === 0 && c === '=' && code[i + 1] === '=')
      return [code.slice(0, i).trim(), code.slice(i + 2).trim()]
  }
  const at = quote !== '' || depth !== 0 ? code.lastIndexOf('==') : -1
  return at < 0 ? [code] : [code.slice(0, at).trim(), code.slice(at + 2).trim()]
}
