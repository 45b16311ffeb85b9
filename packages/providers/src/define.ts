import type { Model, Provider } from './spec.js'
import type { ChatFlavour } from './wire/chat-provider.js'

/** Gives a model written outside this package its type; returns it as it is. */
export const defineModel = <M extends Model>(model: M): M => model

/** Gives a provider written outside this package its type; returns it as it is. */
export const defineProvider = <P extends Provider>(provider: P): P => provider

/**
 * A provider that speaks OpenAI's chat completions: streaming, tools, retries, every fault, prices and the list of its
 * models come with it. What brings all that is imported when the provider is first asked.
 */
export function chatProvider(flavour: ChatFlavour): Provider {
  const { name, keyVariable, local } = flavour
  const made = async () => (await import('./wire/chat-provider.js')).chatProvider(flavour)
  return {
    name,
    ...(keyVariable === undefined ? {} : { keyVariable }),
    ...(local === undefined ? {} : { local }),
    model: async (model, settings) => (await made()).model(model, settings),
    list: async (settings) => (await (await made()).list?.(settings)) ?? [],
  }
}
