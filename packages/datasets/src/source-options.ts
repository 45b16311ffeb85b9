import { DatasetError } from './errors.js'
import { didYouMean } from './nearest.js'
import type { DatasetFormat, FormatOptions } from './spec.js'

/**
 * Takes `path#key=value,key=value` apart. No shell reads a character of it as its own. In a value, `%2C`, `%23` and `%25` are
 * a comma, `#` and `%`, `%0A` a line feed.
 * @throws DatasetError `bad_option` for what is no `key=value`, or said twice
 */
export function splitSource(source: string): { path: string; given: FormatOptions } {
  const at = source.lastIndexOf('#')
  if (at < 0) return { path: source, given: {} }
  const path = source.slice(0, at)
  const given = new Map<string, string>()
  for (const written of source.slice(at + 1).split(',')) {
    const [, key, value] = /^([^=]+)=(.+)$/.exec(written) ?? []
    if (key === undefined || value === undefined) {
      throw bad(`${path}: the option ${JSON.stringify(written)} is not written as key=value after the #`)
    }
    if (given.has(key)) throw bad(`${path}: the option "${key}" is given twice; keep one`)
    given.set(key, value.replace(/%(?:2C|23|25|0A)/gi, decodeURIComponent))
  }
  return { path, given: Object.fromEntries(given) }
}

/** A path and options as one source, as {@link splitSource} takes it apart. */
export function joinSource(path: string, given: FormatOptions): string {
  const written = Object.entries(given).map(
    ([key, value]) => `${key}=${value.replace(/[,#%\n]/g, encodeURIComponent)}`,
  )
  return written.length === 0 ? path : `${path}#${written.join(',')}`
}

/** @throws DatasetError `bad_option` naming the nearest option or value that is known */
export function refuseUnknownOptions(
  path: string,
  format: DatasetFormat | undefined,
  given: FormatOptions,
): void {
  const known = format?.options ?? {}
  const names = Object.keys(known)
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(known, key)) {
      const takes = names.length === 0 ? 'it takes none' : `it takes ${names.join(', ')}`
      throw bad(`${path}: unknown option "${key}"${didYouMean(key, names)}; ${takes}`)
    }
    const values = known[key]?.values
    if (values !== undefined && !values.includes(value)) {
      throw bad(`${path}: ${key}=${value}: expected one of ${values.join(', ')}${didYouMean(value, values)}`)
    }
  }
}

function bad(message: string): DatasetError {
  return new DatasetError('bad_option', message)
}
