import { ProviderError } from './errors.js'
import { addSecret } from './secrets.js'
import type { ModelSettings, Provider } from './spec.js'
import { endpointOf } from './wire/target.js'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Settings with what the environment adds: the key from the provider's variable or from `${VAR}`, the endpoint
 * from the provider's variable. An empty variable counts as absent.
 * @throws ProviderError `auth` where `${VAR}` is not set, `bad_request` for unknown or impossible settings.
 */
export async function resolveSettings(
  provider: Pick<Provider, 'name' | 'keyVariable' | 'endpointVariable'>,
  settings: ModelSettings,
  env: Environment,
): Promise<ModelSettings> {
  const { checkSettings } = await import('./settings-shape.js')
  const { apiKey: written, endpoint: asked, ...rest } = checkSettings(provider.name, settings)
  const apiKey = keyFrom(provider, written, env)
  addSecret(apiKey)
  const endpoint = asked ?? (provider.endpointVariable && env[provider.endpointVariable]?.trim())
  return { ...rest, ...(apiKey ? { apiKey } : {}), ...(endpoint ? { endpoint } : {}) }
}

/** @throws ProviderError `auth` naming the variable to set. */
export function requireKey(
  provider: Pick<Provider, 'name' | 'keyVariable'>,
  settings: ModelSettings,
): string {
  if (settings.apiKey) return checkedKey(provider.name, settings.apiKey)
  throw new ProviderError(
    'auth',
    `${provider.name} needs a key: set ${provider.keyVariable ?? 'apiKey'} and run again; nothing was spent.`,
  )
}

/** @throws ProviderError `auth` for a key that no HTTP header can carry. The key itself is never in the message. */
export function checkedKey(name: string, key: string): string {
  addSecret(key)
  if (/^[\x21-\x7e]+$/.test(key)) return key
  throw new ProviderError(
    'auth',
    `the key for ${name} holds spaces or characters outside ASCII. Copy it again; nothing was spent.`,
  )
}

/**
 * An endpoint to put paths behind, without trailing slashes. What credentials it brings become secrets.
 * @throws ProviderError `bad_request` unless it is an http or https URL.
 */
export function checkedEndpoint(name: string, endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return endpointOf(url)
  throw new ProviderError(
    'bad_request',
    `the endpoint of ${name} is no http(s) URL. Write its base URL, e.g. http://127.0.0.1:8000/v1`,
  )
}

function keyFrom(
  provider: Pick<Provider, 'name' | 'keyVariable'>,
  written: string | undefined,
  env: Environment,
): string | undefined {
  const named = written?.match(/^\$\{(\w+)\}$/)?.[1]
  if (written && !named) return written.trim()
  const variable = named ?? provider.keyVariable
  const found = variable ? env[variable]?.trim() : undefined
  if (named && !found) {
    throw new ProviderError(
      'auth',
      `the key for ${provider.name} is to come from ${named}, which is not set. Set ${named} and run again.`,
    )
  }
  return found || undefined
}
