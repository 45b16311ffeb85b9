import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildImage, cleanContainers, driver } from '@bench/sandbox'
import { testDriver } from '@bench/sandbox/testing'
import Docker from 'dockerode'
import { afterEach, describe, expect, test } from 'vitest'
import { docker } from '../src/adapters/docker.js'
import { engines } from './engines.js'

/** There, what connections hold is a count of its own, for which engines set no limit. */
const apart: Readonly<Record<string, string>> = existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes')
  ? Object.fromEntries(
      ['127.0.0.1', '::1'].map((address) => [
        `what connections to ${address} hold is the box’s memory`,
        'control groups of version 1 count it apart, and engines do not limit it',
      ]),
    )
  : {}

const skips = {
  docker: apart,
  podman: {
    ...apart,
    'empty files end at a number':
      'podman mounts no memory with a number of files: the limit of memory ends them',
    'folders within folders without end are left to the box, which closes': 'as above',
    'attributes of files take no room without end': 'as above',
    'no session of ours': 'a helper of podman leads it: another user, without a terminal',
  },
}

for (const { name, host, reason } of engines) {
  if (reason === undefined) testDriver(name, () => docker({ host }), { skip: skips[name] })
  else
    describe(name, () => {
      test('is there to be tested', (context) => {
        if (process.env.CI) throw new Error(reason)
        context.skip(reason)
      })
    })
}

const [engine] = engines
const there = engine !== undefined && engine.reason === undefined

test.runIf(there)('what a killed harness left is removed, and nothing of one that runs', async () => {
  const socket = new Docker({ socketPath: engine?.host.replace('unix://', '') ?? '' })
  const Image = await buildImage({ from: 'host' })
  const owned = (pid: number) =>
    socket.createContainer({ Image, Cmd: ['sh'], Labels: { 'bench.sandbox': String(pid) } })
  const [left, another] = [await owned(0), await owned(process.ppid)]
  try {
    expect(await cleanContainers()).toBeGreaterThan(0)
    await expect(left.inspect()).rejects.toMatchObject({ statusCode: 404 })
    expect(await another.inspect()).toMatchObject({ State: { Status: 'created' } })
  } finally {
    await another.remove({ force: true })
  }
})

describe('without an engine', () => {
  const { DOCKER_HOST } = process.env
  afterEach(() => {
    if (DOCKER_HOST === undefined) delete process.env.DOCKER_HOST
    else process.env.DOCKER_HOST = DOCKER_HOST
  })

  test('a socket where nobody listens is "not running"', async () => {
    process.env.DOCKER_HOST = 'unix:///tmp/bench-no-such-socket'
    const nobody = await driver('docker')
    const probe = await nobody.probe()
    expect(probe).toMatchObject({ ok: false, code: 'not_running' })
    expect(!probe.ok && probe.reason).toContain('/tmp/bench-no-such-socket')
    await expect(nobody.open()).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe.runIf(there)('what is missing is told by name', () => {
  afterEach(() => {
    delete process.env.BENCH_SANDBOX_IMAGE
    delete process.env.BENCH_SANDBOX_RUNTIME
  })

  test('an image', async () => {
    process.env.BENCH_SANDBOX_IMAGE = 'bench/absent:1'
    const missing = await docker().probe()
    expect(missing).toMatchObject({ ok: false, code: 'image_missing' })
    expect(!missing.ok && missing.reason).toContain('bench/absent:1')
  })

  test('a runtime', async () => {
    process.env.BENCH_SANDBOX_RUNTIME = 'no-such-runtime'
    const missing = await docker().probe()
    expect(missing).toMatchObject({ ok: false, code: 'unsupported' })
    expect(!missing.ok && missing.reason).toContain('no-such-runtime')
  })
})

describe.runIf(there)('what an image has', () => {
  const { BENCH_CACHE } = process.env
  afterEach(() => {
    if (BENCH_CACHE === undefined) delete process.env.BENCH_CACHE
    else process.env.BENCH_CACHE = BENCH_CACHE
  })

  test('is asked once, and again where what was written down is not to be read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-cache-'))
    try {
      process.env.BENCH_CACHE = folder
      const runtimes = async () => {
        await using box = await docker().open()
        return box.runtimes
      }
      const asked = await runtimes()
      const [file = ''] = await readdir(join(folder, 'images'))
      const path = join(folder, 'images', file)
      expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(asked)
      await writeFile(path, '{"python":{"command":"/elsewhere","version":"3.0"}}')
      expect(await runtimes()).toEqual({ python: { command: '/elsewhere', version: '3.0' } })
      const probe = await docker().probe()
      expect(probe.ok && probe.runtimes, 'a probe always asks').toEqual(asked)
      await writeFile(path, '{"python":')
      expect(await runtimes()).toEqual(asked)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe.runIf(there)('an image', () => {
  test('of the same content is the same, and not made again', async () => {
    const name = await buildImage({ from: 'host' })
    expect(name).toMatch(/^bench\/sandbox:[0-9a-f]{12}$/)
    expect(await buildImage({ from: 'host' })).toBe(name)
  })

  test('is made of another, without its settings', async () => {
    const socket = new Docker({ socketPath: engine?.host.replace('unix://', '') ?? '' })
    const base = await buildImage({ from: 'host' })
    const name = await buildImage({ base })
    try {
      expect(name).not.toBe(base)
      const { Config } = await socket.getImage(name).inspect()
      expect([Config.Volumes, Config.Entrypoint, Config.User]).toEqual([null, null, ''])
      const probe = await docker().probe()
      expect(probe.ok && Object.keys(probe.runtimes)).toEqual(['python', 'node'])
    } finally {
      await socket.getImage(name).remove({ force: true })
    }
  })
})
