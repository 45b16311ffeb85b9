import { listModels, resolveModel, withoutSecrets } from '@bench/providers'
import { dialects, replayServer } from '@bench/providers/testing'
import { describe, expect, it } from 'vitest'

const login = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** What a server sees of an endpoint with something in it. */
async function seen(id: string, dress: (url: string) => string, apiKey?: string) {
  const wire = id.startsWith('anthropic')
    ? dialects.messages
    : id.startsWith('ollama')
      ? dialects.ollama
      : dialects.chat
  await using server = await replayServer([wire.text(['ok'])])
  const model = await resolveModel(id, { endpoint: dress(server.url), ...(apiKey ? { apiKey } : {}) }, {})
  await model.generate([{ role: 'user', content: 'x' }], {})
  const [request] = server.requests
  const question = model.question?.([{ role: 'user', content: 'x' }], {})
  return {
    path: request?.path,
    authorization: request?.headers.authorization,
    asked: question?.endpoint,
    url: server.url,
  }
}

const dressed =
  (inside: string, behind = '') =>
  (url: string) =>
    url.replace('://', `://${inside}`) + behind

describe('an endpoint with credentials in it', () => {
  it.each(['openai-compatible:m', 'ollama:m', 'anthropic:claude-haiku-4-5'])(
    '%s logs in by its user and password',
    async (id) => {
      const key = id.startsWith('anthropic') ? 'sk-ant-0123456789' : undefined
      const found = await seen(id, dressed('me:p%40ss-word-1@'), key)
      expect(found.authorization).toBe(login('me', 'p@ss-word-1'))
      expect(found.asked).toBe(found.url)
      expect(withoutSecrets('p@ss-word-1 p%40ss-word-1')).toBe('[redacted] [redacted]')
      expect(withoutSecrets(login('me', 'p@ss-word-1'))).not.toContain(
        Buffer.from('p@ss-word-1').toString('base64').slice(4, 12),
      )
    },
  )

  it.each(['openai-compatible:m', 'ollama:m', 'anthropic:claude-haiku-4-5'])(
    '%s has its query behind every path',
    async (id) => {
      const key = id.startsWith('anthropic') ? 'sk-ant-0123456789' : undefined
      const found = await seen(id, dressed('', '/base/?key=a/b-secret-c&api-version=2025-01-01'), key)
      expect(found.path).toMatch(/^\/base\/[a-z/0-9]+\?key=a%2Fb-secret-c&api-version=2025-01-01$/)
      expect(found.asked).toBe(`${found.url}/base`)
      expect(withoutSecrets('a/b-secret-c of 2025-01-01')).toBe('[redacted] of 2025-01-01')
    },
  )

  it('gives way to a key where there is one', async () => {
    const found = await seen('openai-compatible:m', dressed('me:password@'), 'sk-its-own-key')
    expect(found.authorization).toBe('Bearer sk-its-own-key')
  })

  it('lists models too, a query of their path and its own together', async () => {
    await using server = await replayServer([{ body: '{"data":[{"id":"claude-x"}]}' }])
    const endpoint = dressed('me:password@', '?key=0123456789')(server.url)
    expect(await listModels('anthropic', { endpoint, apiKey: 'sk-ant-0123456789' }, {})).toEqual([
      { name: 'claude-x' },
    ])
    expect(server.requests[0]?.path).toBe('/v1/models?key=0123456789&limit=1000')
  })

  it('is never in a fault', async () => {
    const model = await resolveModel(
      'openai-compatible:m',
      { endpoint: 'http://me:password@127.0.0.1:9/?token=0123456789', maxRetries: 0 },
      {},
    )
    const said = await model.generate([], {}).catch((error: unknown) => error)
    expect(said).toBeInstanceOf(Error)
    expect(`${(said as Error).stack} ${JSON.stringify(said)}`).not.toMatch(/password|0123456789/)
  })
})
