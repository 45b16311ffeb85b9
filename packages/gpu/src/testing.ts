/** The conformance suite of the GPU seam: what every monitor owes, whatever tool it asks. */
import { expect, test } from 'vitest'
import type { GpuMonitor, GpuSample } from './spec.js'

export interface MonitorSuite {
  /** A monitor whose tool works and names at least one GPU. */
  readonly works: () => Promise<GpuMonitor> | GpuMonitor
  /** Monitors whose tool fails in one way each, by the name of the way. */
  readonly fails?: Readonly<Record<string, () => Promise<GpuMonitor> | GpuMonitor>>
  /** Milliseconds between samples: as small as the tool can bear. */
  readonly everyMs?: number
  /** Names of cases that this monitor can't pass, each with the reason. */
  readonly skip?: Readonly<Partial<Record<MonitorCase, string>>>
}

export type MonitorCase = 'probe' | 'samples' | 'abort' | 'break' | 'aborted before'

export function testMonitor(
  name: string,
  { works, fails = {}, everyMs = 20, skip = {} }: MonitorSuite,
): void {
  const check = (title: MonitorCase, run: () => Promise<void>) => {
    const reason = skip[title]
    test.skipIf(reason !== undefined)(`${name}: ${title}${reason === undefined ? '' : ` (${reason})`}`, run)
  }

  check('probe', async () => {
    const probe = await (await works()).probe()
    if (!probe.ok) throw new Error(probe.reason)
    expect(probe.tool).not.toBe('')
    checkSample({ at: Date.now(), gpus: probe.gpus })
  })

  check('samples', async () => {
    const began = Date.now()
    const samples = await take(await works(), 3, everyMs)
    expect(samples).toHaveLength(3)
    for (const sample of samples) checkSample(sample)
    const times = samples.map(({ at }) => at)
    expect(times).toEqual([...times].sort((one, other) => one - other))
    expect(times[0]).toBeGreaterThanOrEqual(began)
    expect(times.at(-1)).toBeLessThanOrEqual(Date.now())
  })

  check('abort', async () => {
    const stop = new AbortController()
    for await (const _sample of (await works()).samples(stop.signal, everyMs)) stop.abort()
    expect(stop.signal.aborted).toBe(true)
  })

  check('break', async () => {
    for await (const _sample of (await works()).samples(new AbortController().signal, everyMs)) break
  })

  check('aborted before', async () => {
    for await (const _sample of (await works()).samples(AbortSignal.abort(), everyMs)) {
      throw new Error('a sample after the end')
    }
  })

  for (const [way, make] of Object.entries(fails)) {
    test(`${name}: a tool that fails (${way}) is told by the probe and has no samples`, async () => {
      const monitor = await make()
      const probe = await monitor.probe()
      expect(probe.ok).toBe(false)
      expect(!probe.ok && probe.reason).toMatch(/\S/)
      expect(await take(monitor, 1, everyMs)).toEqual([])
    })
  }
}

/** Readings are in range, finite, and absent where unknown. */
export function checkSample({ at, gpus }: GpuSample): void {
  expect(Number.isFinite(at)).toBe(true)
  expect(gpus.length).toBeGreaterThan(0)
  expect(new Set(gpus.map(({ index }) => index)).size).toBe(gpus.length)
  for (const { index, name, ...readings } of gpus) {
    expect(Number.isInteger(index)).toBe(true)
    expect(name).not.toBe('')
    for (const [reading, value] of Object.entries(readings)) {
      expect(Number.isFinite(value), reading).toBe(true)
      if (reading !== 'temperatureCelsius') expect(value, reading).toBeGreaterThanOrEqual(0)
    }
    expect(readings.utilizationPercent ?? 0).toBeLessThanOrEqual(100)
    expect(readings.memoryUsedGb ?? 0).toBeLessThanOrEqual(readings.memoryTotalGb ?? Number.POSITIVE_INFINITY)
  }
}

async function take(monitor: GpuMonitor, count: number, everyMs: number): Promise<GpuSample[]> {
  const taken: GpuSample[] = []
  for await (const sample of monitor.samples(new AbortController().signal, everyMs)) {
    taken.push(sample)
    if (taken.length === count) break
  }
  return taken
}
