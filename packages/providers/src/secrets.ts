/**
 * Every secret this process has seen, and what takes them out of whatever it writes. Kept for the process and not for
 * a call: a key of one provider may come back in another's reply, and a log does not know whose line it writes.
 */

/** What stands where a secret was. */
const redacted = '[redacted]'

/** Shorter than this, what is called a key guards nothing, and would blank ordinary words out of every text. */
const shortest = 8

/** What people write where a local server wants some key, whichever: words of no secrecy. */
const placeholders = new Set([
  'lm-studio',
  'llama.cpp',
  'not-needed',
  'no-key-required',
  'sk-no-key-required',
])

const secrets = new Set<string>()
let forms: RegExp | undefined

/** From here on {@link withoutSecrets} takes it out. Nothing happens for one of fewer than 8 characters. */
export function addSecret(secret: string | undefined): void {
  const value = secret?.trim() ?? ''
  if (value.length < shortest || placeholders.has(value.toLowerCase()) || secrets.has(value)) return
  secrets.add(value)
  // Longest first: of two that begin alike, the shorter would leave the other's end behind.
  const all = [...secrets].sort((a, b) => b.length - a.length).flatMap(formsOf)
  forms = new RegExp(all.join('|'), 'g')
}

/** The text with every secret gone: as it is, escaped for JSON, a URL or HTML, or in base64. */
export function withoutSecrets(text: string): string {
  return forms === undefined ? text : text.replace(forms, redacted)
}

/** Plain data with every secret gone from its strings and keys; the very same value where it held none. */
export function withoutSecretsIn<T>(value: T): T {
  return forms === undefined ? value : (walk(value) as T)
}

function walk(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecrets(value)
  if (!Array.isArray(value) && !isPlain(value)) return value
  let changed = false
  const entries = Object.entries(value).map(([key, before]): [string, unknown] => {
    const after: [string, unknown] = [withoutSecrets(key), walk(before)]
    changed ||= after[0] !== key || after[1] !== before
    return after
  })
  if (!changed) return value
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries)
}

/** Bytes, dates and what has methods are left as they are: they are not written as text. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Patterns of all forms in which a secret may be written. */
function formsOf(secret: string): string[] {
  const base64 = [0, 1, 2].map((offset) => inBase64(secret, offset))
  return [
    [...secret].map(written).join(''),
    ...base64.map(literal),
    ...base64.map((form) => literal(form.replaceAll('+', '-').replaceAll('/', '_'))),
  ]
}

/** One character as it is, or as JSON, a URL or HTML has it, each perhaps more than once over. */
function written(char: string): string {
  if (/[\w.~-]/.test(char)) return literal(char)
  const json = JSON.stringify(char).slice(1, -1).replace(/^\\+/, '')
  const bytes = [...Buffer.from(char)].map(
    (byte) => `%(?:25)*${caseless(byte.toString(16).padStart(2, '0'))}`,
  )
  const code = char.codePointAt(0) ?? 0
  const entity = entities[char]
  return `(?:${[
    `\\\\*${literal(char)}`,
    `\\\\+${literal(json)}`,
    `\\\\+u${caseless(code.toString(16).padStart(4, '0'))}`,
    bytes.join(''),
    `&(?:amp;)*(?:#0*${code}|#x0*${caseless(code.toString(16))}${entity ? `|${entity}` : ''});`,
  ].join('|')})`
}

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

const caseless = (hex: string) => hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)

const entities: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
}

/**
 * What is certain of a secret's base64 wherever in the encoded bytes it stands: without the first and last characters,
 * whose bits are also of what comes before and after it.
 * @param offset how many bytes come before it, modulo 3
 */
function inBase64(secret: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
  const shared = bytes.length % 3 === 0 ? 0 : 1
  const whole = bytes.toString('base64').replace(/=+$/, '')
  return whole.slice(offset === 0 ? 0 : offset + 1, whole.length - shared)
}
