import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { cli, folder } from './cli.js'

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
  const pasted = await promisify(execFile)('sh', ['-c', `"$0" "$1" ${view}`, process.execPath, main], {
    cwd: at.path,
  })
  expect(pasted.stdout).toContain('null scores 0.0 on 4 tasks')
})
