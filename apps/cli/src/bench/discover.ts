import {
  type CallOptions,
  listModels,
  type Model,
  type ModelSettings,
  provider,
  providerNames,
  resolveModel,
} from '@bench/providers'
import { type PriceTable, priceOf } from './prices.js'

export interface Choice {
  readonly models: readonly Model[]
  /** What a person should know of how they were chosen, a line each. */
  readonly notices: readonly string[]
  /** Nobody named a model: what is available was taken. */
  readonly automatic: boolean
  /** How those of a person's own modules were named, by id. */
  readonly from: ReadonlyMap<string, string>
  /** Settings of their own for each model's calls, by id. */
  readonly calls: ReadonlyMap<string, CallOptions>
  /** What they were made with, by id: their lists of models are asked for by the same. */
  readonly settings: ReadonlyMap<string, ModelSettings>
}

const howToAdd = [
  'No model found. The two quickest ways to add one:',
  '  export ANTHROPIC_API_KEY=…    (or OPENAI_API_KEY, OPENROUTER_API_KEY), then run the same command',
  '  ollama pull qwen2.5-coder:7b  with https://ollama.com running on this machine',
] as const

/** What is available now: keys in the environment, servers of this machine; else the two controls. */
export async function discover(
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
      calls: new Map(),
      settings: new Map(),
    }
  }
  const made = ids.map((id) => [id, { ...settings, ...priceOf(id, prices) }] as const)
  return {
    models: await Promise.all(made.map(([id, its]) => resolveModel(id, its, env))),
    notices,
    automatic: true,
    from: new Map(),
    calls: new Map(),
    settings: new Map(made),
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
