/**
 * Text as Python's `str` and `re` see it, where JavaScript sees it otherwise: the official checks are Python, and a
 * verdict may hang on whether U+FEFF is white space. Sets of characters for use in a `u` pattern.
 */

/** What `\s` matches and `strip()` takes away, without the brackets. */
export const white = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
/** `\w`, without the brackets. */
export const wordly = '\\p{L}\\p{N}_'
/** `\b` */
export const wordEdge = `(?:(?<![${wordly}])(?=[${wordly}])|(?<=[${wordly}])(?![${wordly}]))`

const isWhite = new RegExp(`[${white}]`, 'u')
const runs = new RegExp(`[^${white}]+`, 'gu')

/** `text.strip()` */
export function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isWhite.test(text.charAt(start))) start++
  while (end > start && isWhite.test(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

/** `text.rstrip()` */
export function rstrip(text: string): string {
  let end = text.length
  while (end > 0 && isWhite.test(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

/** `text.strip(character)` */
export function stripOf(text: string, character: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charAt(start) === character) start++
  while (end > start && text.charAt(end - 1) === character) end--
  return text.slice(start, end)
}

/** Where the first character from `at` on is that is no white space: its index, or the text's length. */
export function afterWhite(text: string, at: number): number {
  while (at < text.length && isWhite.test(text.charAt(at))) at++
  return at
}

/** `text.split()` */
export function splitWhite(text: string): string[] {
  return text.match(runs) ?? []
}

/** `text.isupper()` */
export function isUpper(text: string): boolean {
  return /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text)
}

/** `text.islower()` */
export function isLower(text: string): boolean {
  return /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text)
}

/** A text as a pattern that matches it and nothing else. */
export function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

/** As {@link literal}, for use with the `i` flag: for Python, and not for JavaScript, `İ` and `ı` are the letter i too. */
export function anyCase(text: string): string {
  return literal(text).replace(/[iİı]/gi, '[iİı]')
}

/** A decimal digit of any script as 0 to 9: each script has its ten in order. */
export function digit(character: string): string {
  const code = character.codePointAt(0)!
  let zero = code
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  return String((code - zero) % 10)
}
