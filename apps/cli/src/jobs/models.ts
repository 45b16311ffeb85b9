import {
  listModels,
  loadProvider,
  type ModelInfo,
  type Price,
  type Provider,
  ProviderError,
  providerNames,
  type Supports,
} from '@bench/providers'
import { closest } from 'fastest-levenshtein'
import { oneEndpoint } from '../bench/one-endpoint.js'
import { Exit, type ExitCode, exit } from '../exit.js'
import { check, fittingTable } from '../terminal/table.js'

export interface ModelsOptions {
  readonly providers?: readonly string[]
  readonly endpoint?: string
  /** Only models whose id holds this, in whatever case. */
  readonly filter?: string
  /** Only models that are said to take all of these. */
  readonly supports?: readonly string[]
  readonly json?: boolean
}

/** In the order they are shown. */
const abilities = ['temperature', 'seed', 'stop', 'tools', 'logprobs'] as const satisfies (keyof Supports)[]

/** Asks all providers at once, and says of each whether it can be used now and which models it lists. */
export async function models(options: ModelsOptions): Promise<ExitCode> {
  const needed = (options.supports ?? []).map(ability)
  const named = options.providers ?? (options.endpoint === undefined ? undefined : ['openai-compatible'])
  if (options.endpoint !== undefined) oneEndpoint(named ?? [])
  const found = await Promise.all(
    (named ?? providerNames).map(async (name) => ({ name, found: await loadProvider(name) })),
  )
  const asked = await Promise.all(found.map((one) => ask(one, options)))
  const rows = asked.flatMap(({ name, models }) =>
    models
      .filter((info) => matches(`${name}:${info.name}`, options.filter))
      .filter(({ supports }) => needed.every((one) => supports?.[one] === true))
      .toSorted((a, b) => order.compare(a.name, b.name))
      .map((info) => ({ id: `${name}:${info.name}`, info })),
  )
  for (const { state, text } of asked) {
    process.stderr.write(check(state, text))
  }
  if (options.json === true) {
    for (const { id, info } of rows) {
      process.stdout.write(`${visible(JSON.stringify({ id, ...info }))}\n`)
    }
  } else if (rows.length > 0) {
    const cells = rows.map(({ id, info }) => [id, context(info), ...price(info.price), takes(info.supports)])
    process.stdout.write(fittingTable(['MODEL', 'CONTEXT', '$/M IN', '$/M OUT', 'TAKES'], cells))
  }
  const hopeless = named !== undefined && asked.every(({ state }) => state !== 'ok')
  return hopeless ? exit.noModel : exit.complete
}

const order = new Intl.Collator('en', { numeric: true })

interface Asked {
  /** As it is named in a model's id: a provider's name, or somebody's file. */
  readonly name: string
  readonly state: 'ok' | 'absent' | 'bad'
  readonly text: string
  readonly models: readonly ModelInfo[]
}

async function ask(
  { name, found }: { readonly name: string; readonly found: Provider },
  options: ModelsOptions,
): Promise<Asked> {
  const { keyVariable } = found
  const none = (state: Asked['state'], text: string): Asked => ({ name, state, text, models: [] })
  if (found.control === true) {
    return none('ok', `${name}: a control, answers without a model`)
  }
  if (keyVariable !== undefined && found.local !== true && !process.env[keyVariable]?.trim()) {
    return none('absent', `${name}: no key. Set ${keyVariable}`)
  }
  if (found.list === undefined) {
    return none('ok', `${name}: cannot list its models`)
  }
  if (name === 'openai-compatible' && options.endpoint === undefined) {
    return none('absent', `${name}: no endpoint. Name one with --endpoint`)
  }
  const settings = options.endpoint === undefined ? {} : { endpoint: options.endpoint }
  try {
    const models = await listModels(name, settings, process.env)
    const count = `${models.length} model${models.length === 1 ? '' : 's'}`
    return { name, state: 'ok', text: `${name}: ${count}`, models }
  } catch (error) {
    if (!(error instanceof ProviderError)) {
      throw error
    }
    return none(found.local === true && options.endpoint === undefined ? 'absent' : 'bad', error.message)
  }
}

function ability(word: string): (typeof abilities)[number] {
  const known = abilities.find((one) => one === word)
  if (known === undefined) {
    const near = closest(word, [...abilities])
    throw new Exit(exit.usage, `--supports ${word}: did you mean "${near}"? Known: ${abilities.join(', ')}.`)
  }
  return known
}

const matches = (id: string, filter = '') => id.toLowerCase().includes(filter.toLowerCase())

const context = ({ contextLength }: ModelInfo) => contextLength?.toLocaleString('en') ?? '–'

/** Per million tokens in and out; a tier's price is told by the plus behind it. */
function price(known: Price | undefined): [input: string, output: string] {
  if (known === undefined) {
    return ['–', '–']
  }
  if (known.source === 'local') {
    return ['local', 'local']
  }
  const more = known.tiers === undefined ? '' : '+'
  const of = (rate: number) => `${Number(rate.toPrecision(6))}${more}`
  return [of(known.inputPerMillion), of(known.outputPerMillion)]
}

/** What it is said to take; nothing said is told apart from nothing taken. */
function takes(supports: Supports | undefined): string {
  if (supports === undefined) {
    return '–'
  }
  return abilities.filter((one) => supports[one] === true).join(' ') || 'none of it'
}

/** JSON has no need of what acts on a terminal: C1, bidirectional controls and their like, as escapes. */
const visible = (json: string) =>
  json.replace(
    /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) =>
      `${[...Array(char.length).keys()].map((at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}`,
  )
