import { driver } from '@bench/sandbox'
import { testForkServer } from '@bench/sandbox/testing'
import { withPython } from './python.js'
import { machineStaysAsItIs } from './untouched.js'

machineStaysAsItIs()

await withPython(await driver('process'), () =>
  testForkServer('process', () => driver('process'), { unprotected: true }),
)
