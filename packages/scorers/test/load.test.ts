import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineScorer, loadScorer, type ScorerRef, scorer } from '../src/index.js'
import { attempt, makeTask } from './setup.js'

const folder = await mkdtemp(path.join(tmpdir(), 'scorers-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

async function file(name: string, content: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
  await writeFile(path.join(folder, name), content)
}

const judged = async (name: string, reply: string, options: Omit<ScorerRef, 'name'> = {}) => {
  const factory = await loadScorer(name, folder)
  return (await factory.create({ ...options, name }).score(attempt(makeTask({}), reply), {})).value
}

const plain = 'export default { name: "mine", score: ({ answer }) => answer.text.length / 10 }'

describe('a scorer is loaded from', () => {
  test('a TypeScript file, with @bench/scorers and its own imports', async () => {
    await file('limit.ts', 'export const limit: number = 10\n')
    await file(
      'mine.ts',
      `import { defineScorer, type Scorable } from '@bench/scorers'
       import { limit } from './limit.ts'
       enum Unit { One = 1 }
       export const scorer = defineScorer({ name: 'mine', score: ({ answer }: Scorable) => (answer.text.length * Unit.One) / limit })`,
    )
    expect(await judged('./mine.ts', 'hello')).toBe(0.5)
  })

  test('the example in the documentation', async () => {
    const page = await readFile(new URL('../../../docs/add-a-scorer.md', import.meta.url), 'utf8')
    await file('polite.ts', /```ts\n([\s\S]*?)```/.exec(page)![1]!)
    expect(await judged('./polite.ts', 'Yes please')).toBe(0.5)
    expect(await judged('./polite.ts', 'Yes', { words: ['yes'] })).toBe(1)
    expect(await judged('./polite.ts', '  ')).toBe(0)
    await expect(judged('./polite.ts', 'Yes', { word: ['yes'] })).rejects.toThrow(/did you mean "words"/)
  })

  test('JavaScript, as default or as "scorer"', async () => {
    await file('a.mjs', plain)
    await file('sub/b.mjs', plain.replace('default', 'const scorer ='))
    expect(await judged('./a.mjs', 'hello')).toBe(0.5)
    expect(await judged('sub/b.mjs', 'hello')).toBe(0.5)
    expect(await judged(path.join(folder, 'a.mjs'), 'hello')).toBe(0.5)
  })

  test('a package, found from the folder that was named', async () => {
    await file(
      'node_modules/bench-scorer-foo/package.json',
      '{"name":"bench-scorer-foo","type":"module","exports":{"import":"./i.js"}}',
    )
    await file('node_modules/bench-scorer-foo/i.js', plain)
    expect(await judged('bench-scorer-foo', 'hello')).toBe(0.5)
  })

  test('the registry', async () => {
    expect((await loadScorer('exact', folder)).name).toBe('exact')
  })
})

describe('what cannot be loaded says so in one line', () => {
  test.each([
    ['./gone.ts', undefined, /^no scorer at .*gone\.ts$/],
    ['exakt', undefined, /^unknown scorer "exakt"; did you mean "exact"\?$/],
    ['./syntax.ts', 'export default {', /^scorer \.\/syntax\.ts could not be loaded: .+$/],
    ['./syntax.mjs', 'export default {', /^scorer \.\/syntax\.mjs could not be loaded: .+$/],
    ['./throws.mjs', 'throw new Error("boom")', /could not be loaded: boom$/],
    ['./nothing.mjs', 'export const other = 1', /exports neither "default" nor "scorer"/],
    ['./odd.mjs', 'export default () => 1', /no "name" and "score"/],
  ])('%s', async (name, content, message) => {
    if (content !== undefined) await file(name, content)
    const error = await loadScorer(name, folder).catch((error: Error) => error)
    expect(error).toMatchObject({ name: 'ScorerError', message: expect.stringMatching(message) })
    expect((error as Error).message).not.toContain('\n')
  })
})

describe('a defined scorer', () => {
  const run = (judgement: unknown) =>
    defineScorer({ name: 'd', score: () => judgement as number })
      .create({ name: 'd' })
      .score(attempt(makeTask({}), 'x'), {})

  test('may give a boolean or a value for short', async () => {
    expect(await run(true)).toEqual({ outcome: 'pass', value: 1 })
    expect(await run(false)).toEqual({ outcome: 'wrong_answer', value: 0 })
    expect(await run(0.5)).toEqual({ outcome: 'wrong_answer', value: 0.5 })
    expect(await run({ outcome: 'infra', value: null })).toEqual({ outcome: 'infra', value: null })
  })

  test.each([Number.NaN, -0.1, 1.1, Number.POSITIVE_INFINITY, undefined, 'x', { outcome: 'pass', value: 2 }])(
    'may not give %j',
    async (judgement) => {
      await expect(run(judgement)).rejects.toThrow(/scorer d gave/)
    },
  )

  test('takes the options it declares and no others', async () => {
    const factory = defineScorer({
      name: 'd',
      options: z.strictObject({ least: z.number().default(1) }),
      score: (_attempt, _deps, { least }) => least,
    })
    expect(
      (await factory.create({ name: 'd', least: 0.5 }).score(attempt(makeTask({}), 'x'), {})).value,
    ).toBe(0.5)
    expect(() => factory.create({ name: 'd', leest: 1 })).toThrow(
      'scorer d: unknown option "leest"; did you mean "least"?',
    )
    expect(() => factory.create({ name: 'd', least: 'x' })).toThrow(/^scorer d: option "least": /)
    expect(() => defineScorer({ name: 'n', score: () => 1 }).create({ name: 'n', a: 1 })).toThrow(
      /takes no options/,
    )
  })

  test('is found by name once it was loaded, and only then', async () => {
    const mine = defineScorer({ name: 'mine', score: () => 1 })
    expect((await scorer({ name: 'mine' }, [mine])).name).toBe('mine')
    await expect(scorer({ name: './mine.ts' })).rejects.toThrow(/unknown scorer/)
    await expect(scorer({ name: 'mime' }, [mine])).rejects.toThrow(/did you mean "mine"/)
  })
})
