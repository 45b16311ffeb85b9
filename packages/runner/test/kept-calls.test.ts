import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Completion, Model } from '@bench/providers'
import { expect, test } from 'vitest'
import { openKeptCalls } from '../src/index.js'
import { keptModel } from '../src/solve/kept-model.js'
import { tempFolder } from './world.js'

/** A model that numbers its answers. */
function counting(): Model & { asked: number } {
  const model = {
    id: 'test:model',
    asked: 0,
    async generate(): Promise<Completion> {
      model.asked++
      return {
        text: `answer ${model.asked}`,
        finish: 'length',
        usage: { input: 1 },
        cost: { usd: 1, source: 'config' },
        timing: { startedAt: '', totalMs: 1 },
        tries: 1,
        warnings: [],
      }
    },
  }
  return model
}

const say = (content: string) => [{ role: 'user', content }] as const

test('what was answered is given again in order, as it was, whatever it was; another question is asked', async () => {
  await using dir = await tempFolder()
  const kept = openKeptCalls(dir.path)
  const model = counting()
  const first = keptModel(model, kept, 'k', 0)
  const a = await first.generate(say('a'), { temperature: 0, timeoutMs: 1 })
  const b = await first.generate(say('a'), { temperature: 0 })
  const again = keptModel(model, kept, 'k', 0)
  expect(await again.generate(say('a'), { temperature: 0, timeoutMs: 2 })).toEqual(a)
  expect(await again.generate(say('a'), { temperature: 0 })).toEqual(b)
  expect(model.asked).toBe(2)
  const other = keptModel(model, kept, 'k', 0)
  expect((await other.generate(say('a'), { temperature: 1 })).text).toBe('answer 3')
  expect((await keptModel(model, kept, 'l', 0).generate(say('a'), { temperature: 1 })).text).toBe('answer 4')
})

test('a reply whose cost a line holds costs nothing more, and says what it cost', async () => {
  await using dir = await tempFolder()
  const kept = openKeptCalls(dir.path)
  const model = counting()
  await keptModel(model, kept, 'k', 0).generate(say('a'), {})
  const later = keptModel(model, kept, 'k', 1)
  expect(await later.generate(say('a'), {})).toMatchObject({
    cached: true,
    tries: 0,
    cost: { usd: 0, source: 'cache' },
    originalCost: { usd: 1, source: 'config' },
  })
  expect(model.asked).toBe(1)
})

test('what is torn is asked again, and what is forgotten is gone', async () => {
  await using dir = await tempFolder()
  const kept = openKeptCalls(dir.path)
  const model = counting()
  await mkdir(join(dir.path, 'calls', 'k'), { recursive: true })
  await writeFile(join(dir.path, 'calls', 'k', '0.json'), '{"v":1,"question":"')
  expect((await keptModel(model, kept, 'k', 0).generate(say('a'), {})).text).toBe('answer 1')
  expect(await readdir(join(dir.path, 'calls', 'k'))).toEqual(['0.json'])
  await kept.forget('k')
  await kept.forget('k')
  expect(await kept.get('k', 0)).toBe(undefined)
  expect(await readdir(join(dir.path, 'calls'))).toEqual([])
})
