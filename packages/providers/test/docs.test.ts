import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { ProviderError, providerNames, resolveModel } from '@bench/providers'
import { dialects, replayServer } from '@bench/providers/testing'
import { describe, expect, it } from 'vitest'

const root = new URL('../../../', import.meta.url)
const page = (path: string) => readFile(new URL(path, root), 'utf8')

/** The code blocks of a page in one language. */
const blocks = (markdown: string, language: string) =>
  [...markdown.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code = '']) => code)

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'bench-docs-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

const question = [{ role: 'user', content: 'hi' }] as const

describe('docs/add-a-provider.md', () => {
  /** Its files, by the name in their first line. */
  async function files() {
    const found = blocks(await page('docs/add-a-provider.md'), 'ts')
    return new Map(found.map((code) => [code.match(/^\/\/ (\S+)/)?.[1] ?? '', code]))
  }

  it('acme.ts has all that comes with chat completions', async () => {
    await using dir = await folder()
    await using server = await replayServer([dialects.chat.text(['good', ' day'])])
    await writeFile(join(dir.path, 'acme.ts'), (await files()).get('acme.ts') ?? '')
    const id = `${join(dir.path, 'acme.ts')}:large`
    await expect(resolveModel(id, {}, {})).rejects.toThrow(/acme needs a key: set ACME_API_KEY/)
    const model = await resolveModel(id, { endpoint: server.url }, { ACME_API_KEY: 'sk-acme-0123456789' })
    expect(model.id).toBe('acme:large')
    expect(await model.generate(question, {})).toMatchObject({ text: 'good day', finish: 'stop' })
    expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-acme-0123456789')
  })

  it('shout.ts speaks a wire of its own', async () => {
    await using dir = await folder()
    await using server = await replayServer([
      { body: '{"text":"HI","tokensIn":3,"tokensOut":2}' },
      { status: 500, body: '' },
    ])
    await writeFile(join(dir.path, 'shout.ts'), (await files()).get('shout.ts') ?? '')
    const settings = { endpoint: server.url, apiKey: 'sk-shout-0123456789' }
    const model = await resolveModel(`${join(dir.path, 'shout.ts')}:loud`, settings, {})
    const reply = await model.generate(question, { maxTokens: 5 })
    expect(reply).toMatchObject({ text: 'HI', finish: 'stop', usage: { input: 3, output: 2 } })
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ model: 'loud', text: 'hi', maxTokens: 5 })
    const fault = await model.generate(question, {}).catch((error: unknown) => error)
    // The file's own class is this package's: the runner tells its faults like any other's.
    expect(fault).toBeInstanceOf(ProviderError)
    expect(fault).toMatchObject({ code: 'server', retryable: true })
  })

  it('names a file for each of its blocks', async () => {
    expect([...(await files()).keys()].toSorted()).toEqual(['acme.ts', 'shout.ts'])
  })
})

describe('README.md', () => {
  it('has an example that runs, as an npm user would run it', async () => {
    const [example = ''] = blocks(await page('packages/providers/README.md'), 'js')
    expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(10)
    await using server = await replayServer([dialects.ollama.text(['Brown', ' and white'])])
    const child = spawn(process.execPath, ['--input-type=module', '--eval', example], {
      cwd: fileURLToPath(new URL('packages/providers', root)),
      env: { PATH: process.env.PATH ?? '', OLLAMA_HOST: server.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, said] = await Promise.all([text(child.stdout), text(child.stderr)])
    expect(said).toBe('')
    expect(out).toMatch(/^Brown and white stop \[\]\n12 7 0 local \d+/)
  })

  it('has every provider in its table', async () => {
    const readme = await page('packages/providers/README.md')
    for (const name of providerNames) expect(readme).toMatch(new RegExp(`^\\| \`${name}\``, 'm'))
  })
})
