import { driver } from '@bench/sandbox'
import { testForkServer } from '@bench/sandbox/testing'
import { bubblewrap } from '../src/adapters/bubblewrap.js'
import { withPython } from './python.js'

await withPython(await driver('bubblewrap'), () => {
  testForkServer('bubblewrap', () => driver('bubblewrap'))
  testForkServer('bubblewrap without control groups', () => bubblewrap({ cgroups: false }))
})
await withPython(await driver('docker'), () => testForkServer('docker', () => driver('docker')))
