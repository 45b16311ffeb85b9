import { spawnSync } from 'node:child_process'
import { mkdir, readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { cli, complaints, type Folder, folder } from './cli.js'

const tasks = JSON.stringify({
  name: 'two',
  version: '1.0.0',
  test_cases: [
    { id: 'a', prompt: 'Say a', expected: 'Say a' },
    { id: 'b', prompt: 'Say b', expected: 'no' },
  ],
})

/** Runs a plan once for each list of models, and gives the ids of the runs in that order. */
async function made(dir: Folder, ...models: readonly string[]): Promise<string[]> {
  await dir.file('tasks.json', tasks)
  const ids: string[] = []
  for (const model of models) {
    await cli(['bench', '-d', 'tasks.json', '-p', model], { cwd: dir.path })
    const all = await readdir(join(dir.path, 'bench-results'))
    ids.push(all.find((id) => !ids.includes(id)) ?? '')
  }
  return ids
}

describe('runs that are there', () => {
  it('are listed, with how far each has come; a broken one says why', async () => {
    await using dir = await folder()
    expect((await cli(['runs'], { cwd: dir.path })).stderr).toContain('no run in ./bench-results')
    const [echo, empty] = await made(dir, 'echo', 'null')
    await mkdir(join(dir.path, 'bench-results/20200101-0000-bad'))
    await dir.file('bench-results/20200101-0000-bad/plan.json', '{')
    const { stdout, code } = await cli(['runs'], { cwd: dir.path })
    expect(code).toBe(0)
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/))
    expect(rows[0]).toEqual(['RUN', 'BEGUN', 'DATASET', 'DONE', 'MODELS'])
    expect(rows.map(([id]) => id)).toEqual(expect.arrayContaining([echo, empty, '20200101-0000-bad']))
    expect(rows.find(([id]) => id === echo)?.slice(2)).toEqual(['two@1.0.0', '2 of 2', 'echo'])
    expect(stdout).toContain('is not JSON')
    const told = (await cli(['runs', '--json'], { cwd: dir.path })).stdout.trimEnd().split('\n')
    expect(told.map((line) => JSON.parse(line)).find(({ run }) => run === echo)).toMatchObject({
      done: 2,
      planned: 2,
    })
  })

  it('are gone on with, the newest where none is named', async () => {
    await using dir = await folder()
    const [id = ''] = await made(dir, 'echo')
    for (const named of [[], [id], [`bench-results/${id}`]]) {
      const { code, stdout } = await cli(['resume', ...named], { cwd: dir.path })
      expect(code).toBe(0)
      expect(stdout).toContain('50.0')
    }
    const wrong = await cli(['resume', `${id}x`], { cwd: dir.path })
    expect({ code: wrong.code, said: complaints(wrong) }).toEqual({
      code: 2,
      said: [expect.stringContaining(`did you mean "${id}"?`)],
    })
  })

  it('are written out in the formats there are, and in no other', async () => {
    await using dir = await folder()
    for (const args of [['report'], ['score'], ['merge', 'a', '-o', 'b']]) {
      const ended = await cli([...args, '-e', 'xml'], { cwd: dir.path })
      expect({ code: ended.code, said: complaints(ended) }).toEqual({
        code: 2,
        said: [expect.stringContaining("argument 'xml' is invalid. It must be json, csv or both.")],
      })
    }
  })

  it('say why they cannot be opened, and are not taken for others', async () => {
    await using dir = await folder()
    const [id = ''] = await made(dir, 'echo')
    const held = join(dir.path, 'bench-results', id, 'plan.json')
    await rm(held)
    // A link to itself can be read by nobody, root included.
    await symlink(held, held)
    expect(complaints(await cli(['resume', id], { cwd: dir.path }))).toEqual([
      expect.stringMatching(/plan\.json: ELOOP/),
    ])
  })

  it('have a folder to be looked for in, or say that there is none', async () => {
    await using dir = await folder()
    const gone = join(dir.path, 'gone')
    await mkdir(gone)
    const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
    const said = spawnSync('sh', ['-c', 'rmdir "$PWD" && exec "$0" "$1" runs', process.execPath, main], {
      cwd: gone,
      encoding: 'utf8',
    })
    expect(said).toMatchObject({
      status: 2,
      stderr: 'bench: the folder you are in is there no more: go to another one\n',
    })
  })

  it('are judged again by another scorer, and by their own after it, with no model', async () => {
    await using dir = await folder()
    const [id = ''] = await made(dir, 'echo')
    const other = await cli(['score', id, '--scorer', 'contains'], { cwd: dir.path })
    expect(other.stdout).toMatch(/echo +50\.0/)
    await dir.file(
      'mine.mjs',
      "export const scorer = { name: 'mine', description: '', create: () => ({ name: 'mine', version: '1', metrics: [], score: async () => ({ outcome: 'pass', value: 1 }) }) }",
    )
    const mine = await cli(['score', '--scorer', './mine.mjs'], { cwd: dir.path })
    expect({ code: mine.code, out: mine.stdout }).toEqual({
      code: 0,
      out: expect.stringMatching(/echo +100\.0/),
    })
    expect((await cli(['report'], { cwd: dir.path })).stdout).toMatch(/echo +100\.0/)
    expect((await cli(['score'], { cwd: dir.path })).stdout).toMatch(/echo +50\.0/)
    await dir.file('tasks.json', tasks.replace('Say b', 'Say c'))
    const changed = await cli(['score'], { cwd: dir.path })
    expect({ code: changed.code, said: complaints(changed).at(-1) }).toEqual({
      code: 2,
      said: expect.stringContaining('is not as it was asked'),
    })
  })

  it('become one, which has the models of both', async () => {
    await using dir = await folder()
    const [one = '', other = ''] = await made(dir, 'echo', 'null')
    const merged = await cli(['merge', one, `bench-results/${other}`, '-o', 'bench-results/both'], {
      cwd: dir.path,
    })
    expect(merged.code).toBe(0)
    expect(merged.stdout).toMatch(/echo +50\.0.*null +0\.0/s)
    expect(await readdir(join(dir.path, 'bench-results', 'both'))).toEqual(
      expect.arrayContaining(['report.html', 'results.csv']),
    )
    const again = await cli(['merge', one, '-o', 'bench-results/both'], { cwd: dir.path })
    expect({ code: again.code, said: complaints(again) }).toEqual({
      code: 2,
      said: [expect.stringContaining('is there already')],
    })
  })
})
