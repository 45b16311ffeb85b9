import { appendFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openInFlight } from '../src/index.js'
import { tempFolder } from './world.js'

const keyOf = (n: number): string => `key-${n}`.padEnd(22, '_')

test('what began and did not end is known to the next that opens it, and to those after, however often', async () => {
  const step = fc.record({ what: fc.constantFrom('begin', 'end', 'die', 'tear'), key: fc.nat(5).map(keyOf) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      await using dir = await tempFolder()
      const file = join(dir.path, 'in-flight')
      const underWay = new Set<string>()
      let most = 0
      let inFlight = await openInFlight(dir.path)
      for (const { what, key } of steps) {
        if (what === 'begin') {
          inFlight.begin(key)
          underWay.add(key)
          most = Math.max(most, underWay.size)
        } else if (what === 'end') {
          inFlight.end(key)
          underWay.delete(key)
        } else {
          await inFlight[Symbol.asyncDispose]()
          // Half a key, as a crash leaves it: of a request that never left.
          if (what === 'tear') {
            await appendFile(file, 'key-')
            most++
          }
          inFlight = await openInFlight(dir.path)
          expect([...inFlight.cutOff].sort()).toEqual([...underWay].sort())
        }
      }
      await inFlight[Symbol.asyncDispose]()
      // As small as what was under way at once.
      expect((await stat(file)).size).toBeLessThanOrEqual(23 * (most + 1))
    }),
    { numRuns: 60 },
  )
})
