import { type Raw, valueAt } from './check.js'
import { placeOf } from './place.js'
import type { Path } from './written.js'

/** What an experiment or a comparison says besides: kept for those who use it. */
export interface Kept {
  readonly experiment?: { readonly name?: string; readonly description?: string }
  readonly samplesDir?: string
  readonly tasks?: readonly string[]
  readonly runBuild?: boolean
  readonly runTests?: boolean
  readonly saveIntermediate?: boolean
  readonly saveResponses?: boolean
  /** What code is held to: seconds, a size, cores. */
  readonly execution?: {
    readonly timeout?: number
    readonly memory_limit?: string
    readonly cpu_limit?: number
  }
  readonly scoring?: { readonly weights?: Readonly<Record<string, number>> }
}

/** @param config a checked file */
export function keptOf(config: Raw): Kept {
  const { experiment, samples_dir, tasks, execution, scoring, options } = config
  const own = (options ?? {}) as Raw
  const kept = {
    experiment,
    samplesDir: samples_dir,
    tasks,
    runBuild: own.run_build,
    runTests: own.run_tests,
    saveIntermediate: own.save_intermediate,
    saveResponses: config.save_responses ?? own.save_responses,
    execution,
    scoring,
  }
  return Object.fromEntries(
    Object.entries(kept).filter(([, value]) => value !== undefined && value !== null),
  ) as Kept
}

/** What a run makes nothing of, in one line. What says only how it is anyway is not told. */
export function unused(file: string, config: Raw): string[] {
  const wanted: readonly (readonly [Path, (value: unknown) => boolean])[] = [
    [['samples_dir'], () => true],
    [['tasks'], () => true],
    [['options', 'run_build'], (value) => value === true],
    [['options', 'run_tests'], (value) => value === true],
    [['options', 'save_intermediate'], (value) => value === false],
    [['options', 'save_responses'], (value) => value === false],
    [['save_responses'], (value) => value === false],
    [['execution', 'timeout'], () => true],
    [['execution', 'memory_limit'], () => true],
    [['execution', 'cpu_limit'], () => true],
    [['scoring', 'weights'], () => true],
  ]
  const places = wanted.flatMap(([path, matters]) => {
    const value = valueAt(config, path)
    return value !== undefined && value !== null && matters(value) ? [placeOf(path)] : []
  })
  return places.length === 0 ? [] : [`${file}: not used by bench bench: ${places.join(', ')}`]
}
