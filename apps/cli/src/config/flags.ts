import { type Command, Option } from 'commander'
import { reader } from './kinds.js'
import {
  type OptionName,
  type OptionValues,
  optionNames,
  type RunOption,
  runOptions,
  sections,
} from './run-options.js'

/** What a person wrote on the command line, and nothing else. */
export interface Given {
  readonly values: OptionValues
  /** `--no-config`: no file is looked for. */
  readonly noConfig?: boolean
}

/**
 * Declares options of a run on a command, in sections. None has a default here: what was not written must be told from
 * what was written and is the same.
 */
export function declareRunOptions(
  command: Command,
  {
    only = optionNames,
    hidden = false,
  }: { readonly only?: readonly OptionName[]; readonly hidden?: boolean } = {},
): Command {
  for (const { title, options } of sections) {
    for (const name of Object.keys(options) as OptionName[]) {
      if (!only.includes(name)) continue
      for (const option of formsOf(name)) {
        command.addOption((hidden ? option.hideHelp() : option).helpGroup(`${title}:`))
      }
    }
  }
  return command
}

/** An option as it is shown, and its other forms, which are not. */
function formsOf(name: OptionName): Option[] {
  const option: RunOption = runOptions[name]
  const { flags, kind, about, also = [], off } = option
  const read = reader(kind)
  if (kind.is === 'switch') {
    const opposite = flags.includes('--no-')
      ? flags.replace('--no-', '--')
      : flags.replace(/^(-\w, )?--/, '--no-')
    const other = new Option(opposite, off)
    return [new Option(flags, about), off === undefined ? other.hideHelp() : other]
  }
  const usual = option.default === undefined ? about : `${about} (default: ${option.default})`
  const others = also.map((known) =>
    new Option(`--${known.replaceAll('_', '-')} ${argumentOf(flags)}`).hideHelp(),
  )
  const none = name === 'config' ? [new Option('--no-config', 'read no file').hideHelp()] : []
  return [new Option(flags, usual), ...others].map((each) => each.argParser(read)).concat(none)
}

const argumentOf = (flags: string): string => /<[^>]+>/.exec(flags)?.[0] ?? ''

/** What was written of them. */
export function given(command: Command): Given {
  const written = (attribute: string): unknown =>
    command.getOptionValueSource(attribute) === 'cli' ? command.getOptionValue(attribute) : undefined
  const values: Record<string, unknown> = {}
  for (const name of optionNames) {
    const { flags, also = [] } = runOptions[name]
    const names = [new Option(flags).attributeName(), ...also.map(camel)]
    const value = names.map(written).find((each) => each !== undefined)
    if (value !== undefined) values[name] = value
  }
  const noConfig = values.config === false
  if (noConfig) delete values.config
  return { values: values as OptionValues, ...(noConfig && { noConfig }) }
}

const camel = (name: string): string => name.replace(/[-_](\w)/g, (_, letter: string) => letter.toUpperCase())
