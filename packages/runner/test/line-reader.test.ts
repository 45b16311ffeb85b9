import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineReader } from '../src/local/line-reader.js'
import { tempFolder } from './world.js'

/** Around the sizes of the blocks that lines are read by. */
const length = fc.oneof(
  fc.nat(300),
  fc.integer({ min: 4000, max: 4200 }),
  fc.integer({ min: 60_000, max: 140_000 }),
)

test('each line is what was written there, in whatever order one looks, also while lines are added', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(length, { minLength: 1, maxLength: 40 }),
      fc.array(fc.nat(), { maxLength: 60 }),
      fc.nat(),
      async (lengths, looks, split) => {
        await using dir = await tempFolder()
        const path = join(dir.path, 'lines')
        const lines = lengths.map((size, i) => String(i % 10).repeat(size))
        const offsets = lines.map((_, i) => lines.slice(0, i).reduce((sum, line) => sum + line.length + 1, 0))
        const first = 1 + (split % lines.length)
        const written = (some: readonly string[]) => some.map((line) => `${line}\n`).join('')
        // The first line to come is half there.
        const [next = ''] = lines.slice(first)
        const half = next.slice(0, next.length / 2)
        await writeFile(path, written(lines.slice(0, first)) + half)
        await using reader = lineReader(path)
        const look = async (count: number) => {
          for (const at of [...looks.map((n) => n % count), ...lines.slice(0, count).keys()])
            expect((await reader.lineAt(offsets[at]!)).toString() === lines[at]).toBe(true)
        }
        await look(first)
        if (first === lines.length) return
        await appendFile(path, written(lines.slice(first)).slice(half.length))
        await look(lines.length)
      },
    ),
    { numRuns: 50 },
  )
})
