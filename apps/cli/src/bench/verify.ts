import {
  listModels,
  type Model,
  type ModelSettings,
  ProviderError,
  parseModelId,
  provider,
} from '@bench/providers'
import { closest } from 'fastest-levenshtein'
import { Exit, exit } from '../exit.js'
import type { Choice } from './discover.js'

/**
 * Asks every provider that can list its models whether the key is good and the model is there, before anything is
 * spent. Listings are free. A provider that cannot be reached is told at once, not after forty failed attempts.
 * @throws Exit `noModel` for a refused key or a silent server, `usage` for a model that is not there
 */
export async function verifyModels(
  asked: readonly Model[],
  { from, settings }: Pick<Choice, 'from' | 'settings'>,
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const notices: string[] = []
  for (const { name, its, wanted } of serversOf(asked, from, settings)) {
    const found = await provider(name)
    if (found.list === undefined) {
      continue
    }
    try {
      const listed = (await listModels(name, its, env)).map((info) => info.name)
      const missing = wanted.filter((model) => !listed.includes(model) && !listed.includes(`${model}:latest`))
      if (listed.length > 0 && missing[0] !== undefined) {
        notices.push(...absent(name, missing[0], listed, found.local === true))
      }
    } catch (error) {
      if (!(error instanceof ProviderError)) {
        throw error
      }
      if (['auth', 'permission', 'connect'].includes(error.code)) {
        throw new Exit(exit.noModel, error.message)
      }
      // A server without a model list is still one that may answer: the run will tell.
    }
  }
  return notices
}

interface Server {
  readonly name: string
  readonly its: ModelSettings
  readonly wanted: string[]
}

/** Each server once, by whose key it is asked, with the models that are wanted of it. */
function serversOf(
  asked: readonly Model[],
  from: ReadonlyMap<string, string>,
  settings: ReadonlyMap<string, ModelSettings>,
): readonly Server[] {
  const servers = new Map<string, Server>()
  for (const { id, control } of asked) {
    if (control === true || from.has(id)) continue
    const { provider: name, model } = parseModelId(id)
    const { endpoint, apiKey } = settings.get(id) ?? {}
    const its = {
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(apiKey === undefined ? {} : { apiKey }),
    }
    const key = JSON.stringify([name, endpoint, apiKey])
    const server: Server = servers.get(key) ?? { name, its, wanted: [] }
    server.wanted.push(model)
    servers.set(key, server)
  }
  return [...servers.values()]
}

/** Ollama's list is whole, so a model that is not in it cannot answer; a cloud's list may leave models out. */
function absent(name: string, model: string, listed: readonly string[], whole: boolean): string[] {
  const near = closest(model, [...listed])
  if (name === 'ollama' && whole) {
    throw new Exit(
      exit.usage,
      `ollama has no model "${model}"; nearest: "${near}". Pull it with: ollama pull ${model}`,
    )
  }
  return [`${name} does not list "${model}"; did you mean "${near}"? Asking anyway.`]
}
