import type { GpuSample } from '@bench/gpu'

export interface GpuWatch extends Disposable {
  /** `GPU 91 % 6.1 GB`: mean utilisation and memory in use of all; undefined where no reading is at hand. */
  line(): string | undefined
}

/** A reading that is older says nothing of now. */
const freshMs = 5000

/** Samples this machine's GPUs once a second until disposed of; where there is none, it has nothing to tell. */
export function watchGpu(): GpuWatch {
  const over = new AbortController()
  const stop = () => over.abort()
  // The tool prints until it is ended: also where this process ends all at once.
  process.once('exit', stop)
  let latest: GpuSample | undefined
  const watching = async () => {
    const { monitor } = await import('@bench/gpu')
    const found = await monitor()
    for await (const sample of found.samples(over.signal, 1000)) {
      latest = sample
    }
  }
  // A GPU that cannot be watched is no reason to end a run.
  watching().catch(() => undefined)
  return {
    line: () => (latest === undefined || Date.now() - latest.at > freshMs ? undefined : gpuLine(latest)),
    [Symbol.dispose]() {
      process.off('exit', stop)
      stop()
    },
  }
}

/** What is not told of every GPU is left out. */
export function gpuLine({ gpus }: GpuSample): string | undefined {
  const used = gpus.flatMap((gpu) => gpu.utilizationPercent ?? [])
  const memory = gpus.flatMap((gpu) => gpu.memoryUsedGb ?? [])
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const parts = [
    ...(used.length === gpus.length ? [`${Math.round(sum(used) / used.length)} %`] : []),
    ...(memory.length === gpus.length ? [`${sum(memory).toFixed(1)} GB`] : []),
  ]
  return gpus.length === 0 || parts.length === 0
    ? undefined
    : `${gpus.length > 1 ? `${gpus.length} ` : ''}GPU${gpus.length > 1 ? 's' : ''} ${parts.join(' ')}`
}
