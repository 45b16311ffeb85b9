import type { CallOptions, ModelSettings } from '@bench/providers'
import type { Exit } from '../exit.js'

/** One model of a file, with what is set for it alone. */
export interface ModelEntry {
  /** As messages name it: `bench.config.yaml:12: models[1]`. */
  readonly place: string
  /** `provider:model`; a provider whose usual model is meant; somebody's own module. */
  readonly named: string
  /** For people. */
  readonly label?: string
  readonly call: Pick<CallOptions, 'temperature' | 'maxTokens' | 'topP' | 'seed' | 'stop' | 'timeoutMs'>
  readonly settings: Omit<ModelSettings, 'limiter' | 'clock'>
  /** A variable that it wants and that is not set: of no matter while nobody asks it. */
  readonly lacks?: Exit
}
