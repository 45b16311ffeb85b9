import { driver } from '@bench/sandbox'
import { testDriver } from '@bench/sandbox/testing'
import { describe, test } from 'vitest'

const bubblewrap = await driver('bubblewrap')
const probe = await bubblewrap.probe()

if (probe.ok) testDriver('bubblewrap', () => bubblewrap)
else
  describe('bubblewrap', () => {
    test('is there to be tested', (context) => {
      if (process.env.CI) throw new Error(probe.reason)
      context.skip(probe.reason)
    })
  })
