import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { resolveModel } from '@bench/providers'
import { testModel } from '@bench/providers/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'))
})
afterAll(() => rm(folder, { recursive: true }))

const write = async (name: string, content: string | Uint8Array) => {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}
const jsonl = (...rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
const open = (file: string) => resolveModel('replay', { file }, {})
const ask = async (file: string, id: string, repeat = 0) =>
  (await open(file)).generate([], { task: { id, repeat } })

testModel('replay', async (_endpoint, settings) => {
  const file = await write('conformance.jsonl', jsonl({ task_id: 'conformance/0', completion: 'yes' }))
  const { apiKey: _key, ...rest } = settings
  return resolveModel('replay', { ...rest, file }, {})
})

describe('replay', () => {
  it('knows how each kind of recording relates to its prompt', async () => {
    const file = await write(
      'forms.jsonl',
      jsonl(
        { task_id: 'a', completion: '  return 1' },
        { task_id: 'b', response: '```py\n1\n```' },
        { task_id: 'c', output: 'two' },
        { task_id: 'd', solution: 'def f(): ...' },
        { task_id: 5, completion: '' },
      ),
    )
    expect(await ask(file, 'a')).toMatchObject({
      text: '  return 1',
      form: 'continuation',
      finish: 'stop',
      usage: {},
    })
    expect(await ask(file, 'b')).toMatchObject({ text: '```py\n1\n```', form: 'chat' })
    expect(await ask(file, 'c')).toMatchObject({ text: 'two', form: 'chat' })
    expect(await ask(file, 'd')).toMatchObject({ text: 'def f(): ...', form: 'program' })
    expect(await ask(file, '5')).toMatchObject({ text: '', form: 'continuation' })
  })

  it('takes several lines of a task as its repeats, in file order', async () => {
    const file = await write(
      'repeats.jsonl',
      jsonl({ task_id: 'a', output: '1' }, { task_id: 'b', output: 'x' }, { task_id: 'a', output: '2' }),
    )
    expect((await ask(file, 'a', 0)).text).toBe('1')
    expect((await ask(file, 'a', 1)).text).toBe('2')
    await expect(ask(file, 'a', 2)).rejects.toMatchObject({
      code: 'not_found',
      message: `no recorded completion for a, repeat 3: ${file} has 2.`,
    })
    await expect(ask(file, 'toString')).rejects.toMatchObject({
      code: 'not_found',
      message: `no recorded completion for toString in ${file}.`,
    })
  })

  it('reads gzip, a byte order mark, CRLF, blank lines and a last line without an end', async () => {
    const lines =
      `\ufeff${jsonl({ task_id: 'ä', output: 'é🌍' })}\r\n\n{"task_id":"z","output":"last"}`.replace(
        '}\n',
        '}\r\n',
      )
    for (const file of [await write('odd.jsonl', lines), await write('odd.jsonl.gz', gzipSync(lines))]) {
      expect((await ask(file, 'ä')).text).toBe('é🌍')
      expect((await ask(file, 'z')).text).toBe('last')
    }
  })

  it('names file and line of what it cannot use', async () => {
    const good = jsonl({ task_id: 'a', output: '1' })
    const bad = {
      'syntax.jsonl': [`${good}{"task_id":`, /syntax\.jsonl, line 2: not JSON/],
      'no-id.jsonl': [`${good}\n${jsonl({ output: '1' })}`, /no-id\.jsonl, line 3: has no task_id\./],
      'no-text.jsonl': [
        jsonl({ task_id: 'a', text: '1' }),
        /line 1: has none of completion, response, output, solution\./,
      ],
      'array.jsonl': ['[1]\n', /line 1: has no task_id/],
      'wrong.jsonl.gz': ['not gzip', /wrong\.jsonl\.gz cannot be read/],
    } as const
    for (const [name, [content, message]] of Object.entries(bad)) {
      await expect(open(await write(name, content))).rejects.toMatchObject({
        code: 'bad_request',
        message: expect.stringMatching(message),
      })
    }
    await expect(open(join(folder, 'nowhere.jsonl'))).rejects.toMatchObject({ code: 'not_found' })
    await expect(open(folder)).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringMatching(/cannot be read/),
    })
    await expect(resolveModel('replay', {}, {})).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringMatching(/needs a file/),
    })
  })

  it('takes its file from its name too', async () => {
    const file = await write('named.jsonl', jsonl({ task_id: 'a', output: '1' }))
    expect((await resolveModel(`replay:${file}`, {}, {})).id).toBe(`replay:${file}`)
  })

  it('gives back any text whatever, from any place of the file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { maxLength: 20 }), async (texts) => {
        const file = await write(
          'any.jsonl',
          jsonl(...texts.map((output, i) => ({ task_id: `t${i % 3}`, output }))),
        )
        const model = await open(file)
        for (const [i, text] of texts.entries()) {
          const task = { id: `t${i % 3}`, repeat: Math.floor(i / 3) }
          expect((await model.generate([], { task })).text).toBe(text)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('holds offsets, not lines: 100 MB of recordings cost little memory', async () => {
    const row = jsonl({ task_id: 'a', output: 'x'.repeat(1_000_000) })
    const file = await write('large.jsonl', row.repeat(100))
    const before = process.memoryUsage()
    const model = await open(file)
    globalThis.gc?.()
    expect(process.memoryUsage().heapUsed - before.heapUsed).toBeLessThan(60_000_000)
    expect((await model.generate([], { task: { id: 'a', repeat: 99 } })).text).toHaveLength(1_000_000)
  })
})

const generations = fileURLToPath(new URL('../../../../shared/data/generations/', import.meta.url))
const present = existsSync(generations)
if (!present && !process.env.CI) console.log(`skipped: recorded generations are not at ${generations}`)

describe.skipIf(!present && !process.env.CI)('real recordings', () => {
  it.each([
    ['humaneval/gpt-4-1106.jsonl', 'HumanEval/0', 'continuation'],
    ['humanevalplus/qwen2.5-coder-1.5b.jsonl', 'HumanEval/0', 'continuation'],
    ['multipl-e/llama-3-8b-chat.ts.jsonl', 'HumanEval_23_strlen', 'chat'],
  ])('%s', async (file, id, form) => {
    const completion = await ask(generations + file, id)
    expect(completion.form).toBe(form)
    expect(completion.text.length).toBeGreaterThan(10)
  })
})
