import { afterWhite, strip } from './python-text.js'

/** What the checks count in a reply, as the official patterns find it, in one pass over the text. */

export function matches(reply: string, pattern: RegExp): number {
  let count = 0
  for (const _ of reply.matchAll(pattern)) count++
  return count
}

/** `[…]` within a line. */
export function placeholders(reply: string): number {
  let count = 0
  for (const line of reply.split('\n')) {
    let [open, close] = [line.indexOf('['), 0]
    while (open >= 0) {
      close = line.indexOf(']', open)
      if (close < 0) break
      count++
      open = line.indexOf('[', close)
    }
  }
  return count
}

/**
 * What `^\s*-.*$` finds, or `^\s*\*[^\*].*$`: lines that begin with the mark. The `[^\*]` may be a line feed, and then the
 * next line belongs to the same bullet.
 */
export function bullets(reply: string, mark: '*' | '-'): number {
  let count = 0
  let line = 0
  while (line < reply.length) {
    const at = afterWhite(reply, line)
    let end = at
    if (reply.charAt(at) === mark && (mark === '-' || !['*', ''].includes(reply.charAt(at + 1)))) {
      count++
      end = mark === '-' ? at + 1 : at + 2
    }
    const feed = reply.indexOf('\n', end)
    if (feed < 0) break
    line = feed + 1
  }
  return count
}

export function isJson(reply: string): boolean {
  const bare = strip(reply)
    .replace(/^```json/, '')
    .replace(/^```Json/, '')
    .replace(/^```JSON/, '')
  const inner = strip(bare.replace(/^```/, '').replace(/```$/, ''))
  return parses(inner) || (/NaN|Infinity/.test(inner) && parses(finite(inner)))
}

/** Python's `json` also reads `NaN`, `Infinity` and `-Infinity`. */
const finite = (json: string) =>
  json.replace(/"(?:[^"\\]|\\.)*"|(?<![\w.+-])(?:-?Infinity|NaN)(?![\w.])/gs, (part) =>
    part.startsWith('"') ? part : '0',
  )

function parses(json: string): boolean {
  try {
    JSON.parse(json)
    return true
  } catch {
    return false
  }
}

/** A title without the brackets around it, however many. */
export const inside = (title: string) => title.replace(/^<+/, '').replace(/>+$/, '')
