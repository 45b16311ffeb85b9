/** NVIDIA's `nvidia-smi`: one process for the whole span, which prints a line per GPU at each interval. */
import { setTimeout as sleep } from 'node:timers/promises'
import { gb, known, reading } from '../number.js'
import type { GpuMonitor, GpuReading, GpuSample } from '../spec.js'
import { lines, output } from '../tool.js'

export interface NvidiaSmiOptions {
  /** Name on PATH, or path. `nvidia-smi` by default. */
  readonly command?: string
  /** Milliseconds of silence after which the tool is given up: 10,000 by default. */
  readonly patienceMs?: number
  /** Milliseconds before a tool that ended is started again: 1,000 by default. */
  readonly restartMs?: number
}

const fields = [
  'index',
  'name',
  'utilization.gpu',
  'memory.used',
  'memory.total',
  'power.draw',
  'temperature.gpu',
]
const query = [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits']

/** A tool that ended this often in a row without one reading will not come to its senses. */
const fruitlessStarts = 3
/** The memory columns are in MiB. */
const mib = 2 ** 20

export const monitor: GpuMonitor = nvidiaSmi()

export function nvidiaSmi({
  command = 'nvidia-smi',
  patienceMs = 10_000,
  restartMs = 1000,
}: NvidiaSmiOptions = {}): GpuMonitor {
  return {
    name: 'nvidia-smi',
    async probe() {
      const ran = await output(command, query, { patienceMs })
      if (!ran.ok) return { ok: false, reason: ran.why }
      const gpus = ran.stdout.split(/\r?\n/).flatMap((line) => parseRow(line) ?? [])
      if (gpus.length === 0) return { ok: false, reason: `${command} names no GPU: run it to see why` }
      return { ok: true, tool: command, gpus }
    },
    async *samples(signal, everyMs = 500) {
      for (let fruitless = 0; fruitless < fruitlessStarts && !signal.aborted; ) {
        fruitless++
        const rows = lines(command, [...query, '-lms', String(everyMs)], {
          signal,
          patienceMs: everyMs + patienceMs,
        })
        for await (const sample of group(rows)) {
          fruitless = 0
          yield sample
        }
        await sleep(restartMs, undefined, { signal }).catch(() => {})
      }
    },
  }
}

/**
 * One line of the query's CSV.
 * @returns Undefined for what is no such line: an error message, a header, half a line.
 */
export function parseRow(line: string): GpuReading | undefined {
  const cells = line.split(',').map((cell) => cell.trim())
  const index = reading(cells[0], 0, 4096)
  if (index === undefined || !Number.isInteger(index) || cells.length < fields.length) return undefined
  // The tool quotes nothing: a comma too many can only be the name's.
  const [utilization, used, total, power, temperature] = cells.slice(-5)
  const gigabytes = (cell: string | undefined) => {
    const value = reading(cell, 0, 1e9)
    return value === undefined ? undefined : (value * mib) / gb
  }
  return {
    index,
    name: cells.slice(1, -5).join(', '),
    ...known({
      utilizationPercent: reading(utilization, 0, 100),
      memoryUsedGb: gigabytes(used),
      memoryTotalGb: gigabytes(total),
      powerWatts: reading(power, 0, 1e5),
      temperatureCelsius: reading(temperature, -50, 200),
    }),
  }
}

/** Lines to samples: an index seen before begins the next one. */
async function* group(rows: AsyncIterable<string>): AsyncGenerator<GpuSample, void> {
  let gpus: GpuReading[] = []
  let at = 0
  for await (const line of rows) {
    const row = parseRow(line)
    if (row === undefined) continue
    if (gpus.some(({ index }) => index === row.index)) {
      yield { at, gpus }
      gpus = []
    }
    if (gpus.length === 0) at = Date.now()
    gpus.push(row)
  }
  if (gpus.length > 0) yield { at, gpus }
}
