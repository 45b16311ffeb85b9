import type { ProviderErrorCode } from '../error-code.js'

/** Who is asked: what a message about a fault needs to name. */
export interface Origin {
  readonly provider: string
  readonly model: string
  readonly url: string
  readonly key?: string | undefined
  readonly keyVariable?: string | undefined
  /** A provider's own words for what to do; the rest is said in general ones. */
  readonly advice?: Partial<Record<ProviderErrorCode, string>>
}
