import type { Json } from './spec.js'

/** `{{name}}`: letters, digits and underscores of any script, spaces inside the braces allowed. */
const placeholder = /\{\{\s*([\p{L}\p{M}\p{N}_]+)\s*\}\}/gu

export const variableName = /^[\p{L}\p{M}\p{N}_]+$/u

export interface Filled {
  readonly text: string
  /** Variables the text asks for that have no value, each once, in order; they stay as written. */
  readonly missing: readonly string[]
}

/**
 * Puts values in the place of `{{name}}`. One pass: what a value contains is never expanded, so a value may hold
 * braces. Values that are no strings are written as JSON.
 */
export function fillTemplate(template: string, variables: { readonly [name: string]: Json }): Filled {
  const missing = new Set<string>()
  const text = template.replace(placeholder, (whole, name: string) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined
    if (value === undefined) {
      missing.add(name)
      return whole
    }
    return typeof value === 'string' ? value : JSON.stringify(value)
  })
  return { text, missing: [...missing] }
}
