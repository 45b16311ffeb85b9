import { driver } from '@bench/sandbox'
import { testDriver } from '@bench/sandbox/testing'
import { describe, test } from 'vitest'
import { bubblewrap } from '../src/adapters/bubblewrap.js'

const probe = await (await driver('bubblewrap')).probe()

if (probe.ok) {
  testDriver('bubblewrap', () => driver('bubblewrap'))
  // As for an ordinary user: limits by process alone.
  testDriver('bubblewrap without control groups', () => bubblewrap({ cgroups: false }))
} else
  describe('bubblewrap', () => {
    test('is there to be tested', (context) => {
      if (process.env.CI) throw new Error(probe.reason)
      context.skip(probe.reason)
    })
  })
