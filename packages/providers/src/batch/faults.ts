import type { ProviderError } from '../errors.js'
import { fault, type Origin } from '../wire/fault.js'
import { type Fields, text } from '../wire/loose.js'
import type { BatchFault } from './spec.js'

export const noBatches = ({ provider, url }: Origin): string =>
  `${provider} at ${new URL(url).host} has no batches: run without --batch.`

export const expired = (origin: Origin): ProviderError =>
  fault(origin, 'timeout', 'its batch expired before it was answered')

/** Nobody but a person cancels a batch: what they stopped is not started again unasked. */
export const cancelled = (origin: Origin): ProviderError =>
  fault(origin, 'server', 'its batch was cancelled', { retryable: false })

/** @throws ProviderError `malformed`: it was taken, but as what? */
export function idOf(origin: Origin, { id }: Fields): string {
  const given = text(id)
  if (given !== undefined) return given
  throw fault(origin, 'malformed', 'it took a batch and gave it no id', { possiblyBilled: true })
}

export const plainly = ({ code, message, retryable }: ProviderError): BatchFault => ({
  code,
  message,
  retryable,
})
