import { Exit, exit } from '../exit.js'
import type { Pairs } from './kinds.js'
import { type Origin, strength } from './origin.js'
import { fileKey, flagOf, type OptionName, variableOf } from './run-options.js'
import { fault } from './written.js'

/** Options of some solvers that have a flag of their own, which is short for `--solver-option`. */
const shortNames = ['rounds', 'maxIterations'] as const satisfies readonly OptionName[]

/** What one source says: the flags, the file, or the environment. */
export interface Source {
  readonly origin: Origin
  readonly solver?: string
  readonly options?: Pairs
}

export interface SolverOptionsFound {
  readonly options: Record<string, Pairs[string]>
  /** Where each is from. */
  readonly origins: Readonly<Record<string, Origin>>
  /** What is left out, a line each. */
  readonly notices: readonly string[]
}

/**
 * The options of a solver, each from the strongest source that says it: a flag that sets one leaves the others of the file. What a source
 * says goes with the solver that the source names, so that another solver, chosen by a flag, is not given them.
 * @param sources the weakest first
 */
export function solverOptionsOf(solver: string, sources: readonly Source[]): SolverOptionsFound {
  const found = new Map<
    string,
    { readonly name: string; readonly value: Pairs[string]; readonly origin: Origin }
  >()
  const notices: string[] = []
  for (const { origin, solver: theirs = solver, options = {} } of sources) {
    const entries = Object.entries(options)
    if (theirs !== solver && entries.length > 0) {
      notices.push(`${placeOf('solverOptions', origin)}: of ${theirs}, not used with --solver ${solver}`)
      continue
    }
    for (const [name, value] of entries) found.set(bare(name), { name, value, origin })
  }
  const all = [...found.values()]
  return {
    options: Object.fromEntries(all.map(({ name, value }) => [name, value])),
    origins: Object.fromEntries(all.map(({ name, origin }) => [name, origin])),
    notices,
  }
}

/** `max-messages` and `max_messages` are `maxMessages`. */
const bare = (name: string): string => name.toLowerCase().replace(/[-_]/g, '')

/**
 * Where an option is said by its short name and by its long one, the weaker source gives way.
 * @throws Exit `usage` where one source says both
 */
export function shortNamesGiveWay(
  options: Record<string, Pairs[string]>,
  values: Record<string, unknown>,
  origins: Partial<Record<OptionName, Origin>>,
  optionOrigins: Readonly<Record<string, Origin>>,
): void {
  for (const short of shortNames) {
    const name = Object.keys(options).find((each) => bare(each) === bare(short))
    const origin = name === undefined ? undefined : optionOrigins[name]
    if (name === undefined || origin === undefined || values[short] === undefined) continue
    const [own, theirs] = [strength(origins[short]), strength(origin)]
    if (own === theirs) throw saidTwice(short, name, origin)
    if (own > theirs) delete options[name]
    else {
      delete values[short]
      delete origins[short]
    }
  }
}

function saidTwice(short: OptionName, name: string, origin: Origin): Exit {
  const key = fileKey(short)
  if (origin.from === 'file') {
    return fault(origin.file, `${key} and solver_options.${name} are the same: keep one`, origin.line)
  }
  const words =
    origin.from === 'environment'
      ? `${variableOf(short)} and ${name} of ${variableOf('solverOptions')}`
      : `${flagOf(short)} and --solver-option ${name}`
  return new Exit(exit.usage, `${words} are the same: keep one`)
}

/** Where an option is said, as a message begins. */
function placeOf(name: OptionName, origin: Origin): string {
  if (origin.from === 'file')
    return `${origin.file}${origin.line === undefined ? '' : `:${origin.line}`}: ${fileKey(name)}`
  return origin.from === 'environment' ? origin.variable : flagOf(name)
}
