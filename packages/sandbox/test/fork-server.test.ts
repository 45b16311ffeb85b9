import { driver } from '@bench/sandbox'
import { testForkServer } from '@bench/sandbox/testing'
import { describe, test } from 'vitest'
import { bubblewrap } from '../src/adapters/bubblewrap.js'
import { docker } from '../src/adapters/docker.js'
import { engines } from './engines.js'
import { withPython } from './python.js'

await withPython(await driver('bubblewrap'), () => {
  testForkServer('bubblewrap', () => driver('bubblewrap'))
  // As for an ordinary user: memory is watched.
  testForkServer('bubblewrap without control groups', () => bubblewrap({ cgroups: false }))
})

for (const { name, host, reason } of engines)
  if (reason === undefined) testForkServer(name, () => docker({ host }))
  else
    describe(name, () => {
      test('is there to be tested', (context) => {
        if (process.env.CI) throw new Error(reason)
        context.skip(reason)
      })
    })
