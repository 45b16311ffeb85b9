import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GpuReading, GpuSample } from '../src/spec.js'
import { summarise } from '../src/summary.js'

const sample = (at: number, ...gpus: Omit<GpuReading, 'index' | 'name'>[]): GpuSample => ({
  at,
  gpus: gpus.map((gpu, index) => ({ index, name: 'GPU', ...gpu })),
})

describe('a span', () => {
  test('without samples says so and nothing else', () => {
    expect(summarise([])).toEqual({ samples: 0 })
  })

  test('whose GPUs tell nothing has no figures: unknown is not zero', () => {
    expect(summarise([sample(0, {}), sample(500, {})])).toEqual({ samples: 2 })
  })

  test('at rest is zero, not absent', () => {
    expect(
      summarise([
        sample(0, { utilizationPercent: 0, memoryUsedGb: 0, powerWatts: 0 }),
        sample(1, { utilizationPercent: 0, memoryUsedGb: 0, powerWatts: 0 }),
      ]),
    ).toEqual({
      samples: 2,
      avg_utilization: 0,
      peak_utilization: 0,
      avg_memory_used: 0,
      peak_memory_used: 0,
      energy_joules: 0,
    })
  })

  test('means utilisation over GPUs, adds up memory and power', () => {
    const span = [
      sample(
        0,
        { utilizationPercent: 100, memoryUsedGb: 10, powerWatts: 300 },
        { utilizationPercent: 0, memoryUsedGb: 2, powerWatts: 100 },
      ),
      sample(
        2000,
        { utilizationPercent: 100, memoryUsedGb: 14, powerWatts: 400 },
        { utilizationPercent: 50, memoryUsedGb: 2, powerWatts: 200 },
      ),
    ]
    expect(summarise(span)).toEqual({
      samples: 2,
      avg_utilization: 62.5,
      peak_utilization: 75,
      avg_memory_used: 14,
      peak_memory_used: 16,
      energy_joules: 1000,
    })
  })

  test('needs two power readings for energy', () => {
    expect(summarise([sample(0, { powerWatts: 300 })])).toEqual({ samples: 1 })
  })

  test('leaves out a GPU that never tells, and a sample where one that tells kept silent', () => {
    const span = [
      sample(0, { memoryUsedGb: 8 }, {}, { memoryUsedGb: 4 }),
      sample(1, { memoryUsedGb: 8 }, {}, {}),
    ]
    expect(summarise(span)).toEqual({ samples: 2, avg_memory_used: 12, peak_memory_used: 12 })
  })
})

const readings = fc.record(
  {
    utilizationPercent: fc.double({ min: 0, max: 100, noNaN: true }),
    memoryUsedGb: fc.double({ min: 0, max: 200, noNaN: true }),
    powerWatts: fc.double({ min: 0, max: 1000, noNaN: true }),
  },
  { requiredKeys: [] },
)
const spans = fc.array(
  fc
    .tuple(fc.nat(1e6), fc.array(readings, { minLength: 1, maxLength: 4 }))
    .map(([at, gpus]) => sample(at, ...gpus)),
  { maxLength: 30 },
)

describe('for any span', () => {
  test('figures are finite, in range, and no mean is above its peak', () => {
    fc.assert(
      fc.property(spans, (span) => {
        const { samples, ...figures } = summarise(span)
        expect(samples).toBe(span.length)
        for (const figure of Object.values(figures)) expect(figure).toBeGreaterThanOrEqual(0)
        for (const figure of Object.values(figures)) expect(Number.isFinite(figure)).toBe(true)
        expect(figures.peak_utilization ?? 0).toBeLessThanOrEqual(100 + 1e-9)
        expect(figures.avg_utilization ?? 0).toBeLessThanOrEqual((figures.peak_utilization ?? 0) + 1e-9)
        expect(figures.avg_memory_used ?? 0).toBeLessThanOrEqual((figures.peak_memory_used ?? 0) + 1e-9)
        expect('avg_utilization' in figures).toBe('peak_utilization' in figures)
        expect('avg_memory_used' in figures).toBe('peak_memory_used' in figures)
      }),
    )
  })

  test('the order in which samples and GPUs come is of no account', () => {
    // Each time once: which of two samples of the same millisecond is first is not told.
    const distinct = fc
      .uniqueArray(fc.tuple(fc.nat(1e6), fc.array(readings, { minLength: 1, maxLength: 4 })), {
        selector: ([at]) => at,
        maxLength: 20,
      })
      .map((pairs) => pairs.map(([at, gpus]) => sample(at, ...gpus)))
    fc.assert(
      fc.property(distinct, (span) => {
        const turned = [...span].reverse().map(({ at, gpus }) => ({ at, gpus: [...gpus].reverse() }))
        const [one, other] = [summarise(span), summarise(turned)]
        expect(Object.keys(other).sort()).toEqual(Object.keys(one).sort())
        for (const [key, value] of Object.entries(one))
          expect(other[key as keyof typeof other]).toBeCloseTo(value, 6)
      }),
    )
  })

  test('steady power is power times time, however often it is read', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1000, noNaN: true }),
        fc.uniqueArray(fc.nat(1e6), { minLength: 2 }),
        (powerWatts, times) => {
          const { energy_joules } = summarise(times.map((at) => sample(at, { powerWatts })))
          const seconds = (Math.max(...times) - Math.min(...times)) / 1000
          expect(energy_joules).toBeCloseTo(powerWatts * seconds, 3)
        },
      ),
    )
  })
})
