import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { cli, complaints, folder } from './cli.js'

const run = promisify(execFile)
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

test('the commands that a run prints work as they stand, wherever it is kept', async () => {
  await using at = await folder()
  const cases = Array.from({ length: 4 }, (_, i) => ({ id: `q${i}`, prompt: `Say ${i}.`, expected: `${i}` }))
  await at.file('q.json', JSON.stringify({ name: 'q', version: '1.0.0', test_cases: cases }))
  const output = `it's "here" $HOME/ü *`
  const asked = ['bench', '-d', 'q.json', '-p', 'null', '--output', output, '--display', 'none']
  const ended = await cli(asked, { cwd: at.path })
  const [, view] = / {4}view {2}bench (view .*)/.exec(ended.stderr) ?? []
  // As a shell reads it.
  const pasted = await run('sh', ['-c', `"$0" "$1" ${view}`, process.execPath, main], {
    cwd: at.path,
  })
  expect(pasted.stdout).toContain('null scores 0.0 on 4 tasks')
})

test('a run whose log can be written no more names the command that goes on, and that goes on', async () => {
  await using at = await folder()
  const cases = Array.from({ length: 40 }, (_, i) => ({ id: `q${i}`, prompt: `Say ${i}.`, expected: `${i}` }))
  await at.file('q.json', JSON.stringify({ name: 'q', version: '1.0.0', test_cases: cases }))
  // No file may be larger than 16 KiB, and a write that would make one so fails, as on a disk that is full.
  const limited = `trap '' XFSZ; ulimit -f 32; exec "$0" "$1" bench -d q.json -p null --display none`
  const full = await run('sh', ['-c', limited, process.execPath, main], { cwd: at.path }).catch(
    (error) => error,
  )
  expect(full.code).toBe(2)
  expect(full.stderr).toMatch(/\nbench: cannot write \S+results\.jsonl: it would be larger than .*is safe\n$/)
  const [, resume = ''] = /^ resume {2}bench (resume .*)$/m.exec(full.stderr) ?? []
  const resumed = await cli([...resume.split(' '), '--display', 'none'], { cwd: at.path })
  expect(resumed.stdout).toContain('null scores 0.0 on 40 tasks')
})

test('a run that is gone on with from elsewhere says where its dataset is looked for, and takes another place', async () => {
  await using at = await folder()
  await using elsewhere = await folder()
  await at.file(
    'q.json',
    JSON.stringify({ name: 'q', version: '1.0.0', test_cases: [{ id: 'a', prompt: 'A?', expected: 'A' }] }),
  )
  await cli(['bench', '-d', 'q.json', '-p', 'null', '-o', 'runs'], { cwd: at.path })
  const [id = ''] = await readdir(join(at.path, 'runs'))
  for (const command of ['resume', 'score']) {
    const again = [command, join(at.path, 'runs', id)]
    const lost = await cli(again, { cwd: elsewhere.path })
    expect(complaints(lost).join()).toMatch(
      /^bench: q\.json: no such file; .* go there, or say where it is by --dataset$/,
    )
    expect(lost.code).toBe(2)
    const found = await cli([...again, '--dataset', join(at.path, 'q.json')], { cwd: elsewhere.path })
    expect(found.code).toBe(0)
  }
})
