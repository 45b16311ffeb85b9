import { InvalidArgumentError } from 'commander'
import type { BenchOptions } from '../bench/options.js'
import { Exit, exit } from '../exit.js'
import { addPassword } from './check.js'
import type { Given } from './flags.js'
import { type Pairs, reader } from './kinds.js'
import type { FileConfig } from './load.js'
import { withoutFlagged } from './model-entries.js'
import { type Origin, strength } from './origin.js'
import { type OptionName, type OptionValues, optionNames, runOptions, variableOf } from './run-options.js'
import { type Source, shortNamesGiveWay, solverOptionsOf } from './solver-options.js'

/** What a run is asked, and why. */
export interface Effective {
  readonly options: BenchOptions
  readonly origins: Readonly<Partial<Record<OptionName, Origin>>>
  /** Where each option of the solver is from. */
  readonly solverOrigins: Readonly<Record<string, Origin>>
  readonly file?: FileConfig
  /** What a person should know, a line each. */
  readonly notices: readonly string[]
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

/**
 * Each option from the flag, or else the file, or else the environment, or else its default. A file is looked for in the
 * folder, unless one is named or none is wanted.
 * @throws Exit `usage` for what is wrong with any of them
 */
export async function effective(
  given: Given,
  env: NodeJS.ProcessEnv = process.env,
  folder: string = process.cwd(),
): Promise<Effective> {
  const flags: OptionValues = given.values
  const file = await fileOf(given, env, folder)
  const resumed = flags.resume !== undefined
  const values: Record<string, unknown> = {}
  const origins: Partial<Record<OptionName, Origin>> = {}
  for (const name of optionNames) {
    const found =
      resumed && ofThePlan.has(name) ? settle(name, flags, undefined, {}) : settle(name, flags, file, env)
    if (found === undefined) continue
    values[name] = found.value
    origins[name] = found.origin
    if (runOptions[name].secret && typeof found.value === 'string') addPassword(found.value)
  }
  giveWay(values, origins)
  const solver = solverOptionsOf(String(values.solver), solverSources(flags, file, env))
  shortNamesGiveWay(solver.options, values, origins, solver.origins)
  if (Object.keys(solver.options).length > 0) values.solverOptions = solver.options
  else delete values.solverOptions
  const solverOrigins = solver.origins
  const notices = [...(file?.notices ?? []), ...solver.notices]
  const flagged = new Set(Object.keys(flags) as OptionName[])
  values.flagged = flagged
  if (file === undefined)
    return { options: values as unknown as BenchOptions, origins, solverOrigins, notices }
  values.config = file.file
  const models = file.models.map((entry) => withoutFlagged(entry, flagged))
  if (models.length > 0 && !flagged.has('providers') && !flagged.has('model')) {
    // Whoever lists models lists those that are asked; what the environment names is no more than a wish.
    const named = file.values.providers ?? []
    values.providers = [...named, ...models.map((entry) => entry.named)]
    if (named.length === 0) delete values.model
    origins.providers = fromFile(file, file.lines.providers ?? file.modelsLine)
  }
  const options = { ...(values as unknown as BenchOptions), models }
  return { options, origins, solverOrigins, file, notices }
}

/** Options that say the opposite of others: where both are said, the weaker source gives way. */
const opposites: readonly (readonly [said: OptionName, against: OptionName, opposite: unknown])[] = [
  ['maxErrors', 'continueOnFailure', false],
  ['cacheOnly', 'cache', false],
  ['cacheDir', 'cache', false],
]

function giveWay(values: Record<string, unknown>, origins: Partial<Record<OptionName, Origin>>): void {
  const strengthOf = (name: OptionName) => strength(origins[name])
  for (const [said, against, opposite] of opposites) {
    if (values[said] === undefined || values[said] === false || values[against] !== opposite) continue
    const weaker = strengthOf(said) < strengthOf(against) ? said : against
    if (strengthOf(said) === strengthOf(against)) continue
    const usual = runOptions[weaker].default
    if (usual === undefined) {
      delete values[weaker]
      delete origins[weaker]
    } else {
      values[weaker] = usual
      origins[weaker] = { from: 'default' }
    }
  }
}

/** What the environment, the file and the flags say of the solver, each for itself. */
function solverSources(flags: OptionValues, file: FileConfig | undefined, env: NodeJS.ProcessEnv): Source[] {
  const one = (...[of, from, variables]: [OptionValues, FileConfig | undefined, NodeJS.ProcessEnv]) => {
    const said = settle('solverOptions', of, from, variables)
    const solver = settle('solver', of, from, variables)
    if (said === undefined) return []
    const named = solver?.origin.from === 'default' ? {} : { solver: String(solver?.value) }
    return [{ origin: said.origin, options: said.value as Pairs, ...named }]
  }
  return [...one({}, undefined, env), ...one({}, file, {}), ...one(flags, undefined, {})]
}

async function fileOf(given: Given, env: NodeJS.ProcessEnv, folder: string): Promise<FileConfig | undefined> {
  if (given.noConfig) return undefined
  const { findConfig } = await import('./read-file.js')
  const named = given.values.config ?? (env.BENCH_CONFIG?.trim() || undefined) ?? (await findConfig(folder))
  if (named === undefined) return undefined
  const { loadConfig } = await import('./load.js')
  return loadConfig(named, env, folder)
}

const fromFile = ({ file }: FileConfig, line: number | undefined): Origin => ({
  from: 'file',
  file,
  ...(line !== undefined && { line }),
})

interface Settled {
  readonly value: unknown
  readonly origin: Origin
}

function settle(
  name: OptionName,
  flags: OptionValues,
  file: FileConfig | undefined,
  env: NodeJS.ProcessEnv,
): Settled | undefined {
  if (flags[name] !== undefined) return { value: flags[name], origin: { from: 'flag' } }
  const own = file?.values[name]
  if (file !== undefined && own !== undefined) return { value: own, origin: fromFile(file, file.lines[name]) }
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
