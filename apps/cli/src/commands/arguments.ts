import { InvalidArgumentError } from 'commander'

/** A whole number of at least `least`, and at most `most`, read from the command line. */
export const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string) => {
    const value = Number(text)
    if (!Number.isSafeInteger(value) || value < least || value > most || text.trim() === '') {
      throw new InvalidArgumentError(
        most === Number.MAX_SAFE_INTEGER
          ? `It must be a whole number of at least ${least}.`
          : `It must be a whole number from ${least} to ${most}.`,
      )
    }
    return value
  }

/** A whole number from 1, or two of them with a hyphen between, the lower first: `8`, `4-64`. */
export const range = (text: string): number | { readonly start: number; readonly max: number } => {
  const [, first, second] = text.trim().match(/^(\d{1,6})(?:-(\d{1,6}))?$/) ?? []
  const [start, max] = [Number(first), Number(second ?? first)]
  if (!(start >= 1 && max >= start)) {
    throw new InvalidArgumentError('It must be a whole number of at least 1, or two: 4-64.')
  }
  return second === undefined ? start : { start, max }
}

/** A number between two bounds, both included. */
export const between = (low: number, high: number) => (text: string) => {
  const value = Number(text)
  if (!Number.isFinite(value) || value < low || value > high || text.trim() === '') {
    throw new InvalidArgumentError(
      Number.isFinite(high)
        ? `It must be a number from ${low} to ${high}.`
        : `It must be a number of at least ${low}.`,
    )
  }
  return value
}

/** A comma-separated list, given once or more often. */
export const list = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
]

/** `key=value`, several of them with commas between. A comma that no further key follows is part of a value. */
export const pairs = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split(/,(?=\s*[A-Za-z][\w-]*\s*=)/).map((written) => {
      const [, key, value] = /^\s*([A-Za-z][\w-]*)\s*=([\s\S]*)$/.exec(written) ?? []
      if (key === undefined || value === undefined) {
        throw new InvalidArgumentError('It must be key=value, as in max-messages=40.')
      }
      return [key, value.trim()] as const
    }),
  )
