import type { BenchOptions } from '../bench/options.js'
import type { Kind, ValueOf } from './kinds.js'
import { bounds } from './options/bounds.js'
import { models } from './options/models.js'
import { results } from './options/results.js'
import { session } from './options/session.js'
import { tasks } from './options/tasks.js'
import { work } from './options/work.js'

/** One option of a run, said once: the command line, the file, the environment and the reference are made of it. */
export interface RunOption {
  /** As commander takes them: `-d, --dataset <file|name>`. Of a switch that is mostly turned off: `--no-cache`. */
  readonly flags: string
  readonly kind: Kind
  /** One line; its values and default in it. */
  readonly about: string
  /** What holds where nobody sets it. */
  readonly default?: string | number | boolean
  /** Where it can be set; in all three where absent. The file's alone is none: what a file may say, a flag may. */
  readonly only?: 'flag' | 'flag and environment'
  /** The environment variable, where it is not `BENCH_` and the name. */
  readonly env?: string
  /** What a switch says that is turned off, where both of its forms are shown. */
  readonly off?: string
  /** Other names it is known by, as a file has them; with hyphens they are flags. */
  readonly also?: readonly string[]
  /** As a file may have it, where its kind alone does not tell: YAML. */
  readonly example?: string
  /** It may hold credentials: shown without. */
  readonly secret?: boolean
}

/** What a run is asked by flags, file and environment. A file's models are not among it. */
type Named = Omit<BenchOptions, 'models' | 'flagged'>

/** Sections of the help and of the reference, in order. */
export const sections = [
  { title: 'Tasks', options: tasks },
  { title: 'Models', options: models },
  { title: 'How they are asked and judged', options: work },
  { title: 'Bounds and money', options: bounds },
  { title: 'Results', options: results },
  { title: 'This run', options: session },
] as const

type Table = typeof tasks & typeof models & typeof work & typeof bounds & typeof results & typeof session

export type OptionName = keyof Table

/** Every option of a run by its name. */
export const runOptions: Readonly<Record<OptionName, RunOption>> = {
  ...tasks,
  ...models,
  ...work,
  ...bounds,
  ...results,
  ...session,
}

export const optionNames = Object.keys(runOptions) as readonly OptionName[]

/** What the table's options hold, by name. */
export type OptionValues = { -readonly [Name in OptionName]?: ValueOf<Table[Name]['kind']> }

/** `maxCost` is `max_cost`. */
type Snake<Name extends string> = Name extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${Snake<Tail>}`
  : ''

type InFile = {
  [Name in OptionName]: Table[Name] extends { readonly only: string } ? never : Name
}[OptionName]

/** What a value may be written as in a file, where that is more than what it becomes. */
type Written<K extends Kind> = K extends { is: 'list' }
  ? string | readonly string[]
  : K extends { is: 'range' | 'duration' }
    ? string | number
    : ValueOf<K>

/** Options of a run as a file has them. */
export type FileOptions = {
  readonly [Name in InFile as Snake<Name>]?: Written<Table[Name]['kind']>
}

type Missing = Exclude<keyof Named, OptionName> | Exclude<OptionName, keyof Named>
/** Does not compile where an option is in the table or in `BenchOptions` alone, or is of another type there. */
const complete: [Missing] extends [never]
  ? Required<OptionValues> extends Required<Named>
    ? true
    : false
  : Missing = true
void complete

/** `maxCost` is `max_cost` in a file. */
export const fileKey = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The variable that sets an option; undefined where none does. */
export const variableOf = (name: OptionName): string | undefined => {
  const { only, env } = runOptions[name]
  return only === 'flag' ? undefined : (env ?? `BENCH_${fileKey(name).toUpperCase()}`)
}

/** Whether a file may set it. */
export const inFile = (name: OptionName): boolean => runOptions[name].only === undefined

/** `--max-cost`: as messages name it. */
export const flagOf = (name: OptionName): string =>
  /--[\w-]+/.exec(runOptions[name].flags)?.[0] ?? `--${name}`
