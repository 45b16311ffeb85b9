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

const skips = {
  docker: {},
  podman: {
    'empty files end at a number, and are gone for the next':
      'podman mounts no memory with a number of files: the limit of memory ends them',
  },
}

for (const { name, host, reason } of engines)
  if (reason === undefined) testForkServer(name, () => docker({ host }), { skip: skips[name] })
  else
    describe(name, () => {
      test('is there to be tested', (context) => {
        if (process.env.CI) throw new Error(reason)
        context.skip(reason)
      })
    })
