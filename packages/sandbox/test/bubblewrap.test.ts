import { driver } from '@bench/sandbox'
import { testDriver } from '@bench/sandbox/testing'
import { bubblewrap } from '../src/adapters/bubblewrap.js'
import { withPython } from './python.js'

await withPython(await driver('bubblewrap'), () => {
  testDriver('bubblewrap', () => driver('bubblewrap'))
  // An ordinary user has none anyway (see as-user.test.ts).
  if (process.getuid?.() === 0)
    testDriver('bubblewrap without control groups', () => bubblewrap({ cgroups: false }))
})
