import { known } from './number.js'
import type { GpuReading, GpuSample, GpuSummary } from './spec.js'

/**
 * What a span came to.
 *
 * - utilisation: of a sample, the mean over its GPUs; of the span, mean and highest of those.
 * - memory: of a sample, the sum over its GPUs; of the span, mean and highest of those. GB of 1024³ bytes.
 * - energy: the sum of all GPUs' power over time by the trapezoid rule; needs two samples.
 *
 * A GPU that never tells a thing is left out of it. A sample in which a GPU that does tell it kept silent is left
 * out too: half a sum is not a smaller sum. What no sample tells is absent.
 */
export function summarise(samples: readonly GpuSample[]): GpuSummary {
  const inOrder = [...samples].sort((one, other) => one.at - other.at)
  const used = totals(inOrder, ({ utilizationPercent }) => utilizationPercent)
  const utilization = used.map(({ total, gpus }) => total / gpus)
  const memory = totals(inOrder, ({ memoryUsedGb }) => memoryUsedGb).map(({ total }) => total)
  return {
    samples: samples.length,
    ...known({
      avg_utilization: mean(utilization),
      peak_utilization: highest(utilization),
      avg_memory_used: mean(memory),
      peak_memory_used: highest(memory),
      energy_joules: energy(totals(inOrder, ({ powerWatts }) => powerWatts)),
    }),
  }
}

interface Total {
  readonly at: number
  readonly total: number
  readonly gpus: number
}

function totals(samples: readonly GpuSample[], of: (gpu: GpuReading) => number | undefined): Total[] {
  const tellsIt = (gpu: GpuReading) => of(gpu) !== undefined
  const telling = new Set(samples.flatMap(({ gpus }) => gpus.filter(tellsIt).map(({ index }) => index)))
  return samples.flatMap(({ at, gpus }) => {
    const told = gpus.filter(tellsIt)
    if (told.length < telling.size || told.length === 0) return []
    return [{ at, total: told.reduce((sum, gpu) => sum + (of(gpu) as number), 0), gpus: told.length }]
  })
}

function energy(power: readonly Total[]): number | undefined {
  if (power.length < 2) return undefined
  let joules = 0
  for (const [index, { at, total }] of power.entries()) {
    const before = power[index - 1]
    if (before !== undefined) joules += ((total + before.total) / 2) * ((at - before.at) / 1000)
  }
  return joules
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}

function highest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((most, value) => Math.max(most, value))
}
