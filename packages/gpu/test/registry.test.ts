import { readdirSync } from 'node:fs'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { monitor, monitorNames } from '../src/index.js'
import { printing, standIn } from './recordings.js'

afterEach(() => vi.unstubAllEnvs())

const nvidia = printing('0, NVIDIA H200, 97, 2048, 143771, 412.50, 61\n')
const amd = printing('{"card0":{"Card series":"Radeon"}}')

test('every adapter is registered', () => {
  const folder = fileURLToPath(new URL('../src/adapters', import.meta.url))
  expect([...monitorNames].sort()).toEqual(
    readdirSync(folder)
      .map((file) => file.replace('.ts', ''))
      .sort(),
  )
})

test('the tool found on PATH is used', async () => {
  await using tool = await standIn('rocm-smi', amd)
  vi.stubEnv('PATH', tool.folder)
  expect((await monitor()).name).toBe('rocm-smi')
})

test('the first that works is used, past one that does not', async () => {
  await using broken = await standIn('nvidia-smi', 'process.exit(9)')
  await using works = await standIn('rocm-smi', amd)
  vi.stubEnv('PATH', [broken.folder, works.folder].join(delimiter))
  expect((await monitor()).name).toBe('rocm-smi')
  await using better = await standIn('nvidia-smi', nvidia)
  vi.stubEnv('PATH', [better.folder, works.folder].join(delimiter))
  expect((await monitor()).name).toBe('nvidia-smi')
})

test('without any tool there is a monitor that says so and has no samples', async () => {
  vi.stubEnv('PATH', '/nowhere')
  const none = await monitor()
  expect(await none.probe()).toEqual({
    ok: false,
    reason: 'nvidia-smi is not on PATH; rocm-smi is not on PATH',
  })
  for await (const sample of none.samples(new AbortController().signal))
    throw new Error(JSON.stringify(sample))
})
