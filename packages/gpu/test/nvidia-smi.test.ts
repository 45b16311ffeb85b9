import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { nvidiaSmi, parseRow } from '../src/adapters/nvidia-smi.js'
import { checkSample, testMonitor } from '../src/testing.js'
import { namesOf, printing, queryRows, recording, standIn, withoutUnits } from './recordings.js'

const twoGpus = '0, NVIDIA H200, 97, 2048, 143771, 412.50, 61\n1, NVIDIA H200, 3, 1024, 143771, 80.00, 33\n'

describe('a line of the query', () => {
  test('is read with its units turned into ours', () => {
    expect(parseRow('0, NVIDIA H200, 97, 2048, 143771, 412.50, 61')).toEqual({
      index: 0,
      name: 'NVIDIA H200',
      utilizationPercent: 97,
      memoryUsedGb: 2,
      memoryTotalGb: 143771 / 1024,
      powerWatts: 412.5,
      temperatureCelsius: 61,
    })
  })

  test.each([
    '[N/A]',
    'N/A',
    '[Not Supported]',
    '[Unknown Error]',
    'ERR!',
    '',
    '-1',
    'NaN',
    'Infinity',
    '1e999',
  ])('with %j for every reading has the GPU and no reading', (cell) => {
    const line = ['3', 'Tesla K80', ...Array(5).fill(cell)].join(', ')
    const { temperatureCelsius: _, ...gpu } = parseRow(line) ?? {}
    expect(gpu).toEqual({ index: 3, name: 'Tesla K80' })
  })

  test.each([
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
    'index, name, utilization.gpu [%], memory.used [MiB], memory.total [MiB], power.draw [W], temperature.gpu',
    '0, NVIDIA H2',
    '1.5, A, 1, 1, 1, 1, 1',
    '',
    '\u0000\uFFFD',
  ])('%j is none', (line) => {
    expect(parseRow(line)).toBeUndefined()
  })

  test('keeps a comma in the name, zero apart from unknown, and ignores the carriage return of Windows', () => {
    expect(parseRow('0, Odd, Inc. GPU, 0, 0, 24576, [N/A], 0\r')).toEqual({
      index: 0,
      name: 'Odd, Inc. GPU',
      utilizationPercent: 0,
      memoryUsedGb: 0,
      memoryTotalGb: 24,
      temperatureCelsius: 0,
    })
  })

  test('whatever it is, is read without throwing and within range', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.oneof(fc.string(), fc.double().map(String))).map((cells) => cells.join(', ')),
        ),
        (line) => {
          const gpu = parseRow(line)
          if (gpu !== undefined && gpu.name !== '') {
            const { memoryTotalGb: _, ...rest } = gpu
            checkSample({ at: 0, gpus: [rest] })
          }
        },
      ),
    )
  })
})

describe.each(namesOf('nvidia-smi', '.txt').filter((name) => name.includes('__')))('recording %s', (name) => {
  test.each(['idle', 'load'] as const)('%s', (state) => {
    const rows = queryRows(recording('nvidia-smi', name), state)
    expect(rows.length).toBeGreaterThan(0)
    const gpus = withoutUnits(rows).trimEnd().split('\n').map(parseRow)
    // With the units, as drivers print them that do not know `nounits` for a column.
    expect(rows.map((cells) => parseRow(cells.join(', ')))).toEqual(gpus)
    for (const [index, gpu] of gpus.entries()) {
      if (gpu === undefined) throw new Error(`not read: ${rows[index]}`)
      checkSample({ at: 0, gpus: [gpu] })
      const [, model, utilization, used] = rows[index] ?? []
      expect(gpu.name).toBe(model)
      expect((gpu.memoryUsedGb ?? Number.NaN) * 1024).toBeCloseTo(Number.parseFloat(used ?? ''), 6)
      // A GPU cut into MIG devices does not tell how busy it is.
      expect(gpu.utilizationPercent).toBe(
        name.includes('-mig__') ? undefined : Number.parseFloat(utilization ?? ''),
      )
      expect(gpu.powerWatts).toBeGreaterThan(0)
    }
  })
})

describe('the tool as a process', async () => {
  const [works, noDriver, garbage, hangs] = await Promise.all([
    standIn('nvidia-smi', printing(twoGpus)),
    standIn('nvidia-smi', 'console.log("NVIDIA-SMI has failed"); process.exit(9)'),
    standIn('nvidia-smi', 'process.stdout.write(Buffer.alloc(3_000_000, 0xff))'),
    standIn('nvidia-smi', 'setInterval(() => {}, 1000)'),
  ])
  afterAll(async () => {
    for (const script of [works, noDriver, garbage, hangs]) await script[Symbol.asyncDispose]()
  })

  testMonitor('nvidia-smi', {
    works: () => nvidiaSmi({ command: works.command }),
    fails: {
      'not there': () => nvidiaSmi({ command: '/nowhere/nvidia-smi', restartMs: 1 }),
      'no driver': () => nvidiaSmi({ command: noDriver.command, restartMs: 1 }),
      garbage: () => nvidiaSmi({ command: garbage.command, restartMs: 1 }),
      hangs: () => nvidiaSmi({ command: hangs.command, restartMs: 1, patienceMs: 100 }),
    },
  })

  test('the probe says what the tool said', async () => {
    expect(await nvidiaSmi({ command: noDriver.command }).probe()).toEqual({
      ok: false,
      reason: `${noDriver.command} ended with 9: NVIDIA-SMI has failed`,
    })
    expect(await nvidiaSmi({ command: '/nowhere/nvidia-smi' }).probe()).toEqual({
      ok: false,
      reason: '/nowhere/nvidia-smi is not on PATH',
    })
  })

  test('a sample holds every GPU once, however the tool cuts what it prints', async () => {
    await using drips = await standIn(
      'nvidia-smi',
      `const text = ${JSON.stringify(twoGpus.replaceAll('\n', '\r\n').repeat(3))}
       let at = 0
       const next = () => at < text.length && process.stdout.write(text[at++], () => setImmediate(next))
       next()`,
    )
    const samples = []
    for await (const sample of nvidiaSmi({ command: drips.command, restartMs: 1 }).samples(
      new AbortController().signal,
    )) {
      samples.push(sample.gpus)
      if (samples.length === 3) break
    }
    const both = twoGpus.trimEnd().split('\n').map(parseRow)
    expect(samples).toEqual([both, both, both])
  })

  test('a tool that dies in the middle is started again', async () => {
    await using dies = await standIn(
      'nvidia-smi',
      `process.stdout.write(${JSON.stringify(twoGpus)}, () => process.exit(1))`,
    )
    let samples = 0
    for await (const { gpus } of nvidiaSmi({ command: dies.command, restartMs: 1 }).samples(
      new AbortController().signal,
    )) {
      expect(gpus).toHaveLength(2)
      if (++samples === 4) break
    }
    expect(samples).toBe(4)
  })

  test.each(['break', 'abort'] as const)('is gone after %s', async (way) => {
    await using tells = await standIn(
      'nvidia-smi',
      `require('node:fs').writeFileSync(__dirname + '/pid', String(process.pid))\n${printing(twoGpus)}`,
    )
    const stop = new AbortController()
    for await (const _sample of nvidiaSmi({ command: tells.command }).samples(stop.signal, 10)) {
      if (way === 'break') break
      stop.abort()
    }
    const pid = Number(readFileSync(join(tells.folder, 'pid'), 'utf8'))
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  test('is told no keys', async () => {
    await using tells = await standIn(
      'nvidia-smi',
      `require('node:fs').writeFileSync(__dirname + '/env', JSON.stringify(process.env))\n${printing(twoGpus)}`,
    )
    vi.stubEnv('BENCH_CANARY_API_KEY', 'sk-canary')
    await nvidiaSmi({ command: tells.command }).probe()
    vi.unstubAllEnvs()
    expect(readFileSync(join(tells.folder, 'env'), 'utf8')).not.toContain('canary')
  })
})
