import { driver } from '@bench/sandbox'
import { testDriver } from '@bench/sandbox/testing'
import { bubblewrap } from '../src/adapters/bubblewrap.js'
import { withPython } from './python.js'

await withPython(await driver('bubblewrap'), () => {
  testDriver('bubblewrap', () => driver('bubblewrap'))
  // As for an ordinary user: limits by process alone.
  testDriver('bubblewrap without control groups', () => bubblewrap({ cgroups: false }))
})
