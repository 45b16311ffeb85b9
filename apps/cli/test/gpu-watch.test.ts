import { chmod, readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { gpuLine, watchGpu } from '../src/progress/gpu-watch.js'
import { folder } from './cli.js'

afterEach(() => vi.unstubAllEnvs())

test.skipIf(process.platform === 'win32')(
  'what nvidia-smi prints is shown, and it is ended with the watch',
  async () => {
    await using at = await folder()
    await at.file(
      'nvidia-smi',
      `#!/bin/sh
echo '0, NVIDIA H200, 91, 6246, 143771, 412.50, 61'
case "$*" in *-lms*) echo $$ >'${join(at.path, 'pid')}'; while sleep 0.05; do echo '0, NVIDIA H200, 91, 6246, 143771, 412.50, 61'; done;; esac
`,
    )
    await chmod(join(at.path, 'nvidia-smi'), 0o755)
    vi.stubEnv('PATH', `${at.path}${delimiter}${process.env.PATH}`)
    const gpu = watchGpu()
    await vi.waitFor(() => expect(gpu.line()).toBe('GPU 91 % 6.1 GB'), { timeout: 20_000 })
    const pid = Number(await readFile(join(at.path, 'pid'), 'utf8'))
    gpu[Symbol.dispose]()
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), { timeout: 20_000 })
  },
)

test.skipIf(process.platform === 'win32')('where there is no tool there is no line', async () => {
  await using at = await folder()
  vi.stubEnv('PATH', at.path)
  using gpu = watchGpu()
  expect(gpu.line()).toBeUndefined()
})

test('several GPUs are one figure, and what one of them does not tell is left out', () => {
  const gpu = { index: 0, name: 'a', utilizationPercent: 80, memoryUsedGb: 10 }
  const at = Date.now()
  expect(gpuLine({ at, gpus: [gpu, { ...gpu, index: 1, utilizationPercent: 40 }] })).toBe(
    '2 GPUs 60 % 20.0 GB',
  )
  expect(gpuLine({ at, gpus: [gpu, { index: 1, name: 'b', memoryUsedGb: 1 }] })).toBe('2 GPUs 11.0 GB')
  expect(gpuLine({ at, gpus: [{ index: 0, name: 'b' }] })).toBeUndefined()
  expect(gpuLine({ at, gpus: [] })).toBeUndefined()
})
