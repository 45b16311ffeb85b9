import { driver } from '@bench/sandbox'
import { testForkServer } from '@bench/sandbox/testing'
import { withPython } from './python.js'

await withPython(await driver('process'), () =>
  testForkServer('process', () => driver('process'), { unprotected: true }),
)
