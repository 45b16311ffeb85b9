import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  listModels,
  ProviderError,
  parseModelId,
  provider,
  providerNames,
  resolveModel,
  resolveSettings,
} from '@bench/providers'
import { replayServer } from '@bench/providers/testing'
import { describe, expect, it } from 'vitest'

const fails = (call: Promise<unknown>) =>
  call.then(
    () => 'nothing thrown',
    (error: unknown) => (error instanceof ProviderError ? `${error.code}: ${error.message}` : String(error)),
  )

describe('the registry', () => {
  it('names every adapter, each by its own name', async () => {
    const folder = fileURLToPath(new URL('../src/adapters', import.meta.url))
    expect(providerNames.toSorted()).toEqual(
      readdirSync(folder)
        .map((file) => file.replace('.ts', ''))
        .toSorted(),
    )
    for (const name of providerNames) expect((await provider(name)).name).toBe(name)
  })

  it('suggests the nearest name', async () => {
    expect(await fails(provider('antropic'))).toMatch(
      /^bad_request: unknown provider "antropic"; did you mean "anthropic"\? Known: anthropic, /,
    )
    expect(await fails(provider('xyzzy-corp'))).toMatch(
      /^bad_request: unknown provider "xyzzy-corp"\. Known: /,
    )
    for (const name of ['toString', '__proto__', 'constructor', '']) {
      expect(await fails(provider(name))).toMatch(/^bad_request: unknown provider/)
    }
  })
})

describe('parseModelId', () => {
  it.each([
    ['ollama:qwen2.5-coder:7b', 'ollama', 'qwen2.5-coder:7b'],
    ['openrouter:anthropic/claude-sonnet-4.5:free', 'openrouter', 'anthropic/claude-sonnet-4.5:free'],
    ['oracle', 'oracle', ''],
    ['openai:', 'openai', ''],
  ])('%s', (id, name, model) => expect(parseModelId(id)).toEqual({ provider: name, model }))
})

describe('resolveModel', () => {
  it('finds the key where it should be', async () => {
    const model = await resolveModel(
      'anthropic:claude-opus-4-5-20251101',
      {},
      { ANTHROPIC_API_KEY: 'sk-ant-x' },
    )
    expect(model).toMatchObject({ id: 'anthropic:claude-opus-4-5-20251101', price: { inputPerMillion: 5 } })
    expect(model.local).toBeUndefined()
    expect(await resolveModel('openai:gpt-4o', { apiKey: '${' + 'MY_KEY}' }, { MY_KEY: 'k' })).toBeDefined()
  })

  it('says which variable to set, an empty one being none', async () => {
    for (const env of [{}, { OPENAI_API_KEY: '' }, { OPENAI_API_KEY: '  ' }]) {
      expect(await fails(resolveModel('openai:gpt-4o', {}, env))).toBe(
        'auth: openai needs a key: set OPENAI_API_KEY and run again; nothing was spent.',
      )
    }
    const named = resolveModel('openai:gpt-4o', { apiKey: '${' + 'MY_KEY}' }, { OPENAI_API_KEY: 'other' })
    expect(await fails(named)).toMatch(/^auth: .*MY_KEY, which is not set/)
  })

  it('never shows a key that no header can carry', async () => {
    const said = await fails(resolveModel('openai:gpt-4o', { apiKey: 'secret-one\nsecret-two' }, {}))
    expect(said).toMatch(/^auth: /)
    expect(said).not.toMatch(/secret/)
  })

  it('refuses settings that cannot be, naming the nearest key and never a value', async () => {
    const refused = (settings: object) =>
      fails(resolveModel('openai:gpt-4o', { apiKey: 'sk-secret', ...settings }, {}))
    expect(await refused({ apikey: 'sk-secret' })).toBe(
      'bad_request: settings of openai: unknown key "apikey"; did you mean "apiKey"?',
    )
    expect(await refused({ maxRetries: 11 })).toMatch(/^bad_request: settings of openai: maxRetries: /)
    expect(await refused({ timeoutMs: 0 })).toMatch(/timeoutMs/)
    expect(await refused({ timeoutMs: Number.POSITIVE_INFINITY })).toMatch(/timeoutMs/)
    expect(await refused({ endpoint: 'localhost:8000' })).toMatch(/endpoint of openai is no http\(s\) URL/)
    expect(await refused({ endpoint: 'file:///etc/passwd' })).toMatch(/no http\(s\) URL/)
    expect(await refused({ apiKey: { sk: 'sk-secret' } })).not.toMatch(/sk-secret/)
  })

  it('wants a model of a provider that has no default, and an endpoint of one that has none', async () => {
    expect(await fails(resolveModel('openai', {}, { OPENAI_API_KEY: 'k' }))).toMatch(/write openai:MODEL/)
    expect(await fails(resolveModel('openai-compatible:m', {}, {}))).toMatch(
      /needs an endpoint.*http:\/\/127/,
    )
  })

  it('knows what is local', async () => {
    const local = async (endpoint: string) =>
      (await resolveModel('openai-compatible:m', { endpoint }, {})).local ?? false
    for (const host of [
      '127.0.0.1:1',
      'localhost',
      '[::1]:80',
      '10.1.2.3',
      '172.31.0.1',
      '192.168.1.9',
      'vllm:8000',
      'gpu.local',
      '[fd00::1]',
    ]) {
      expect([host, await local(`http://${host}/v1`)]).toEqual([host, true])
    }
    for (const host of [
      'api.groq.com',
      '8.8.8.8',
      '172.32.0.1',
      '[2606:4700::1]',
      'localhost.example.com',
      '127.0.0.1.nip.io',
    ]) {
      expect([host, await local(`https://${host}/v1`)]).toEqual([host, false])
    }
    const groq = await resolveModel(
      'openai-compatible:llama-3.3-70b-versatile',
      { endpoint: 'https://api.groq.com/openai/v1' },
      {},
    )
    expect(groq.price?.inputPerMillion).toBe(0.59)
  })
})

describe('OLLAMA_HOST', () => {
  it.each(['http://127.0.0.1:PORT/', '127.0.0.1:PORT', '0.0.0.0:PORT', ':PORT', ' localhost:PORT '])(
    'may be written %s',
    async (written) => {
      await using server = await replayServer([{ body: '{"models":[{"name":"m"}]}' }])
      const env = { OLLAMA_HOST: written.replace('PORT', new URL(server.url).port) }
      expect(await listModels('ollama', {}, env)).toMatchObject([{ name: 'm', price: { source: 'local' } }])
    },
  )

  it.each(['', '127.0.0.1', '0.0.0.0'])('"%s" is port 11434 of this machine', async (host) => {
    const model = await resolveModel('ollama:no-such-model-here', { maxRetries: 0 }, { OLLAMA_HOST: host })
    expect(model.local).toBe(true)
    // Whether or not an Ollama runs here, it is asked and it has no such model.
    expect(await fails(model.generate([], {}))).toMatch(/refused by 127\.0\.0\.1:11434|has no model/)
  })

  it('gives way to the endpoint of the settings', async () => {
    const settings = await resolveSettings(
      await provider('ollama'),
      { endpoint: 'http://a:1' },
      { OLLAMA_HOST: 'b' },
    )
    expect(settings).toEqual({ endpoint: 'http://a:1' })
  })
})
