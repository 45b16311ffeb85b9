import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatasetError, openDataset } from '@bench/datasets'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formats } from '../src/registry.js'
import { lines } from './setup.js'

const sample = { code: 'def f(x):\n    return x', input: '1', output: '1', id: 'sample_0' }
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-options-'))
  await writeFile(join(folder, 'crux.jsonl'), lines([sample]))
  await writeFile(join(folder, 'crux#mode=input.jsonl'), lines([sample]))
  await writeFile(join(folder, 'native.jsonl'), lines([{ id: 'a', prompt: 'p' }]))
  await writeFile(join(folder, 'module.mjs'), 'export default 1')
})
afterAll(() => rm(folder, { recursive: true }))

const open = (source: string) => openDataset(join(folder, source))
const refusal = async (source: string) => {
  const error: unknown = await open(source).catch((reason: unknown) => reason)
  if (!(error instanceof DatasetError)) throw new Error(`expected a DatasetError, got ${error}`)
  expect(error.code).toBe('bad_option')
  return error.message.replace(`${folder}/`, '')
}

describe('options behind a path', () => {
  it('choose, and are part of the source that a record names', async () => {
    expect(await open('crux.jsonl#mode=input')).toMatchObject({
      name: 'cruxeval-input',
      source: join(folder, 'crux.jsonl#mode=input'),
    })
    expect((await open('crux.jsonl')).name).toBe('cruxeval-output')
  })

  it('leave a built-in dataset its name', async () => {
    expect(await openDataset('crux#mode=input', { builtins: folder })).toMatchObject({
      name: 'cruxeval-input',
      source: 'crux#mode=input',
    })
  })

  it('are none where a file has such a name', async () => {
    expect((await open('crux#mode=input.jsonl')).name).toBe('cruxeval-output')
  })

  it.each([
    ['crux.jsonl#input', 'crux.jsonl: the option "input" is not written as key=value after the #'],
    ['crux.jsonl#', 'crux.jsonl: the option "" is not written as key=value after the #'],
    ['crux.jsonl#mode=', 'crux.jsonl: the option "mode=" is not written as key=value after the #'],
    ['crux.jsonl#mode=input,mode=output', 'crux.jsonl: the option "mode" is given twice; keep one'],
    ['crux.jsonl#mod=input', 'crux.jsonl: unknown option "mod"; did you mean "mode"?; it takes mode'],
    [
      'native.jsonl#split=test',
      'native.jsonl: split=test: no column "split"; its columns are "id", "prompt"',
    ],
    ['module.mjs#split=test', 'module.mjs: unknown option "split"; it takes none'],
  ])('%s is refused', async (source, message) => {
    expect(await refusal(source)).toBe(message)
  })

  it('are described, and their names and values need no quotes in a shell', async () => {
    for (const load of Object.values(formats)) {
      for (const [name, option] of Object.entries((await load()).format.options ?? {})) {
        expect(option.description).toMatch(/\S/)
        expect([name, ...(option.values ?? [])].join('')).toMatch(/^[\w.-]+$/)
      }
    }
  })
})
