import { listModels, type Model, ProviderError, parseModelId, provider } from '@bench/providers'
import { closest } from 'fastest-levenshtein'
import { Exit, exit } from '../exit.js'
import type { ModelRequest } from './models.js'

/**
 * Asks every provider that can list its models whether the key is good and the model is there, before anything is
 * spent. Listings are free. A provider that cannot be reached is told at once, not after forty failed attempts.
 * @throws Exit `noModel` for a refused key or a silent server, `usage` for a model that is not there
 */
export async function verifyModels(
  asked: readonly Model[],
  foreign: ReadonlyMap<string, string>,
  request: ModelRequest,
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const notices: string[] = []
  const byProvider = new Map<string, string[]>()
  const models = asked.filter((each) => each.control !== true && !foreign.has(each.id))
  for (const model of models) {
    const { provider: name, model: wanted } = parseModelId(model.id)
    byProvider.set(name, [...(byProvider.get(name) ?? []), wanted])
  }
  for (const [name, wanted] of byProvider) {
    const found = await provider(name)
    if (found.list === undefined) {
      continue
    }
    const settings = request.endpoint === undefined ? {} : { endpoint: request.endpoint }
    try {
      const listed = (await listModels(name, settings, env)).map((info) => info.name)
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
