import { readFile } from 'node:fs/promises'
import { mockServer } from '@bench/providers/mock'
import { expect, test } from 'vitest'
import { cli, folder } from './cli.js'

/** Keys by type, as docs/json-events.md has them in its table. */
async function documented(): Promise<ReadonlyMap<string, readonly string[]>> {
  const page = await readFile(new URL('../../../docs/json-events.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)` +\| ([^|]+)\|/gm)]
  return new Map(
    rows.map(([, type = '', keys = '']) => [type, [...keys.matchAll(/`(\w+)`/g)].map(([, key]) => key!)]),
  )
}

const events = (stdout: string): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

test('what a module of one’s own prints is no event', async () => {
  await using at = await folder()
  await at.file(
    'q.json',
    JSON.stringify({ name: 'q', version: '1.0.0', test_cases: [{ id: 'a', prompt: 'p' }] }),
  )
  await at.file(
    'chatty.mjs',
    "console.log('loaded'); export default { name: 'chatty', score: () => (console.info('%s', 'scored'), 1) }",
  )
  const { stdout, stderr } = await cli(
    ['bench', '-d', 'q.json', '-p', 'echo', '--scorer', './chatty.mjs', '--json'],
    {
      cwd: at.path,
    },
  )
  expect(events(stdout).map(({ type }) => type)).toEqual(['start', 'attempt', 'score', 'end', 'summary'])
  expect(stderr).toContain('loaded\n')
  expect(stderr).toContain('scored\n')
})

test('every line parses, and has the keys that are documented for its type', async () => {
  const shapes = await documented()
  await using at = await folder()
  await using server = await mockServer({
    script: {
      models: ['mock'],
      rules: [{ model: 'gone', fault: 'not_found' }],
    },
  })
  const cases = Array.from({ length: 200 }, (_, i) => ({ id: `q${i}`, prompt: `p${i}`, expected: `p${i}` }))
  await at.file('q.json', JSON.stringify({ name: 'q', version: '1.0.0', test_cases: cases }))
  const models = 'openai-compatible:mock,openai-compatible:gone'
  const args = ['bench', '-d', 'q.json', '-p', models, '--endpoint', `${server.url}/v1`, '--json']
  const { stdout } = await cli(args, { cwd: at.path })
  const seen = events(stdout)
  const until = await cli(['bench', '-d', 'q.json', '-p', 'oracle', '--until-ci', '5', '--json'], {
    cwd: at.path,
  })
  for (const event of [...seen, ...events(until.stdout)]) {
    const keys = shapes.get(String(event.type))
    expect(keys, `${event.type} is not in docs/json-events.md`).toBeDefined()
    expect(Object.keys(event).sort()).toEqual(['run', 'type', ...keys!].sort())
  }
  expect(seen[0]).toMatchObject({ type: 'start', total: 400, done: 0 })
  expect(new Set(seen.map(({ type }) => type))).toEqual(
    new Set(['start', 'attempt', 'score', 'stopped', 'end', 'summary']),
  )
  expect(events(until.stdout).map(({ type }) => type)).toContain('enough')
  expect(seen.at(-1)).toMatchObject({ type: 'summary', reason: 'stopped', models: [{ n: 200 }, { n: 0 }] })
})
