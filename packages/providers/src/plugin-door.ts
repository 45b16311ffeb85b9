/** What a provider of someone's own is made of: all of `@bench/providers` but the finding and loading of providers. */

export type { Clock } from './clock.js'
export { chatProvider, defineModel, defineProvider } from './define.js'
export { ProviderError, type ProviderErrorCode } from './errors.js'
export { costAt, listedPrice, price } from './prices.js'
export { type RetryPolicy, withRetries } from './retry.js'
export { addSecret, withoutSecrets, withoutSecretsIn } from './secrets.js'
export { checkedEndpoint, type Environment, requireKey, resolveSettings } from './settings.js'
export type * from './spec.js'
export type { ChatFlavour } from './wire/chat-provider.js'
