import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataset, taskHash } from '@bench/datasets'
import { afterAll, beforeAll, expect, it } from 'vitest'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ds-'))
})
afterAll(() => rm(dir, { recursive: true }))
it('humaneval', async () => {
  const d = await openDataset('../shared/data/humaneval/HumanEval.jsonl.gz')
  console.log(d)
  let n = 0
  for await (const t of d.tasks()) {
    if (n++ === 0) console.log(t, taskHash(t))
  }
  expect(n).toBe(164)
})
it('json', async () => {
  const p = join(dir, 'x.json')
  await writeFile(
    p,
    JSON.stringify({
      name: 'x',
      version: '1',
      test_cases: [
        { id: 'a-{{n}}', prompt: 'hi {{ n }} {{z}}', variables: { n: 3 }, expected: '{{n}}' },
        {
          id: 'b',
          prompt: 'x',
          code: { entry_point: 'f', test_cases: [{ input: [1], expected_output: 2 }] },
        },
      ],
      defaults: { temperature: 0 },
    }),
  )
  const d = await openDataset(p)
  console.log(d)
  for await (const t of d.tasks()) console.dir(t, { depth: 9 })
  for (const s of ['nope.json', 'nope', '.', 'packages'])
    await openDataset(s, { builtins: 'datasets' }).catch((e) => console.log(String(e)))
})
