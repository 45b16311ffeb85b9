import { buildImage, driver } from '@bench/sandbox'
import { testDriver } from '@bench/sandbox/testing'
import { describe, test } from 'vitest'

const docker = await driver('docker')
let probe = await docker.probe()
if (!probe.ok && probe.code === 'image_missing' && process.platform === 'linux') {
  await buildImage({ from: 'host' })
  probe = await docker.probe()
}

if (probe.ok) testDriver('docker', () => docker)
else {
  const { reason } = probe
  describe('docker', () => {
    test('is there to be tested', (context) => {
      if (process.env.CI) throw new Error(reason)
      context.skip(reason)
    })
  })
}
