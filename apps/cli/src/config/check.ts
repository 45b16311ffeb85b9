import { addSecret } from '@bench/providers'
import type { Exit } from '../exit.js'
import type { Interpolated } from './interpolate.js'
import { didYouMean, placeOf } from './place.js'
import { fault, type Path, type Written } from './written.js'

export type Raw = Readonly<Record<string, unknown>>

interface Checkable {
  readonly path: Path
  readonly value: unknown
  readonly knownAt: (path: Path) => readonly string[]
}

interface Issue {
  readonly code?: string | undefined
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
}

interface Schema {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: unknown }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } }
}

/**
 * What a schema makes of a value, text of the environment read as what the schema wants there. What a variable that is not set stands for
 * is taken as absent: whoever needs it says so.
 * @throws Exit `usage` for the first thing that is wrong, by line
 */
export function check(
  written: Written,
  { whole, missing }: Interpolated,
  schema: Schema,
  given: Checkable,
): unknown {
  const first = schema.safeParse(given.value)
  if (first.success) return first.data
  const texts = first.error.issues
    .map(({ path }) => path as Path)
    .filter((path) => whole.has(placeOf([...given.path, ...path])))
  const lost = new Map(missing.map((one) => [placeOf(one.path), one]))
  const lostAt = (path: Path) => lost.get(placeOf([...given.path, ...path]))
  const again = texts.reduce(
    (value, path) => withAt(value, path, lostAt(path) === undefined ? scalar : () => undefined),
    given.value,
  )
  const second = schema.safeParse(again)
  if (second.success) return second.data
  const issues = second.error.issues.map((issue) => ({ ...issue, path: issue.path as Path }))
  const lineOf = ({ path }: { readonly path: Path }) =>
    written.line([...given.path, ...path]) ?? Number.POSITIVE_INFINITY
  const [issue] = issues.sort((a, b) => lineOf(a) - lineOf(b))
  const unset = lostAt(issue!.path)
  throw unset === undefined
    ? explain(written, issue!, issues.length, { ...given, value: again })
    : notSet(written, unset)
}

function explain(
  { file, line }: Written,
  issue: Issue & { readonly path: Path },
  count: number,
  { path: from, value, knownAt }: Checkable,
): Exit {
  const more = count > 1 ? ` (and ${count - 1} more)` : ''
  const path: Path = [...from, ...issue.path]
  const [key] = issue.keys ?? []
  if (key !== undefined) {
    const here = [...path, key]
    return fault(file, `${placeOf(here)}: unknown key${didYouMean(key, knownAt(path))}${more}`, line(here))
  }
  const found = valueAt(value, issue.path)
  const place = placeOf(path) || 'the whole'
  // What may be a key is not repeated.
  const shown = /key|endpoint|queue/.test(place) ? '' : `, not ${brief(found)}`
  const what = found === undefined ? 'is missing' : `${issue.message}${shown}`
  return fault(file, `${place} ${what}${more}`, line(path))
}

function brief(value: unknown): string {
  if (value === null) return 'empty'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** A copy with something else at a place. */
function withAt(value: unknown, path: Path, change: (value: unknown) => unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return change(value)
  if (Array.isArray(value)) return value.map((item, at) => (at === step ? withAt(item, rest, change) : item))
  return { ...(value as Raw), [step]: withAt((value as Raw)[step], rest, change) }
}

/** The number or the truth value that a text spells. */
function scalar(value: unknown): unknown {
  const text = String(value).trim()
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : value
}

export const notSet = ({ file, line }: Written, { path, variable }: Interpolated['missing'][number]): Exit =>
  fault(
    file,
    `${placeOf(path)} wants ${variable}, which is not set: set it, or write \${${variable}:-otherwise}`,
    line(path),
  )

/** The credentials of a URL are a secret, as they are written and as they are meant; its host is none. */
export function addPassword(url: string): void {
  if (!URL.canParse(url)) return
  const { password } = new URL(url)
  addSecret(password)
  try {
    addSecret(decodeURIComponent(password))
  } catch {
    // A stray percent sign: it is meant as it is written.
  }
}

/** What is at a place; undefined where there is none. */
export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((one, step) => (one as Raw | null | undefined)?.[step], value)
