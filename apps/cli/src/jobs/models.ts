import {
  listModels,
  type ModelInfo,
  type Provider,
  ProviderError,
  provider,
  providerNames,
} from '@bench/providers'
import { type ExitCode, exit } from '../exit.js'
import { check, table } from '../terminal/table.js'

export interface ModelsOptions {
  readonly providers?: readonly string[]
  readonly endpoint?: string
  readonly json?: boolean
}

/** Says of every provider whether it can be used now, and which models it lists. */
export async function models(options: ModelsOptions): Promise<ExitCode> {
  const names = options.providers ?? providerNames
  const asked = await Promise.all(names.map(async (name) => ask(await provider(name), options)))
  const rows = asked.flatMap(({ found, models: listed }) => listed.map((info) => ({ found, info })))
  for (const { state, text } of asked) {
    process.stderr.write(check(state, text))
  }
  if (options.json === true) {
    for (const { found, info } of rows) {
      process.stdout.write(`${JSON.stringify({ id: `${found.name}:${info.name}`, ...info })}\n`)
    }
  } else if (rows.length > 0) {
    const cells = rows.map(({ found, info }) => [`${found.name}:${info.name}`, context(info), price(info)])
    process.stdout.write(table(['MODEL', 'CONTEXT', '$ PER M TOKENS IN / OUT'], cells))
  }
  return exit.complete
}

interface Asked {
  readonly found: Provider
  readonly state: 'ok' | 'absent' | 'bad'
  readonly text: string
  readonly models: readonly ModelInfo[]
}

async function ask(found: Provider, options: ModelsOptions): Promise<Asked> {
  if (found.control === true) {
    return { found, state: 'ok', text: `${found.name}: a control, answers without a model`, models: [] }
  }
  if (found.keyVariable !== undefined && found.local !== true && !process.env[found.keyVariable]) {
    return { found, state: 'absent', text: `${found.name}: no key. Set ${found.keyVariable}`, models: [] }
  }
  if (found.list === undefined) {
    return { found, state: 'ok', text: `${found.name}: cannot list its models`, models: [] }
  }
  const settings = options.endpoint === undefined ? {} : { endpoint: options.endpoint }
  try {
    const models = await listModels(found.name, settings, process.env)
    return { found, state: 'ok', text: `${found.name}: ${models.length} models`, models }
  } catch (error) {
    if (!(error instanceof ProviderError)) {
      throw error
    }
    return { found, state: found.local === true ? 'absent' : 'bad', text: error.message, models: [] }
  }
}

const context = (info: ModelInfo) =>
  info.contextLength === undefined ? '–' : info.contextLength.toLocaleString('en')

const price = ({ price: known }: ModelInfo) =>
  known === undefined ? '–' : `${known.inputPerMillion} / ${known.outputPerMillion}`
