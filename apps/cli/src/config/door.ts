import type { ModelConfig } from './model-options.js'
import type { FileOptions } from './run-options.js'

export type { ModelConfig, PriceConfig } from './model-options.js'
export type { FileOptions } from './run-options.js'

/** `options` of an experiment: those of a run, and its own. */
export interface ExperimentOptions extends FileOptions {
  readonly parallel?: boolean
  readonly max_workers?: number
  readonly run_build?: boolean
  readonly run_tests?: boolean
  readonly retry_failures?: boolean
  readonly save_intermediate?: boolean
  readonly save_responses?: boolean
}

/** A configuration: what `bench.config.yaml` holds, typed. See docs/configuration.md. */
export interface BenchConfig extends FileOptions {
  /** `provider:model`, or a model with settings of its own. */
  readonly models?: readonly (string | ModelConfig)[]
  readonly experiment?: { readonly name?: string; readonly description?: string }
  readonly samples_dir?: string
  readonly tasks?: string | readonly string[]
  readonly options?: ExperimentOptions
  readonly execution?: {
    /** Seconds. */
    readonly timeout?: number
    /** `512m`. */
    readonly memory_limit?: string
    readonly cpu_limit?: number
  }
  readonly scoring?: { readonly weights?: Readonly<Record<string, number>> }
  readonly save_responses?: boolean
}

/** Gives a configuration its type; returns it as it is. A function is asked once, when the file is read. */
export const defineConfig = <C extends BenchConfig | (() => BenchConfig | Promise<BenchConfig>)>(
  config: C,
): C => config
