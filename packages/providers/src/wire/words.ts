import type { ProviderErrorCode } from '../errors.js'
import type { Origin } from './origin.js'

interface Words {
  readonly what: (origin: Origin) => string
  readonly todo: string
  readonly retryable?: boolean
}

/** What a person reads of each class of fault: what happened, to what, and what to do next. */
export const words: Record<ProviderErrorCode, Words> = {
  auth: {
    what: (o) => `${o.provider}: key refused (${keyName(o)})`,
    todo: 'Set a valid key and run again; nothing was spent.',
  },
  permission: {
    what: (o) => `${o.provider}: this key may not use ${o.model}`,
    todo: 'Ask for access, or choose another model.',
  },
  not_found: {
    what: (o) => `${o.provider} has no model "${o.model}"`,
    todo: "Check the model's name and the endpoint.",
  },
  bad_request: {
    what: (o) => `${o.provider} refused the request to ${o.model}`,
    todo: 'Change the setting it names, or choose another model.',
  },
  context_length: {
    what: (o) => `${o.provider}: the prompt is longer than ${o.model} can take`,
    todo: 'Shorten it, or choose a model with a larger context.',
  },
  no_tools: {
    what: (o) => `${o.provider}: ${o.model} cannot call tools`,
    todo: 'Choose a model that can, a server that lets it, or a solver that needs none.',
  },
  rate_limit: {
    what: (o) => `${o.provider}: rate limit of ${o.model} reached`,
    todo: 'Wait, or lower the concurrency.',
    retryable: true,
  },
  spend_cap: {
    what: (o) => `${o.provider}: the account has no money left to spend`,
    todo: 'Add credit or raise its limit, then resume.',
  },
  overloaded: {
    what: (o) => `${o.provider} is overloaded`,
    todo: 'Try again later.',
    retryable: true,
  },
  server: {
    what: (o) => `${o.provider} failed to answer for ${o.model}`,
    todo: 'Try again later.',
    retryable: true,
  },
  connect: {
    what: (o) => `${o.provider} cannot be reached`,
    todo: 'Check the network and the endpoint.',
    retryable: true,
  },
  dns: {
    what: (o) => `${o.provider} cannot be found`,
    todo: 'Check the network and the endpoint.',
  },
  tls: {
    what: (o) => `${o.provider}: no secure connection`,
    todo: 'Check the endpoint, the clock and the certificates of this machine.',
  },
  timeout: {
    what: (o) => `${o.provider}: no whole reply from ${o.model} in time`,
    todo: 'Raise the time limit, or choose a faster model.',
    retryable: true,
  },
  timeout_headers: {
    what: (o) => `${o.provider}: no answer to the request to ${o.model} in time`,
    todo: 'Raise its time limit, or try again later.',
    retryable: true,
  },
  timeout_first_token: {
    what: (o) => `${o.provider}: ${o.model} began to answer, but no token came in time`,
    todo: 'Raise its time limit, or try again later.',
    retryable: true,
  },
  timeout_between_tokens: {
    what: (o) => `${o.provider}: ${o.model} fell silent in mid-reply`,
    todo: 'Try again; what came was not used.',
    retryable: true,
  },
  content_filter: {
    what: (o) => `${o.provider} refused what ${o.model} was asked`,
    todo: 'Look at the prompt and the terms of the provider.',
  },
  cut: {
    what: (o) => `${o.provider}: the connection broke while ${o.model} was answering`,
    todo: 'Try again; what came was not used.',
    retryable: true,
  },
  incomplete: {
    what: (o) => `${o.provider}: the reply of ${o.model} broke off before its end`,
    todo: 'Try again; what came was not used.',
    retryable: true,
  },
  malformed: {
    what: (o) => `${o.provider}: the reply of ${o.model} cannot be read`,
    todo: 'Check that the endpoint speaks this protocol.',
    retryable: true,
  },
  cache_miss: {
    what: (o) => `${o.provider}: the cache has no reply of ${o.model} to this question`,
    todo: 'Nothing was sent; run without --cache-only to ask.',
  },
}

/** Never more than the last four characters, and those only of a key long enough to spare them. */
function keyName({ key, keyVariable }: Origin): string {
  const name = keyVariable ?? 'apiKey'
  if (!key) return `none was sent; ${name}`
  return key.length >= 16 ? `${name}, ends in …${key.slice(-4)}` : name
}
