import type { Kind } from './kinds.js'
import { inFile, type OptionName, runOptions, sections } from './run-options.js'

/** A value that a file may give an option, in YAML. */
export function exampleOf(name: OptionName): string {
  const { example, kind, default: usual } = runOptions[name]
  return example ?? natural(kind, usual)
}

function natural(kind: Kind, usual: unknown): string {
  switch (kind.is) {
    case 'switch':
      return String(usual !== true)
    case 'choice':
      return kind.of[0] ?? ''
    case 'range':
      return '4-64'
    case 'duration':
      return '30m'
    default:
      return '1'
  }
}

/** What an option does, told of its key and not of a flag that turns it off. */
export function meaningOf(name: OptionName): string {
  const { about, kind, flags, off } = runOptions[name]
  const negative = kind.is === 'switch' && flags.includes('--no-')
  if (negative) return `false: ${about}`
  return off === undefined ? about : `${about}; false: ${off}`
}

/** The sections with what a file may say in each. */
export const fileSections: readonly { readonly title: string; readonly names: readonly OptionName[] }[] =
  sections
    .map(({ title, options }) => ({ title, names: (Object.keys(options) as OptionName[]).filter(inFile) }))
    .filter(({ names }) => names.length > 0)
