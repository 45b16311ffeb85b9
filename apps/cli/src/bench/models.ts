import {
  isModule,
  type Limiter,
  listModels,
  type Model,
  type ModelSettings,
  type Provider,
  parseModelId,
  provider,
  providerNames,
  resolveModel,
} from '@bench/providers'
import { Exit, exit } from '../exit.js'
import { oneEndpoint } from './one-endpoint.js'
import { type PriceTable, priceOf, refuseStray } from './prices.js'

export interface ModelRequest {
  readonly providers?: readonly string[]
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

export interface Choice {
  readonly models: readonly Model[]
  /** What a person should know of how they were chosen, a line each. */
  readonly notices: readonly string[]
  /** Nobody named a model: what is available was taken. */
  readonly automatic: boolean
  /** How those of a person's own modules were named, by id. */
  readonly from: ReadonlyMap<string, string>
}

const howToAdd = [
  'No model found. The two quickest ways to add one:',
  '  export ANTHROPIC_API_KEY=…    (or OPENAI_API_KEY, OPENROUTER_API_KEY), then run the same command',
  '  ollama pull qwen2.5-coder:7b  with https://ollama.com running on this machine',
] as const

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
  const ids = await namedIds(request, settings, env)
  const unique = [...new Set(ids)]
  if (request.endpoint !== undefined) {
    const own = unique.filter((id) => !isForeign(id)).map((id) => parseModelId(id).provider)
    const found = await Promise.all([...new Set(own)].map(provider))
    oneEndpoint(found.flatMap(({ name, control }) => (control ? [] : [name])))
  }
  const keys = request.cacheOnly === true ? await withoutKeys(unique, env) : env
  const models = await Promise.all(
    unique.map((id) =>
      resolveModel(id, { ...settings, ...priceOf(id, prices), ...batchesOf(id, request) }, keys),
    ),
  )
  refuseStray(prices, unique)
  const from = new Map(
    unique.flatMap((named, at) => (isForeign(named) ? [[models[at]?.id ?? '', named]] : [])),
  )
  return { models, notices: [], automatic: false, from }
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
  settings: ModelSettings,
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
    return request.model ?? []
  }
  const ids: string[] = []
  for (const name of request.providers) {
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
      ids.push(`${name}:${await usualModel(found, settings, env)}`)
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

async function discover(
  settings: ModelSettings,
  prices: PriceTable,
  env: NodeJS.ProcessEnv,
): Promise<Choice> {
  const ids: string[] = []
  const notices: string[] = []
  for (const name of providerNames) {
    const found = await provider(name)
    if (found.control === true) {
      continue
    }
    if (found.keyVariable !== undefined && found.defaultModel !== undefined) {
      if (env[found.keyVariable]) {
        ids.push(`${name}:${found.defaultModel}`)
      }
    } else if (found.local === true && found.list !== undefined) {
      const models = await listModels(name, settings, env).catch(() => [])
      if (models[0] !== undefined) {
        ids.push(`${name}:${models[0].name}`)
        notices.push(
          ...others(
            name,
            models.slice(1).map((model) => model.name),
          ),
        )
        // An endpoint is one server: whoever else speaks its dialect would find the same models there.
        if (settings.endpoint !== undefined) {
          break
        }
      }
    }
  }
  if (ids.length === 0) {
    return {
      models: await controls(),
      notices: [...howToAdd, 'Meanwhile the two controls run: oracle must score 100 %, null must score 0 %.'],
      automatic: true,
      from: new Map(),
    }
  }
  return {
    models: await Promise.all(
      ids.map((id) => resolveModel(id, { ...settings, ...priceOf(id, prices) }, env)),
    ),
    notices,
    automatic: true,
    from: new Map(),
  }
}

function others(name: string, models: readonly string[]): string[] {
  if (models.length === 0) {
    return []
  }
  return [`${name} has ${models.length} more: --providers ${name} --model ${models.slice(0, 3).join(',')}`]
}

/** The two that need no model: what runs where there is none, or none that may be asked. */
export const controls = (): Promise<readonly Model[]> =>
  Promise.all(['oracle', 'null'].map((id) => resolveModel(id, {}, {})))
