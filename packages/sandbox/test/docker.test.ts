import { buildImage, cleanContainers, driver } from '@bench/sandbox'
import { testDriver } from '@bench/sandbox/testing'
import Docker from 'dockerode'
import { afterEach, describe, expect, test } from 'vitest'

const docker = await driver('docker')
let probe = await docker.probe()
if ((probe.ok || probe.code === 'image_missing') && process.platform === 'linux') {
  await buildImage({ from: 'host' })
  probe = await docker.probe()
}

if (probe.ok) {
  testDriver('docker', () => docker)

  test('what a killed harness left is removed', async () => {
    const engine = new Docker({
      socketPath: process.env.DOCKER_HOST?.replace('unix://', '') ?? '/var/run/docker.sock',
    })
    const Labels = { 'bench.sandbox': '0' }
    const left = await engine.createContainer({
      Image: await buildImage({ from: 'host' }),
      Cmd: ['sh'],
      Labels,
    })
    expect(await cleanContainers()).toBeGreaterThan(0)
    await expect(left.inspect()).rejects.toMatchObject({ statusCode: 404 })
  })
} else {
  const { reason } = probe
  describe('docker', () => {
    test('is there to be tested', (context) => {
      if (process.env.CI) throw new Error(reason)
      context.skip(reason)
    })
  })
}

describe('without an engine', () => {
  const { DOCKER_HOST } = process.env
  afterEach(() => {
    if (DOCKER_HOST === undefined) delete process.env.DOCKER_HOST
    else process.env.DOCKER_HOST = DOCKER_HOST
  })

  test('a socket where nobody listens is "not running"', async () => {
    process.env.DOCKER_HOST = 'unix:///tmp/bench-no-such-socket'
    const probe = await docker.probe()
    expect(probe).toMatchObject({ ok: false, code: 'not_running' })
    expect(!probe.ok && probe.reason).toContain('/tmp/bench-no-such-socket')
    await expect(docker.open()).rejects.toMatchObject({ code: 'unavailable' })
  })
})

test.runIf(probe.ok)('an image that is not there is told by name', async () => {
  process.env.BENCH_SANDBOX_IMAGE = 'bench/absent:1'
  try {
    const missing = await docker.probe()
    expect(missing).toMatchObject({ ok: false, code: 'image_missing' })
    expect(!missing.ok && missing.reason).toContain('bench/absent:1')
  } finally {
    delete process.env.BENCH_SANDBOX_IMAGE
  }
})
