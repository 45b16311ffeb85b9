import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { cli, type Ended, type Folder, folder } from './cli.js'
import { echoServer, places } from './echo-server.js'

/** Every character that some form of writing escapes; its middle is found in any form that leaves letters as they are. */
const middle = 'CANARY0bird1'
const key = `sk-"'\\&<>/+=%${middle}-9f8e7d6c5b4a`

/** The key's middle in base64, whatever stands before it. */
const inBase64 = [0, 1, 2].map((offset) =>
  Buffer.from('x'.repeat(offset) + middle)
    .toString('base64')
    .slice(offset === 0 ? 0 : 4, -4),
)

const providers = [
  { id: 'openai:gpt-4o', variable: 'OPENAI_API_KEY' },
  { id: 'openrouter:openai/gpt-4o', variable: 'OPENROUTER_API_KEY' },
  { id: 'anthropic:claude-haiku-4-5', variable: 'ANTHROPIC_API_KEY' },
  { id: 'gemini:gemini-2.5-flash', variable: 'GEMINI_API_KEY' },
  { id: 'huggingface:a/b:groq', variable: 'HF_TOKEN' },
] as const

const tasks = JSON.stringify({
  name: 'one',
  version: '1.0.0',
  test_cases: [{ id: 'a', prompt: 'Hi', expected: 'Hi' }],
})

const searched = new Map<string, number>()
let hits = 0

afterAll(() => {
  const kinds = [...searched].sort(([a], [b]) => a.localeCompare(b)).map(([kind, n]) => `${kind} ${n}`)
  console.log(`secret canaries: ${hits} hits in ${searched.size} kinds of sink: ${kinds.join(', ')}`)
})

/** Looks through all that a command wrote. */
async function search(where: string, ended: Ended, dir: Folder): Promise<void> {
  const written: [string, string][] = [
    ['stdout', ended.stdout],
    ['stderr', ended.stderr],
  ]
  for (const entry of await readdir(dir.path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'tasks.json') continue
    const path = join(entry.parentPath, entry.name)
    written.push(
      [path.includes('/cache/') ? 'cache' : entry.name, await readFile(path, 'latin1')],
      ['file name', path],
    )
  }
  for (const [sink, text] of written) {
    searched.set(sink, (searched.get(sink) ?? 0) + 1)
    for (const form of [middle, ...inBase64]) {
      if (text.includes(form)) hits++
      const at = text.indexOf(form)
      expect(at < 0 ? '' : `${where}, ${sink}: ${text.slice(Math.max(0, at - 80), at + 40)}`).toBe('')
    }
  }
}

const ask = (id: string, endpoint: string, more: readonly string[] = []) => [
  ...['bench', '-d', 'tasks.json', '-p', id, '--endpoint', endpoint, '--yes', '--max-cost', '1'],
  ...['--timeout', '20', '--allow-unpriced', '-o', 'out', ...more],
]

// What a server fails at is tried again after a while: all wait at once.
describe.concurrent('a key that a server says again is in nothing that is written', () => {
  it.each(places)('%s', { timeout: 240_000 }, async (place) => {
    await using server = await echoServer(place)
    const ended = providers.map(async ({ id, variable }) => {
      await using dir = await folder()
      await dir.file('tasks.json', tasks)
      const env = { [variable]: key, BENCH_DEBUG: '1' }
      const json = id.startsWith('openai') ? ['--json'] : []
      await search(`${place} ${id}`, await cli(ask(id, server.url, json), { cwd: dir.path, env }), dir)
    })
    await Promise.all(ended)
    expect(server.asked()).toBeGreaterThanOrEqual(providers.length)
  })

  it('and neither is one that stands in an endpoint', { timeout: 240_000 }, async () => {
    await using server = await echoServer('reply')
    const login = server.url.replace('://', `://user:${encodeURIComponent(key)}@`)
    for (const id of ['openai-compatible:m', 'ollama:m']) {
      for (const endpoint of [login, `${server.url}/?key=${encodeURIComponent(key)}`]) {
        await using dir = await folder()
        await dir.file('tasks.json', tasks)
        const ended = await cli(ask(id, endpoint, ['--cache']), { cwd: dir.path, env: { BENCH_DEBUG: '1' } })
        await search(`${id} by its endpoint`, ended, dir)
      }
    }
    expect(server.asked()).toBeGreaterThan(4)
  })

  it('and neither do lists of models have it', { timeout: 240_000 }, async () => {
    for (const place of ['reply', 'refused'] as const) {
      await using server = await echoServer(place)
      await using dir = await folder()
      const env = { OPENAI_API_KEY: key, ANTHROPIC_API_KEY: key, OPENROUTER_API_KEY: key }
      for (const id of ['openai', 'anthropic', 'openrouter'])
        for (const more of [[], ['--json']]) {
          const args = ['models', id, '--endpoint', server.url, ...more]
          await search(`models ${id}, ${place}`, await cli(args, { cwd: dir.path, env }), dir)
        }
      expect(server.asked()).toBeGreaterThanOrEqual(6)
    }
  })
})
