import { ProviderError } from './errors.js'
import { isModule, loadModule, parseModule } from './load.js'
import { listedPrice, localPrice } from './prices.js'
import { provider, providerNames } from './registry.js'
import { withoutSecretsIn } from './secrets.js'
import { type Environment, resolveSettings } from './settings.js'
import type { Model, ModelInfo, ModelSettings, Provider } from './spec.js'

/**
 * `ollama:qwen2.5-coder:7b` is model `qwen2.5-coder:7b` of `ollama`: the first colon parts them.
 * Without a colon the model is empty: `oracle`, or a provider whose default is meant.
 */
export function parseModelId(id: string): { provider: string; model: string } {
  const colon = id.indexOf(':')
  return colon < 0
    ? { provider: id, model: '' }
    : { provider: id.slice(0, colon), model: id.slice(colon + 1) }
}

/**
 * The model of an id, with its key and endpoint found in the environment. Somebody's own is named by file or package:
 * `./my-model.ts`, or `./my-provider.ts:large` where the module brings a provider; its code is run.
 * @throws ProviderError `auth` naming the variable to set, `bad_request` for an unknown provider, a missing model
 * name or impossible settings.
 */
export async function resolveModel(
  id: string,
  settings: ModelSettings = {},
  env: Environment = process.env,
): Promise<Model> {
  const { from, model, name } = await find(id)
  if (model) return model
  const chosen = name || from.defaultModel || ''
  if (chosen === '' && !from.control) {
    throw new ProviderError('bad_request', `${from.name} needs a model: write ${from.name}:MODEL.`)
  }
  return from.model(chosen, await resolveSettings(from, settings, env))
}

type Found =
  | { readonly from: Provider; readonly name: string; readonly model?: never }
  | { readonly model: Model; readonly from?: never; readonly name?: never }

/** Whom an id means: a provider of this package, or what somebody's own module brings. */
async function find(id: string): Promise<Found> {
  const parsed = isModule(id)
    ? parseModule(id)
    : { module: parseModelId(id).provider, model: parseModelId(id).model }
  const own = (providerNames as readonly string[]).includes(parsed.module)
  const loaded = own ? undefined : await loadModule(parsed.module)
  if (loaded?.model) {
    if (parsed.model === '') return { model: loaded.model }
    throw new ProviderError(
      'bad_request',
      `${parsed.module} brings one model, ${loaded.model.id}. Name it without ":${parsed.model}".`,
    )
  }
  return { from: loaded?.provider ?? (await provider(parsed.module)), name: parsed.model }
}

/**
 * A provider of this package by name, or somebody's own by file or package: `./my-provider.ts`.
 * @throws ProviderError `bad_request` for an unknown name, or a module that brings a single model
 */
export async function loadProvider(name: string): Promise<Provider> {
  const { from, model } = await find(name)
  if (from) return from
  throw new ProviderError('bad_request', `${name} brings one model, ${model.id}, and no list of models.`)
}

/**
 * The models a provider offers now, within 3 s and without retries; what it does not say of their prices is looked up.
 * @throws ProviderError where they cannot be listed.
 */
export async function listModels(
  name: string,
  settings: ModelSettings = {},
  env: Environment = process.env,
): Promise<readonly ModelInfo[]> {
  const from = await loadProvider(name)
  if (!from.list) throw new ProviderError('bad_request', `${name} has no list of models.`)
  const resolved = await resolveSettings(from, settings, env)
  const listed = await from.list(resolved)
  return withoutSecretsIn(await Promise.all(listed.map((info) => priced(from, info, resolved))))
}

/** What a server does not say of its models' prices, the price list may. */
async function priced(from: Provider, info: ModelInfo, { endpoint }: ModelSettings): Promise<ModelInfo> {
  if (info.price) return info
  const { isPrivateHost } = await import('./wire/http.js')
  const own = endpoint === undefined || isPrivateHost(hostOf(endpoint))
  const price =
    from.local && own
      ? localPrice
      : ((await listedPrice(from.name, info.name)) ??
        (endpoint === undefined ? undefined : await listedPrice(endpoint, info.name)))
  return price ? { ...info, price } : info
}

const hostOf = (endpoint: string): string => {
  const written = endpoint.includes('://') ? endpoint : `http://${endpoint}`
  return URL.canParse(written) ? new URL(written).hostname : 'localhost'
}
