/** AMD's `rocm-smi`: one call for each sample, since it can't repeat by itself. */
import { setTimeout as sleep } from 'node:timers/promises'
import { gb, known, reading } from '../number.js'
import type { GpuMonitor, GpuReading } from '../spec.js'
import { output } from '../tool.js'

export interface RocmSmiOptions {
  /** Name on PATH, or path. `rocm-smi` by default. */
  readonly command?: string
  /** Milliseconds of silence after which the tool is given up: 10,000 by default. */
  readonly patienceMs?: number
}

const query = [
  '--showproductname',
  '--showuse',
  '--showmeminfo',
  'vram',
  '--showpower',
  '--showtemp',
  '--json',
]

/** A tool that fails this often in a row will not come to its senses. */
const fruitlessCalls = 5

export const monitor: GpuMonitor = rocmSmi()

export function rocmSmi({ command = 'rocm-smi', patienceMs = 10_000 }: RocmSmiOptions = {}): GpuMonitor {
  return {
    name: 'rocm-smi',
    async probe() {
      const ran = await output(command, query, { patienceMs })
      if (!ran.ok) return { ok: false, reason: ran.why }
      const gpus = parseReport(ran.stdout)
      if (gpus.length === 0) return { ok: false, reason: `${command} names no GPU: run it to see why` }
      return { ok: true, tool: command, gpus }
    },
    async *samples(signal, everyMs = 500) {
      for (let fruitless = 0; fruitless < fruitlessCalls && !signal.aborted; ) {
        const at = Date.now()
        const ran = await output(command, query, { signal, patienceMs })
        const gpus = ran.ok ? parseReport(ran.stdout) : []
        fruitless = gpus.length > 0 ? 0 : fruitless + 1
        if (gpus.length > 0) yield { at, gpus }
        await sleep(Math.max(0, at + everyMs - Date.now()), undefined, { signal }).catch(() => {})
      }
    },
  }
}

/** The names that releases have given each reading, newest first. */
const names = {
  name: ['Card Series', 'Card series', 'Card Model', 'Card model', 'Card SKU'],
  use: ['GPU use (%)'],
  used: ['VRAM Total Used Memory (B)'],
  total: ['VRAM Total Memory (B)'],
  power: [
    'Average Graphics Package Power (W)',
    'Current Socket Graphics Package Power (W)',
    'Current Graphics Package Power (W)',
  ],
  temperature: ['Temperature (Sensor edge) (C)', 'Temperature (Sensor junction) (C)'],
}

/** The tool's JSON: one object per card under `card0`, `card1`, … @returns None for what is not that. */
export function parseReport(json: string): GpuReading[] {
  const report = parse(json)
  return Object.entries(report).flatMap(([key, card]) => {
    const index = /^card(\d+)$/.exec(key)?.[1]
    if (index === undefined || typeof card !== 'object' || card === null) return []
    const cell = (of: keyof typeof names, least: number, most: number) =>
      names[of]
        .map((name) => reading((card as Record<string, unknown>)[name], least, most))
        .find((value) => value !== undefined)
    const gigabytes = (bytes: number | undefined) => (bytes === undefined ? undefined : bytes / gb)
    const name = names.name
      .map((key) => (card as Record<string, unknown>)[key])
      .find((value) => typeof value === 'string' && value !== 'N/A')
    return [
      {
        index: Number(index),
        name: String(name ?? `AMD GPU ${index}`),
        ...known({
          utilizationPercent: cell('use', 0, 100),
          memoryUsedGb: gigabytes(cell('used', 0, 1e15)),
          memoryTotalGb: gigabytes(cell('total', 0, 1e15)),
          powerWatts: cell('power', 0, 1e5),
          temperatureCelsius: cell('temperature', -50, 200),
        }),
      },
    ]
  })
}

function parse(json: string): object {
  try {
    // Some releases print warnings before it.
    const value: unknown = JSON.parse(json.slice(Math.max(0, json.indexOf('{'))))
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
