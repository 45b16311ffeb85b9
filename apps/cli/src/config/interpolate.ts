import { addSecret } from '@bench/providers'
import { placeOf } from './place.js'
import { fault, type Path, type Written } from './written.js'

/** A place that wants a variable which is not set. */
interface Missing {
  readonly path: Path
  readonly variable: string
}

export interface Interpolated {
  readonly value: unknown
  readonly missing: readonly Missing[]
  /** Places whose whole text came from the environment: a number among them is still text. */
  readonly whole: ReadonlySet<string>
}

/** Deeper than anything means something. */
const deepest = 20

/** Keys that would reach into what objects are made of. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/** Variables whose values nobody should read over a shoulder. */
const secretive = /key|token|secret|passw|credential|auth/i

/**
 * Puts the environment in the place of `${VARIABLE}` and `${VARIABLE:-otherwise}`, in every text; `$${` is a plain `${`.
 * An empty variable counts as absent. What looks like a secret is made known to all that redact.
 * @throws Exit `usage` for a reference that is none, for keys of JavaScript's own, and where it is nested too deeply
 */
export function interpolate({ file, value, line }: Written, env: NodeJS.ProcessEnv): Interpolated {
  const missing: Missing[] = []
  const whole = new Set<string>()

  const walk = (one: unknown, path: Path): unknown => {
    if (path.length > deepest) throw fault(file, 'it is nested too deeply', line(path))
    if (typeof one === 'string') return filled(one, path)
    if (Array.isArray(one)) return one.map((item, at) => walk(item, [...path, at]))
    if (typeof one !== 'object' || one === null) return one
    return Object.fromEntries(
      Object.entries(one).map(([key, inner]) => {
        const here = [...path, key]
        if (forbidden.has(key)) throw fault(file, `${placeOf(here)}: no key of a configuration`, line(here))
        return [key, walk(inner, here)]
      }),
    )
  }

  const filled = (text: string, path: Path): string => {
    if (!text.includes('${')) return text
    const result = text.replace(
      /\$\$\{|\$\{(?:([A-Za-z_]\w*)(?::-([^}]*))?\})?/g,
      (found, variable?: string, otherwise?: string) => {
        if (found === '$${') return '${'
        if (variable === undefined) {
          const what = `write \${VARIABLE} or \${VARIABLE:-otherwise}; for the signs themselves, $\${`
          throw fault(file, `${placeOf(path)}: ${what}`, line(path))
        }
        if (otherwise?.includes('${'))
          throw fault(
            file,
            `${placeOf(path)}: what stands after :- is plain text, no other variable`,
            line(path),
          )
        const set = env[variable]?.trim()
        if (set && secretive.test(variable)) addSecret(set)
        if (!set && otherwise === undefined) missing.push({ path, variable })
        return set || (otherwise ?? found)
      },
    )
    if (/^\$\{[^}]*\}$/.test(text)) whole.add(placeOf(path))
    return result
  }

  return { value: walk(value, []), missing, whole }
}
