import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { driver } from '@bench/sandbox'
import { testDriver } from '@bench/sandbox/testing'
import { expect, test } from 'vitest'
import { bubblewrap } from '../src/adapters/bubblewrap.js'
import { isMapped } from '../src/bubblewrap/child.js'
import { withPython } from './python.js'

const built = fileURLToPath(new URL('../dist/index.js', import.meta.url))

await withPython(await driver('bubblewrap'), () => {
  testDriver('bubblewrap', () => driver('bubblewrap'))
  // An ordinary user has none anyway (see as-user.test.ts).
  if (process.getuid?.() === 0)
    testDriver('bubblewrap without control groups', () => bubblewrap({ cgroups: false }))

  test.runIf(process.getuid?.() === 0)('root of a namespace that has no other user is told so', async () => {
    const code = `const { driver } = await import(${JSON.stringify(built)}); console.log((await (await driver('bubblewrap')).probe()).reason)`
    const args = ['--user', '--map-root-user', process.execPath, '--input-type=module', '-e', code]
    const { stdout } = await promisify(execFile)('unshare', args)
    expect(stdout).toMatch(/^bubblewrap: this user namespace has no user 65534 [^\n]+\n$/)
  })
})

test('the user that boxes are given to is looked for in the map of a user namespace', () => {
  expect(isMapped(65534, '         0          0 4294967295\n')).toBe(true)
  expect(isMapped(65534, '         0       1000          1\n')).toBe(false)
  expect(isMapped(65534, '0 1000 1\n1 100000 65536\n')).toBe(true)
  expect(isMapped(65534, '0 1000 1\n1 100000 65533\n')).toBe(false)
})
