import { closest } from 'fastest-levenshtein'
import { z } from 'zod'
import { ProviderError } from './errors.js'
import type { Limiter } from './limits/spec.js'
import type { ModelSettings } from './spec.js'

const rate = z.number().min(0).finite()

const rates = {
  inputPerMillion: rate,
  outputPerMillion: rate,
  cacheReadPerMillion: rate.optional(),
  cacheWritePerMillion: rate.optional(),
  cacheWrite1hPerMillion: rate.optional(),
  reasoningPerMillion: rate.optional(),
}

/** A price as a person sets it: see `Price`. */
const price = z.strictObject({
  ...rates,
  perRequest: rate.optional(),
  tiers: z.array(z.strictObject({ overInputTokens: z.number().int().min(0), ...rates })).optional(),
  batchFactor: z.number().min(0).max(1).optional(),
})

const isLimiter = (given: unknown): boolean =>
  typeof given === 'object' && given !== null && 'acquire' in given && typeof given.acquire === 'function'

const shape = z.strictObject({
  apiKey: z.string().optional(),
  endpoint: z.string().min(1).optional(),
  timeoutMs: z.number().positive().max(2_147_483_647).optional(),
  maxRetries: z.number().int().min(0).max(10).optional(),
  retryDelayMs: z.number().min(0).max(60_000).optional(),
  maxRetryAfterMs: z.number().min(0).max(2_147_483_647).optional(),
  headersTimeoutMs: z.number().positive().max(2_147_483_647).optional(),
  firstTokenTimeoutMs: z.number().positive().max(2_147_483_647).optional(),
  idleTimeoutMs: z.number().positive().max(2_147_483_647).optional(),
  siteUrl: z.string().optional(),
  appName: z.string().optional(),
  keepRaw: z.boolean().optional(),
  contextLength: z.number().int().min(256).max(16_777_216).optional(),
  batches: z.boolean().optional(),
  file: z.string().min(1).optional(),
  price: price.optional(),
  strictSettings: z.boolean().optional(),
  limiter: z.custom<Limiter>(isLimiter, 'not a limiter').optional(),
})

/** @throws ProviderError `bad_request` naming the setting, its range, or the nearest known name. Never a value. */
export function checkSettings(provider: string, settings: unknown): ModelSettings {
  const result = shape.safeParse(settings)
  if (result.success) return defined(result.data)
  const issue = result.error.issues[0]
  throw new ProviderError(
    'bad_request',
    `settings of ${provider}: ${issue ? explain(issue) : 'not an object.'}`,
  )
}

function explain(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return `${issue.path.join('.') || 'the whole'}: ${issue.message}.`
  const key = issue.keys[0] ?? ''
  return `unknown key "${key}"; did you mean "${closest(key, Object.keys(shape.shape))}"?`
}

/** Drops keys whose value is undefined, so that `key in settings` means that it was set. */
const defined = (settings: z.infer<typeof shape>) =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as ModelSettings
