import { ProviderError } from './errors.js'
import type { Provider } from './spec.js'

/** Every provider by name. An adapter is imported when it is first asked for, and no sooner. */
const registry = {
  anthropic: () => import('./adapters/anthropic.js'),
  echo: () => import('./adapters/echo.js'),
  gemini: () => import('./adapters/gemini.js'),
  huggingface: () => import('./adapters/huggingface.js'),
  'llama-cpp': () => import('./adapters/llama-cpp.js'),
  lmstudio: () => import('./adapters/lmstudio.js'),
  null: () => import('./adapters/null.js'),
  ollama: () => import('./adapters/ollama.js'),
  openai: () => import('./adapters/openai.js'),
  'openai-compatible': () => import('./adapters/openai-compatible.js'),
  openrouter: () => import('./adapters/openrouter.js'),
  oracle: () => import('./adapters/oracle.js'),
  replay: () => import('./adapters/replay.js'),
  vllm: () => import('./adapters/vllm.js'),
} as const satisfies Record<string, () => Promise<{ provider: Provider }>>

export type ProviderName = keyof typeof registry

export const providerNames = Object.keys(registry) as readonly ProviderName[]

/** @throws ProviderError `bad_request` for an unknown name, with the nearest known one. */
export async function provider(name: string): Promise<Provider> {
  if (!isKnown(name)) {
    throw new ProviderError(
      'bad_request',
      `unknown provider "${name.slice(0, 80)}"${await suggestion(name)} Known: ${providerNames.join(', ')}.`,
    )
  }
  return (await registry[name]()).provider
}

const isKnown = (name: string): name is ProviderName => Object.hasOwn(registry, name)

async function suggestion(name: string): Promise<string> {
  const { closest, distance } = await import('fastest-levenshtein')
  const near = closest(name, providerNames)
  return distance(name, near) <= Math.max(2, near.length / 3) ? `; did you mean "${near}"?` : '.'
}
