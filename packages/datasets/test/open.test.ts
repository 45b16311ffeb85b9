import { chmod, mkdir, mkdtemp, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { DatasetError, listBuiltins, loadFolder, openDataset } from '@bench/datasets'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const native = (name: string, ...ids: string[]) =>
  JSON.stringify({ name, version: '1', test_cases: ids.map((id) => ({ id, prompt: `Say ${id}.` })) })
const python = [
  'name: python-tasks',
  'version: 1.0.0',
  'tasks:',
  '  - id: one',
  '    difficulty: easy',
  '    prompt: Print 1.',
  '    test_cases: [{input: "", expected_output: "1\\n"}]',
  '    reference_solution: print(1)',
].join('\n')

let folder: string
let builtins: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-open-'))
  builtins = join(folder, 'built in')
  await mkdir(join(builtins, 'sub.json'), { recursive: true })
  await writeFile(join(builtins, 'coding-tasks.json'), native('coding-tasks', 'a', 'b'))
  await writeFile(join(builtins, 'python-tasks.yaml'), python)
  await writeFile(join(builtins, 'packed.jsonl.gz'), gzipSync('{"id": "a", "prompt": "p"}\n'))
  await writeFile(join(builtins, 'README.md'), '# no dataset')
})
afterAll(() => rm(folder, { recursive: true }))

async function refusal(source: string, options = {}): Promise<string> {
  const error: unknown = await openDataset(source, options).catch((reason: unknown) => reason)
  if (!(error instanceof DatasetError)) throw new Error(`expected a DatasetError, got ${error}`)
  expect(error.message).not.toContain('\n')
  return `${error.code}: ${error.message.replaceAll(folder, '')}`
}

describe('openDataset', () => {
  it('opens a built-in by its name, from a path or a URL, and calls it by that name', async () => {
    for (const where of [builtins, pathToFileURL(builtins)]) {
      const dataset = await openDataset('coding-tasks', { builtins: where })
      expect(dataset).toMatchObject({ name: 'coding-tasks', source: 'coding-tasks', size: 2 })
    }
    const packed = await openDataset('packed', { builtins })
    expect(packed).toMatchObject({ name: 'packed', source: 'packed', size: 1 })
  })

  it('tells Python tasks from native cases by what is in the file', async () => {
    const dataset = await openDataset('python-tasks', { builtins })
    for await (const task of dataset.tasks())
      expect(task).toMatchObject({ category: 'python', solution: 'print(1)' })
    const path = join(folder, 'nested.json')
    await writeFile(path, JSON.stringify({ metadata: { tasks: [1] }, ...JSON.parse(native('nested', 'a')) }))
    expect((await openDataset(path)).name).toBe('nested')
  })

  it('opens a path, whatever the case of its ending, through a link, gzipped by content', async () => {
    const path = join(folder, 'UPPER.JSON')
    await writeFile(path, gzipSync(native('upper', 'a')))
    await symlink(path, join(folder, 'link.json'))
    expect(await openDataset(path)).toMatchObject({ name: 'upper', source: path })
    expect((await openDataset(join(folder, 'link.json'))).name).toBe('upper')
  })

  it('hashes what is in the file, packed or not', async () => {
    const [plain, packed] = [join(folder, 'same.json'), join(folder, 'same.json.gz')]
    await writeFile(plain, native('same', 'a'))
    await writeFile(packed, gzipSync(native('same', 'a')))
    const [one, two] = [await openDataset(plain), await openDataset(packed)]
    expect(two.hash).toBe(one.hash)
    expect(one.hash).not.toBe((await openDataset('coding-tasks', { builtins })).hash)
  })

  it('says what is near an unknown name, and what is built in', async () => {
    expect(await refusal('coding-task', { builtins })).toBe(
      'unknown_dataset: no dataset "coding-task"; did you mean "coding-tasks"?; built in: coding-tasks, packed, python-tasks; or name a file by its path',
    )
    expect(await refusal('zzz', { builtins })).toBe(
      'unknown_dataset: no dataset "zzz"; built in: coding-tasks, packed, python-tasks; or name a file by its path',
    )
    expect(await refusal('zzz')).toBe('unknown_dataset: no dataset "zzz"; or name a file by its path')
  })

  it('says of a published set that it would have to be kept somewhere', async () => {
    for (const name of ['humaneval', 'hf:openai/gsm8k@main'])
      expect(await refusal(name)).toBe(`unknown_dataset: ${name}: no cache folder was given to keep it in`)
  })

  it('says what is near a missing file', async () => {
    expect(await refusal(join(builtins, 'coding-task.json'))).toBe(
      'not_found: /built in/coding-task.json: no such file; did you mean "coding-tasks.json"?',
    )
    expect(await refusal(join(folder, 'nowhere', 'x.json'))).toBe('not_found: /nowhere/x.json: no such file')
    expect(await refusal(join(folder, 'same.json', 'x.json'))).toBe(
      'not_found: /same.json/x.json: no such file',
    )
  })

  it('refuses a folder, and a file without an ending', async () => {
    expect(await refusal(builtins)).toBe('unreadable: /built in: not a file; name one dataset file')
    await writeFile(join(folder, 'plain'), native('plain', 'a'))
    expect(await refusal(join(folder, 'plain'))).toMatch(
      /^unknown_format: \/plain: no dataset format reads a file without an ending; known endings: \.json, /,
    )
  })

  it('says that it may not read a file', async (context) => {
    if (process.seteuid === undefined || process.geteuid === undefined) {
      return context.skip('no file permissions on this system')
    }
    const path = join(folder, 'secret.json')
    await writeFile(path, native('secret', 'a'))
    await chmod(folder, 0o755)
    await chmod(path, 0)
    const user = process.geteuid()
    try {
      // Root reads everything, so the test is someone else for a moment.
      if (user === 0) process.seteuid(65534)
      expect(await refusal(path)).toBe('unreadable: /secret.json: no permission to read it')
    } finally {
      process.seteuid(user)
    }
  })

  it('can be aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(openDataset('coding-tasks', { builtins, signal })).rejects.toThrow('enough')
  })

  it('notices a file that changed in place, size and times alike', async () => {
    const path = join(folder, 'changing.json')
    await writeFile(path, native('changing', 'a', 'b'))
    const { atime, mtime } = await stat(path)
    await utimes(path, atime, mtime)
    const dataset = await openDataset(path)
    await writeFile(path, native('changing', 'a', 'c'))
    await utimes(path, atime, mtime)
    const reading = (async () => {
      for await (const _ of dataset.tasks()) {
        // Only the end can tell.
      }
    })()
    await expect(reading).rejects.toThrow(`${path}: changed since it was opened; open it again`)
  })

  it('does not mind a file that was only touched', async () => {
    const path = join(folder, 'touched.json')
    await writeFile(path, native('touched', 'a'))
    const dataset = await openDataset(path)
    await utimes(path, 1, 1)
    for await (const task of dataset.tasks()) expect(task.id).toBe('a')
  })

  it('says so when the file is gone or broken since', async () => {
    const path = join(folder, 'gone.json')
    await writeFile(path, native('gone', 'a'))
    const dataset = await openDataset(path)
    await writeFile(path, '{"name": ')
    await expect(dataset.tasks()[Symbol.asyncIterator]().next()).rejects.toThrow(
      'changed since it was opened',
    )
    await rm(path)
    await expect(dataset.tasks()[Symbol.asyncIterator]().next()).rejects.toThrow('no such file')
  })
})

describe('a folder', () => {
  it('lists its datasets by name without reading them', async () => {
    expect((await listBuiltins(builtins)).map(({ name }) => name)).toEqual([
      'coding-tasks',
      'packed',
      'python-tasks',
    ])
    await expect(listBuiltins(join(folder, 'none'))).rejects.toThrow('not a folder that can be read')
  })

  it('loads what is good, warns of what is not, and goes on', async () => {
    const mixed = join(folder, 'mixed')
    await mkdir(mixed)
    await writeFile(join(mixed, 'a.json'), native('first', 'a'))
    await writeFile(join(mixed, 'b.json'), '{"name": }')
    await writeFile(join(mixed, 'c.yaml'), python)
    await writeFile(join(mixed, 'd.jsonl'), '')
    await writeFile(join(mixed, 'e.mjs'), 'throw new Error("ran")')
    await writeFile(join(mixed, 'notes.txt'), 'hi')
    const warnings: string[] = []
    const loaded = await loadFolder(mixed, { onWarning: (message) => warnings.push(message) })
    expect(loaded.map(({ name }) => name)).toEqual(['first', 'python-tasks'])
    expect(warnings).toEqual([
      `${join(mixed, 'b.json')}:1:10: not valid JSON: unexpected "}"`,
      `${join(mixed, 'd.jsonl')}: the file is empty`,
    ])
  })
})
