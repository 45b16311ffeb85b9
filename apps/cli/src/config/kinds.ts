import { InvalidArgumentError } from 'commander'
import { between, list, pairs, range, whole } from '../commands/arguments.js'

/** What a run option takes, as data: what reads it from text and what checks it in a file are both made of this. */
export type Kind =
  | { readonly is: 'text' }
  /** Comma-separated; given several times, it grows. */
  | { readonly is: 'list' }
  /** Texts that may hold commas. */
  | { readonly is: 'texts' }
  /** Names with a plain value each: `key=value`, several with commas between; given several times, they grow. */
  | { readonly is: 'pairs' }
  /** Dollars per million tokens: `IN/OUT`, or by kind of token. */
  | { readonly is: 'price' }
  | { readonly is: 'switch' }
  | { readonly is: 'whole'; readonly least: number; readonly most?: number }
  | { readonly is: 'number'; readonly low: number; readonly high: number }
  /** One whole number, or two with a hyphen between. */
  | { readonly is: 'range' }
  | { readonly is: 'choice'; readonly of: readonly string[] }
  /** Seconds, or `90s`, `30m`, `2h`, `1d`. */
  | { readonly is: 'duration' }

/** Values by name, as they are written: what is named says which kind it wants. */
export type Pairs = Readonly<Record<string, string | number | boolean>>

export type ValueOf<K extends Kind> = K extends { is: 'choice'; of: readonly (infer Word)[] }
  ? Word
  : K extends { is: 'text' }
    ? string
    : K extends { is: 'list' | 'texts' }
      ? readonly string[]
      : K extends { is: 'switch' }
        ? boolean
        : K extends { is: 'pairs' }
          ? Pairs
          : K extends { is: 'range' }
            ? number | { readonly start: number; readonly max: number }
            : number

export const text = { is: 'text' } as const
export const listed = { is: 'list' } as const
export const texts = { is: 'texts' } as const
export const perMillion = { is: 'price' } as const
export const named = { is: 'pairs' } as const
export const onOff = { is: 'switch' } as const
export const atOnce = { is: 'range' } as const
export const time = { is: 'duration' } as const
export const count = (least: number, most?: number) =>
  ({ is: 'whole', least, ...(most === undefined ? {} : { most }) }) as const
export const amount = (low: number, high = Number.POSITIVE_INFINITY) => ({ is: 'number', low, high }) as const
export const oneOf = <const Words extends readonly string[]>(...of: Words) => ({ is: 'choice', of }) as const

/**
 * What reads an option's text, from the command line or the environment.
 * @throws InvalidArgumentError saying what it must be
 */
export function reader(kind: Kind): (text: string, before?: unknown) => unknown {
  switch (kind.is) {
    case 'text':
      return filled
    case 'price':
      return (written) => written
    case 'texts':
      return (written, before) => [...((before as readonly string[] | undefined) ?? []), written]
    case 'list':
      return (written, before) => list(written, before as readonly string[] | undefined)
    case 'pairs':
      return (written, before) => ({ ...(before as Pairs | undefined), ...pairs(written) })
    case 'switch':
      return switched
    case 'whole':
      return whole(kind.least, kind.most)
    case 'number':
      return between(kind.low, kind.high)
    case 'range':
      return range
    case 'choice':
      return chosen(kind.of)
    case 'duration':
      return seconds
  }
}

/** What it must be, in words that follow "must be". */
export function must(kind: Kind): string {
  switch (kind.is) {
    case 'text':
      return 'text'
    case 'list':
      return 'a list of texts, or one with commas between'
    case 'texts':
      return 'a text or a list of texts'
    case 'pairs':
      return 'values by name, each a text, a number, true or false'
    case 'price':
      return 'dollars per million tokens: IN/OUT, or input_per_million and output_per_million'
    case 'switch':
      return 'true or false'
    case 'whole':
      return `a whole number ${within(kind.least, kind.most)}`
    case 'number':
      return `a number ${within(kind.low, kind.high)}`
    case 'range':
      return 'a whole number of at least 1, or two with a hyphen between: 4-64'
    case 'choice':
      return either(kind.of)
    case 'duration':
      return 'a time of up to 30 days: 90 (seconds), 90s, 30m, 2h'
  }
}

const within = (low: number, high = Number.POSITIVE_INFINITY): string =>
  Number.isFinite(high) ? `from ${low} to ${high}` : `of at least ${low}`

/** What an unset variable leaves of `--output "$RUNS"` names nothing, and least of all the folder one is in. */
function filled(written: string): string {
  if (written === '') throw new InvalidArgumentError('It must not be empty.')
  return written
}

const words: Readonly<Record<string, boolean>> = {
  1: true,
  true: true,
  yes: true,
  on: true,
  0: false,
  false: false,
  no: false,
  off: false,
}

function switched(written: string): boolean {
  const value = words[written.trim().toLowerCase()]
  if (value === undefined) throw new InvalidArgumentError('It must be true or false.')
  return value
}

const chosen = (of: readonly string[]) => (written: string) => {
  if (!of.includes(written)) throw new InvalidArgumentError(`It must be ${either(of)}.`)
  return written
}

/** `json, csv or both`. */
const either = (of: readonly string[]): string =>
  of.length < 2 ? of.join('') : `${of.slice(0, -1).join(', ')} or ${of.at(-1)}`

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/** Seconds: `90`, `90s`, `30m`, `2h`, `1.5d`, up to thirty days. */
export function seconds(written: string): number {
  const [, number, unit = 's'] = /^(\d{1,9}(?:\.\d+)?)\s*([smhd])?$/.exec(written.trim()) ?? []
  const value = Number(number) * unitSeconds[unit as keyof typeof unitSeconds]
  if (!(value > 0 && value <= 30 * unitSeconds.d)) {
    throw new InvalidArgumentError('It must be a time of up to 30 days: 90 (seconds), 90s, 30m, 2h.')
  }
  return value
}
