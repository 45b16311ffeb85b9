import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { dialects, replayServer } from '@bench/providers/testing'
import { describe, expect, it } from 'vitest'
import { cli, complaints, type Folder, folder } from './cli.js'

const tasks = JSON.stringify({
  name: 'one',
  version: '1.0.0',
  test_cases: [
    { id: 'a', prompt: 'Say ok', expected: 'ok' },
    { id: 'b', prompt: 'Say ok', expected: 'ok' },
  ],
})

const model = `
import { defineModel } from '@bench/providers'

export default defineModel({
  id: 'mine:parrot',
  local: true,
  async generate(messages: readonly { content: string }[]) {
    const began = performance.now()
    return {
      text: (messages.at(-1)?.content ?? '').replace('Say ', ''),
      finish: 'stop',
      usage: {},
      timing: { startedAt: new Date().toISOString(), totalMs: performance.now() - began },
      tries: 1,
      warnings: [],
    }
  },
})
`

const provider = `
import { chatProvider } from '@bench/providers'

export default chatProvider({ name: 'acme', keyVariable: 'ACME_API_KEY', keyed: true, endpoint: 'https://acme.invalid/v1' })
`

async function bench(dir: Folder, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  await dir.file('tasks.json', tasks)
  return cli(['bench', '-d', 'tasks.json', ...args], { cwd: dir.path, env })
}

describe('a model of a file', () => {
  it('is asked by its path, and again when the run is resumed', async () => {
    await using dir = await folder()
    await dir.file('parrot.ts', model)
    const ended = await bench(dir, ['-p', './parrot.ts', '--json'])
    expect(ended.stderr).not.toMatch(/^bench: /m)
    expect(ended.code).toBe(0)
    expect(ended.stdout).toMatch(/"model":"mine:parrot".*"passed":2/)
    const [run = ''] = await readdir(join(dir.path, 'bench-results'))
    const again = await cli(['bench', '--resume', run], { cwd: dir.path })
    expect(again.code).toBe(0)
    expect(again.stdout).toMatch(/mine:parrot/)
  })

  it.each([
    ['is not there', './no.ts', /no provider at .*no\.ts/],
    ['exports nothing of use', './empty.ts', /empty\.ts could not be loaded: it exports neither/],
    ['fails', './broken.mjs', /broken\.mjs could not be loaded: on purpose/],
    ['brings one model, not many', './parrot.ts:large', /brings one model, mine:parrot/],
  ])('that %s is told', async (_what, name, says) => {
    await using dir = await folder()
    await dir.file('parrot.ts', model)
    await dir.file('empty.ts', 'export const nothing = 1')
    await dir.file('broken.mjs', 'throw new Error("on purpose")')
    const ended = await bench(dir, ['-p', name])
    expect(ended.code).toBe(2)
    expect(complaints(ended)[0]).toMatch(says)
  })
})

describe('a provider of a file', () => {
  it('has its models, its key and its endpoint like any other', async () => {
    await using server = await replayServer([dialects.chat.text(['ok'])])
    await using dir = await folder()
    await dir.file('acme.ts', provider)
    const args = ['-p', './acme.ts:large', '--endpoint', server.url, '--yes', '--max-cost', '1']
    const keyless = await bench(dir, args)
    expect(keyless.code).toBe(4)
    expect(complaints(keyless)[0]).toMatch(/acme needs a key: set ACME_API_KEY/)
    const env = { ACME_API_KEY: 'sk-acme-0123456789' }
    const ended = await bench(dir, [...args, '--price', './acme.ts:large=1/2'], env)
    expect(ended.stderr).not.toMatch(/^bench: /m)
    expect(ended.code).toBe(0)
    expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-acme-0123456789')
    expect(JSON.parse(server.requests[0]?.body ?? '{}')).toMatchObject({ model: 'large' })
    expect(ended.stdout).toMatch(/acme:large/)
  })

  it('lists its models', async () => {
    await using server = await replayServer([{ body: '{"data":[{"id":"large"}]}' }])
    await using dir = await folder()
    await dir.file('acme.ts', provider)
    const env = { ACME_API_KEY: 'sk-acme-0123456789' }
    const listed = await cli(['models', './acme.ts', '--endpoint', server.url], { cwd: dir.path, env })
    expect(listed.stdout).toMatch(/^\.\/acme\.ts:large/m)
  })
})
