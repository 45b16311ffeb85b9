import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { parseReport, rocmSmi } from '../src/adapters/rocm-smi.js'
import type { GpuReading } from '../src/spec.js'
import { checkSample, testMonitor } from '../src/testing.js'
import { namesOf, printing, recording, standIn } from './recordings.js'

const card = {
  'Card series': 'Radeon',
  'GPU use (%)': '50',
  'VRAM Total Memory (B)': String(16 * 2 ** 30),
  'VRAM Total Used Memory (B)': String(2 ** 30),
  'Average Graphics Package Power (W)': '99.5',
  'Temperature (Sensor edge) (C)': '39.0',
}

describe('a report', () => {
  test('is read with its units turned into ours, warnings before it and all', () => {
    const report = `WARNING: AMD GPU device(s) is/are in a low-power state\n${JSON.stringify({ card1: card, system: {} })}`
    expect(parseReport(report)).toEqual([
      {
        index: 1,
        name: 'Radeon',
        utilizationPercent: 50,
        memoryUsedGb: 1,
        memoryTotalGb: 16,
        powerWatts: 99.5,
        temperatureCelsius: 39,
      },
    ])
  })

  test.each(['', '[]', 'null', '{"card0":null}', '{"card":{}}', '{"card0":', '\u0000'])(
    '%j names no GPU',
    (report) => {
      expect(parseReport(report)).toEqual([])
    },
  )

  test('keeps a card that tells nothing', () => {
    expect(parseReport('{"card0":{"GPU use (%)":"N/A","Card series":"N/A"}}')).toEqual([
      { index: 0, name: 'AMD GPU 0' },
    ])
  })

  test('whatever it is, is read without throwing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((value) => `{"card0":${value}}`),
        ),
        (report) => {
          for (const { name } of parseReport(report)) expect(name).toBeTypeOf('string')
        },
      ),
    )
  })
})

/** What a person reads in each recording, card by card. */
const seen: Record<string, Pick<GpuReading, 'powerWatts' | 'temperatureCelsius' | 'memoryUsedGb'>[]> = {
  'mi100_rocm602.json': [
    [36, 53],
    [44, 55],
    [43, 54],
    [39, 51],
  ].map(([powerWatts = 0, temperatureCelsius = 0]) => ({
    powerWatts,
    temperatureCelsius,
    memoryUsedGb: 6750208 / 2 ** 30,
  })),
  'rx6700xt_rocm571.json': [{ powerWatts: 6, temperatureCelsius: 45, memoryUsedGb: 1564491776 / 2 ** 30 }],
  // Its power: "N/A (Secondary die)".
  'rx6700xt_rocm602.json': [{ temperatureCelsius: 45, memoryUsedGb: 1572757504 / 2 ** 30 }],
  'vega-10-XT.json': [{ powerWatts: 15, temperatureCelsius: 39, memoryUsedGb: 17776640 / 2 ** 30 }],
}

describe.each(namesOf('telegraf', '.json'))('recording %s', (name) => {
  test('is read', () => {
    const gpus = parseReport(recording('telegraf', name))
    checkSample({ at: 0, gpus })
    const read = gpus.map(
      ({ index: _, name: __, utilizationPercent: ___, memoryTotalGb: ____, ...rest }) => rest,
    )
    expect(read).toEqual(seen[name])
    expect(gpus.every(({ utilizationPercent }) => utilizationPercent === 0)).toBe(true)
  })
})

describe('the tool as a process', async () => {
  const [works, noDriver, hangs] = await Promise.all([
    standIn('rocm-smi', printing(JSON.stringify({ card0: card }))),
    standIn('rocm-smi', 'console.log("ERROR: no driver"); process.exit(2)'),
    standIn('rocm-smi', 'setInterval(() => {}, 1000)'),
  ])
  afterAll(async () => {
    for (const script of [works, noDriver, hangs]) await script[Symbol.asyncDispose]()
  })

  testMonitor('rocm-smi', {
    works: () => rocmSmi({ command: works.command }),
    fails: {
      'not there': () => rocmSmi({ command: '/nowhere/rocm-smi' }),
      'no driver': () => rocmSmi({ command: noDriver.command }),
      hangs: () => rocmSmi({ command: hangs.command, patienceMs: 50 }),
    },
  })
})
