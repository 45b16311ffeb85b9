import { InvalidArgumentError } from 'commander'
import type { BenchOptions } from '../bench/options.js'
import { Exit, exit } from '../exit.js'
import type { Given } from './flags.js'
import { reader } from './kinds.js'
import { type OptionName, type OptionValues, optionNames, runOptions, variableOf } from './run-options.js'

/** Where a value came from. */
export type Origin =
  | { readonly from: 'flag' }
  | { readonly from: 'file'; readonly file: string; readonly line?: number }
  | { readonly from: 'environment'; readonly variable: string }
  | { readonly from: 'default' }

/** What a run is asked, and why. */
export interface Effective {
  readonly options: BenchOptions
  readonly origins: Readonly<Partial<Record<OptionName, Origin>>>
}

/** What the plan of a run that is resumed holds: only a flag is another wish. */
const ofThePlan: ReadonlySet<OptionName> = new Set([
  'dataset',
  'sandbox',
  'batch',
  'maxCost',
  'allowUnpriced',
  'allowSelfJudged',
])

/** Each option from the flag, or else the file, or else the environment, or else its default. */
export async function effective(given: Given, env: NodeJS.ProcessEnv = process.env): Promise<Effective> {
  const values: Record<string, unknown> = {}
  const origins: Partial<Record<OptionName, Origin>> = {}
  const flags: OptionValues = given.values
  for (const name of optionNames) {
    const found = settle(name, flags, flags.resume !== undefined && ofThePlan.has(name) ? {} : env)
    if (found === undefined) continue
    values[name] = found.value
    origins[name] = found.origin
  }
  return { options: values as unknown as BenchOptions, origins }
}

function settle(
  name: OptionName,
  flags: OptionValues,
  env: NodeJS.ProcessEnv,
): { readonly value: unknown; readonly origin: Origin } | undefined {
  if (flags[name] !== undefined) return { value: flags[name], origin: { from: 'flag' } }
  const variable = variableOf(name)
  const written = variable === undefined ? '' : (env[variable]?.trim() ?? '')
  if (variable !== undefined && written !== '') {
    return { value: readVariable(name, variable, written), origin: { from: 'environment', variable } }
  }
  const usual = runOptions[name].default
  return usual === undefined ? undefined : { value: usual, origin: { from: 'default' } }
}

/** @throws Exit `usage` naming the variable and what it must be */
function readVariable(name: OptionName, variable: string, written: string): unknown {
  try {
    return reader(runOptions[name].kind)(written)
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw new Exit(exit.usage, `${variable} is ${JSON.stringify(written)}. ${error.message}`)
  }
}
