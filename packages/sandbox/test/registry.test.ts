import { readdirSync } from 'node:fs'
import { defaultLimits, driver, driverNames, strongest } from '@bench/sandbox'
import { expect, test } from 'vitest'

test('there is one adapter file for each name', () => {
  const files = readdirSync(new URL('../src/adapters', import.meta.url)).map((file) =>
    file.replace(/\.ts$/, ''),
  )
  expect([...driverNames].sort()).toEqual(files.sort())
})

test.each([...driverNames])('%s calls itself by its name', async (name) => {
  expect((await driver(name)).name).toBe(name)
})

test('an unknown name is answered with the nearest', async () => {
  await expect(driver('bublewrap')).rejects.toMatchObject({
    code: 'unknown_driver',
    message: expect.stringContaining('Did you mean "bubblewrap"?'),
  })
  await expect(driver('constructor')).rejects.toMatchObject({ code: 'unknown_driver' })
})

test('only process does not isolate, and it is never chosen', async () => {
  const open = await Promise.all(
    driverNames.map(async (name) => ((await driver(name)).isolates ? [] : [name])),
  )
  expect(open.flat()).toEqual(['process'])
  const choice = await strongest({ exclude: ['docker', 'bubblewrap', 'wasm'] })
  expect(choice).toEqual({ tried: [] })
})

test('the strongest is asked first, and what was asked is told', async () => {
  const choice = await strongest({ exclude: ['wasm'] })
  expect(choice.tried[0]?.name).toBe('docker')
  expect(choice.driver?.name).toBe(choice.tried.find(({ probe }) => probe.ok)?.name)
  for (const { probe } of choice.tried) if (!probe.ok) expect(probe.reason).not.toContain('\n')
})

test('the defaults are those of the documentation', () => {
  expect(defaultLimits).toEqual({
    timeoutSec: 10,
    memoryBytes: 536_870_912,
    pids: 64,
    cpus: 1,
    outputBytes: 1_048_576,
    diskBytes: 67_108_864,
  })
})
