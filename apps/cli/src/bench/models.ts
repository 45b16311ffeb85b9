import {
  isModule,
  type Limiter,
  listModels,
  type ModelSettings,
  type Provider,
  parseModelId,
  provider,
  providerNames,
  resolveModel,
} from '@bench/providers'
import { byOwnName } from '../config/aliases.js'
import type { ModelEntry } from '../config/model-entry.js'
import { Exit, exit } from '../exit.js'
import { type Choice, discover } from './discover.js'
import { oneEndpoint } from './one-endpoint.js'
import { type PriceTable, priceOf, refuseStray } from './prices.js'

export interface ModelRequest {
  readonly providers?: readonly string[]
  /** What a file sets for each model. */
  readonly models?: readonly ModelEntry[]
  readonly model?: readonly string[]
  readonly endpoint?: string
  readonly replies?: string
  readonly strictSettings?: boolean
  readonly maxRetries?: number
  /** Seconds, as the three that follow. */
  readonly retryDelay?: number
  readonly timeoutHeaders?: number
  readonly timeoutFirstToken?: number
  readonly timeoutIdle?: number
  /** What models cost, by id, in place of what any list says. */
  readonly priceTable?: PriceTable
  /** Nothing will be sent, so no key is needed. */
  readonly cacheOnly?: boolean
  readonly batch?: boolean
}

/** Makes the models that a person named, or else those that are available now, or else the two controls. */
export async function chooseModels(
  request: ModelRequest,
  limiter: Limiter,
  env: NodeJS.ProcessEnv,
): Promise<Choice> {
  const prices = request.priceTable ?? new Map()
  const settings: ModelSettings = {
    limiter,
    ...(request.strictSettings === undefined ? {} : { strictSettings: request.strictSettings }),
    ...(request.maxRetries === undefined ? {} : { maxRetries: request.maxRetries }),
    ...milliseconds('retryDelayMs', request.retryDelay),
    ...milliseconds('headersTimeoutMs', request.timeoutHeaders),
    ...milliseconds('firstTokenTimeoutMs', request.timeoutFirstToken),
    ...milliseconds('idleTimeoutMs', request.timeoutIdle),
    ...(request.endpoint === undefined ? {} : { endpoint: request.endpoint }),
    ...(request.replies === undefined ? {} : { file: request.replies }),
  }
  if (request.providers === undefined && request.model === undefined) {
    return discover(settings, prices, env)
  }
  const own = ownSettings(request)
  const ids = await namedIds(request, (named) => ({ ...settings, ...own(named)?.settings }), env)
  const unique = [...new Set(ids)]
  await refuseSharedEndpoint(request, unique, own)
  const keys = request.cacheOnly === true ? await withoutKeys(unique, env) : env
  const made = await Promise.all(
    unique.map(async (named) => {
      const entry = own(named)
      const its = { ...settings, ...entry?.settings, ...priceOf(named, prices), ...batchesOf(named, request) }
      const model = await resolveModel(named, its, keys)
      return { named, entry, model, settings: its }
    }),
  )
  refuseStray(prices, unique)
  return {
    models: made.map(({ model }) => model),
    notices: [],
    automatic: false,
    from: new Map(made.flatMap(({ named, model }) => (isForeign(named) ? [[model.id, named]] : []))),
    calls: new Map(made.flatMap(({ model, entry }) => (entry ? [[model.id, entry.call]] : []))),
    settings: new Map(made.map(({ model, settings: its }) => [model.id, its])),
  }
}

type Own = (named: string) => ModelEntry | undefined

/**
 * What a file sets for a model: under its own name, or else for all models of its provider.
 * @throws Exit `usage` where that wants a variable which is not set, unless nothing will be sent
 */
const ownSettings =
  ({ models = [], cacheOnly }: ModelRequest): Own =>
  (named) => {
    const found =
      models.find((entry) => entry.named === named) ??
      models.find((entry) => entry.named === parseModelId(named).provider)
    if (found?.lacks === undefined) return found
    if (cacheOnly !== true) throw found.lacks
    const { apiKey: _, ...settings } = found.settings
    return { ...found, settings }
  }

/** One endpoint for several is one server that is sent the keys of them all. */
async function refuseSharedEndpoint(
  { endpoint }: ModelRequest,
  ids: readonly string[],
  own: Own,
): Promise<void> {
  if (endpoint === undefined) return
  const there = ids.filter((id) => !isForeign(id) && own(id)?.settings.endpoint === undefined)
  const found = await Promise.all([...new Set(there.map((id) => parseModelId(id).provider))].map(provider))
  oneEndpoint(found.flatMap(({ name, control }) => (control ? [] : [name])))
  const [one, other] = new Map(there.map((id) => [own(id)?.settings.apiKey, own(id)])).values()
  if (one !== undefined && other !== undefined) {
    throw new Exit(
      exit.usage,
      `${one.named} and ${other.named} have keys of their own, which one endpoint must not both see: give each its endpoint`,
    )
  }
}

const milliseconds = <Key extends keyof ModelSettings>(key: Key, seconds: number | undefined) =>
  (seconds === undefined ? {} : { [key]: seconds * 1000 }) as { readonly [K in Key]?: number }

/** A server of OpenAI's dialect has its batches where a person says so by asking for them. */
const batchesOf = (id: string, { batch }: ModelRequest): Pick<ModelSettings, 'batches'> =>
  batch === true && parseModelId(id).provider === 'openai-compatible' ? { batches: true } : {}

/** Whether a name is of a person's own file or package, or of nothing at all. */
const isForeign = (name: string): boolean =>
  isModule(name) || !(providerNames as readonly string[]).includes(parseModelId(name).provider)

/** Whether a model is named besides the module; a drive's colon names none. */
const hasModel = (name: string): boolean => /^([A-Za-z]:[\\/])?[^:]*:/.test(name)

/** The environment with something in place of each key that is not there. */
async function withoutKeys(ids: readonly string[], env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const own = ids.filter((id) => !isForeign(id))
  const found = await Promise.all(own.map((id) => provider(parseModelId(id).provider)))
  const variables = found.flatMap(({ keyVariable }) =>
    keyVariable && !env[keyVariable] ? [keyVariable] : [],
  )
  return { ...env, ...Object.fromEntries(variables.map((name) => [name, 'none-needed'])) }
}

async function namedIds(
  request: ModelRequest,
  settingsOf: (named: string) => ModelSettings,
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  if (request.providers === undefined) {
    const bare = request.model?.find((id) => !id.includes(':'))
    if (bare !== undefined) {
      throw new Exit(
        exit.usage,
        `--model ${bare} names no provider. Add one: --providers openai --model ${bare}`,
      )
    }
    return (request.model ?? []).map(byOwnName)
  }
  const ids: string[] = []
  for (const name of request.providers.map(byOwnName)) {
    if (isForeign(name)) {
      const models = hasModel(name) ? undefined : request.model
      ids.push(...(models?.map((model) => `${name}:${model}`) ?? [name]))
      continue
    }
    if (name.includes(':')) {
      ids.push(name)
      continue
    }
    const found = await provider(name)
    if (found.control === true) {
      ids.push(name)
    } else if (request.model !== undefined) {
      ids.push(...request.model.map((model) => (model.startsWith(`${name}:`) ? model : `${name}:${model}`)))
    } else {
      ids.push(`${name}:${await usualModel(found, settingsOf(name), env)}`)
    }
  }
  return ids
}

/** The model that is meant when only the provider is named. */
async function usualModel(found: Provider, settings: ModelSettings, env: NodeJS.ProcessEnv): Promise<string> {
  if (found.defaultModel !== undefined) {
    return found.defaultModel
  }
  const reachable = found.list === undefined ? [] : await listModels(found.name, settings, env)
  const [first] = reachable
  if (first === undefined) {
    throw new Exit(exit.usage, `${found.name}: no model named. Name one: --providers ${found.name}:MODEL`)
  }
  return first.name
}
