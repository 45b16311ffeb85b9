import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { packed, unpacked, worthKeeping } from '../src/cache/entry.js'
import { replyKey } from '../src/cache/key.js'
import {
  type CachedModelOptions,
  type Completion,
  cachedModel,
  cacheSize,
  defineModel,
  type Model,
  pruneCache,
  replyCache,
  resolveModel,
} from '../src/index.js'
import { dialects, type Exchange, replayServer } from '../src/testing.js'

/** Real models of a real server, a real folder. */

const canary = 'sk-canary-0a1b2c3d4e5f60718293'
const question = [{ role: 'user', content: 'Two pelicans?' }] as const

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'bench-cache-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

const modelAt = (endpoint: string): Promise<Model> =>
  resolveModel('openai:gpt-5-mini', { endpoint, apiKey: canary, maxRetries: 0, retryDelayMs: 0 }, {})

const hello = dialects.chat.text(['Hello', ', you'])
const text = { 'content-type': 'text/event-stream' }
const chunk = (choice: object, more: object = {}) =>
  `data: ${JSON.stringify({ model: 'gpt-5-mini', choices: [{ index: 0, ...choice }], ...more })}\n\n`
const usage = { usage: { prompt_tokens: 1000, completion_tokens: 2000 } }
const priced: Exchange = {
  headers: text,
  body: `${chunk({ delta: { content: 'yes' }, finish_reason: 'stop' }, usage)}data: [DONE]\n\n`,
}

const files = async (dir: string): Promise<string[]> =>
  (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

describe('a cached reply', () => {
  test('is given again without asking, with the timing it had and no cost', async () => {
    await using dir = await folder()
    await using server = await replayServer([priced])
    const model = await modelAt(server.url)
    const first = await cachedModel(model, replyCache(dir.path)).generate(question, {})
    expect(first.cost?.usd).toBeGreaterThan(0)
    expect(first).not.toHaveProperty('cached')
    const again = await cachedModel(model, replyCache(dir.path)).generate(question, {})
    expect(server.requests).toHaveLength(1)
    const { cost, tries: _, attempts: __, ...same } = first
    expect(again).toEqual({
      ...same,
      cost: { usd: 0, source: 'cache' },
      originalCost: cost,
      tries: 0,
      cached: true,
    })
  })

  test('is durable before it is given out', async () => {
    await using dir = await folder()
    await using server = await replayServer([hello])
    await cachedModel(await modelAt(server.url), replyCache(dir.path)).generate(question, {})
    expect(await files(dir.path)).toHaveLength(1)
    expect(await cacheSize(dir.path)).toMatchObject({ replies: 1 })
  })

  test('is of one question, one repeat and one asking', async () => {
    await using dir = await folder()
    await using server = await replayServer([hello])
    const model = await modelAt(server.url)
    const cache = replyCache(dir.path)
    const asked = async (options: CachedModelOptions, ...calls: Parameters<Model['generate']>[1][]) => {
      const before = server.requests.length
      const cached = cachedModel(model, cache, options)
      for (const call of calls) await cached.generate(question, call)
      return server.requests.length - before
    }
    expect(await asked({}, {})).toBe(1)
    expect(await asked({}, {})).toBe(0)
    expect(await asked({ repeat: 1 }, {})).toBe(1)
    // What one attempt asks twice gets two replies, the same two the next time.
    expect(await asked({}, {}, {}, {})).toBe(2)
    expect(await asked({}, {}, {}, {})).toBe(0)
    expect(await asked({}, { maxTokens: 9 })).toBe(1)
    // A model that takes only its default temperature is not sent one: the same is asked.
    expect(await asked({}, { temperature: 0.3 })).toBe(0)
    // Who wants no setting left out is not given a reply that lacks one.
    expect(replyKey('m', { endpoint: '', body: {}, strict: true }, { repeat: 0, nth: 0 })).not.toBe(
      replyKey('m', { endpoint: '', body: {} }, { repeat: 0, nth: 0 }),
    )
    // How long one waits changes no reply.
    expect(await asked({}, { timeoutMs: 9999 })).toBe(0)
  })

  test('of the same payer comes back as it was: paid for, lost before it was used', async () => {
    await using dir = await folder()
    await using server = await replayServer([priced])
    const model = await modelAt(server.url)
    const paid = await cachedModel(model, replyCache(dir.path), { payer: 'run/1' }).generate(question, {})
    const back = await cachedModel(model, replyCache(dir.path), { payer: 'run/1' }).generate(question, {})
    expect(back).toEqual(paid)
    const other = await cachedModel(model, replyCache(dir.path), { payer: 'run/2' }).generate(question, {})
    expect(other).toMatchObject({ cached: true, originalCost: paid.cost })
    expect(server.requests).toHaveLength(1)
  })

  test('holds no key and no question, and is its owner’s alone', async () => {
    await using dir = await folder()
    await using server = await replayServer([hello])
    await cachedModel(await modelAt(server.url), replyCache(dir.path)).generate(question, {})
    const [file = ''] = await files(dir.path)
    const written = await readFile(file, 'utf8')
    expect(written).toContain('Hello')
    expect(`${file} ${written}`).not.toMatch(/canary|pelican|127\.0\.0\.1/)
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o077).toBe(0)
  })

  test.each(['', 'x', '{"v":1}\n', '{"v":1,"sha256":"0"}\n{}\n'])(
    'is none where the file is %j',
    async (bad) => {
      await using dir = await folder()
      await using server = await replayServer([hello])
      const model = await modelAt(server.url)
      await cachedModel(model, replyCache(dir.path)).generate(question, {})
      await writeFile((await files(dir.path))[0]!, bad)
      const second = await cachedModel(model, replyCache(dir.path)).generate(question, {})
      expect(second).not.toHaveProperty('cached')
      // Asked again, and whole again.
      expect(await cachedModel(model, replyCache(dir.path)).generate(question, {})).toMatchObject({
        cached: true,
      })
      expect(server.requests).toHaveLength(2)
    },
  )
})

const refused: Readonly<Record<string, Exchange>> = {
  'a truncation': { headers: text, body: chunk({ delta: { content: 'y' }, finish_reason: 'length' }) },
  'a filtered reply': {
    headers: text,
    body: chunk({ delta: { content: 'y' }, finish_reason: 'content_filter' }),
  },
  'a refusal': { headers: text, body: chunk({ delta: { refusal: 'No.' }, finish_reason: 'stop' }) },
  'an end of another kind': {
    headers: text,
    body: chunk({ delta: { content: 'y' }, finish_reason: 'eos?' }),
  },
  'an empty reply': { headers: text, body: chunk({ delta: {}, finish_reason: 'stop' }) },
  'a reply without its end': { headers: text, body: chunk({ delta: { content: 'y' } }) },
  'a connection that is cut': { headers: text, body: chunk({ delta: { content: 'y' } }), ending: 'cut' },
  'an error after 200': { headers: text, body: 'data: {"error":{"message":"overloaded"}}\n\n' },
  'an error in a whole reply': {
    headers: { 'content-type': 'application/json' },
    body: '{"error":{"message":"x"}}',
  },
  'an error status': { status: 500, body: '{}' },
}

describe('never cached is', () => {
  test.each(Object.entries(refused))('%s', async (_name, exchange) => {
    await using dir = await folder()
    await using server = await replayServer([exchange])
    const model = await modelAt(server.url)
    for (let i = 0; i < 2; i++) {
      await cachedModel(model, replyCache(dir.path))
        .generate(question, {})
        .catch(() => undefined)
    }
    expect(server.requests).toHaveLength(2)
    expect(await files(dir.path)).toEqual([])
  })

  test('what a control says, or a model that does not tell what it asks', async () => {
    await using dir = await folder()
    const mine = defineModel({ id: 'mine', generate: async () => ({}) as Completion })
    for (const model of [await resolveModel('oracle', {}, {}), mine]) {
      expect(cachedModel(model, replyCache(dir.path))).toBe(model)
    }
  })
})

describe('only the cache', () => {
  test('gives what it has; what it lacks is a fault, and nothing is sent', async () => {
    await using dir = await folder()
    await using server = await replayServer([hello])
    const model = await modelAt(server.url)
    const only = { only: true }
    const missed = cachedModel(model, replyCache(dir.path), only).generate(question, {})
    await expect(missed).rejects.toMatchObject({
      code: 'cache_miss',
      retryable: false,
      tries: 0,
      message:
        'openai: the cache has no reply of gpt-5-mini to this question. Nothing was sent; run without --cache-only to ask.',
    })
    expect(server.requests).toHaveLength(0)
    await cachedModel(model, replyCache(dir.path)).generate(question, {})
    const found = await cachedModel(model, replyCache(dir.path), only).generate(question, {})
    expect(found.text).toBe('Hello, you')
    expect(server.requests).toHaveLength(1)
  })

  test('asks no model that cannot be cached, but controls', async () => {
    await using dir = await folder()
    const mine = defineModel({ id: 'mine:x', generate: () => Promise.reject(new Error('was asked')) })
    const asked = cachedModel(mine, replyCache(dir.path), { only: true }).generate(question, {})
    await expect(asked).rejects.toMatchObject({ code: 'cache_miss' })
    const echo = cachedModel(await resolveModel('echo', {}, {}), replyCache(dir.path), { only: true })
    expect((await echo.generate(question, {})).text).toBe('Two pelicans?')
  })
})

test('an aborted call reads nothing and asks nobody', async () => {
  await using dir = await folder()
  await using server = await replayServer([hello])
  const cached = cachedModel(await modelAt(server.url), replyCache(dir.path))
  const reason = new Error('enough')
  await expect(cached.generate(question, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  expect(server.requests).toHaveLength(0)
})

test('a folder that cannot be written costs no reply, and is told once', async () => {
  await using dir = await folder()
  await using server = await replayServer([hello])
  await writeFile(join(dir.path, 'file'), '')
  const told: string[] = []
  const cache = replyCache(join(dir.path, 'file', 'below'), { onFault: (message) => told.push(message) })
  const cached = cachedModel(await modelAt(server.url), cache)
  for (let i = 0; i < 3; i++) expect((await cached.generate(question, {})).text).toBe('Hello, you')
  expect(told).toEqual([expect.stringMatching(/^cannot write .*file.below.* \(E\w+\): replies are not kept/)])
})

test('many that share a folder and ask the same at once all get a whole reply', async () => {
  await using dir = await folder()
  await using server = await replayServer([hello])
  const model = await modelAt(server.url)
  const replies = await Promise.all(
    Array.from({ length: 20 }, () => cachedModel(model, replyCache(dir.path)).generate(question, {})),
  )
  expect(new Set(replies.map((reply) => reply.text))).toEqual(new Set(['Hello, you']))
  expect(await cacheSize(dir.path)).toMatchObject({ replies: 1 })
  expect(await files(dir.path)).toHaveLength(1)
})

const completion: Completion = {
  text: 'Hé\nllo',
  finish: 'stop',
  usage: { input: 1, output: 2 },
  timing: { startedAt: '2026-11-21T07:00:00.000Z', totalMs: 5 },
  tries: 1,
  warnings: [],
}

describe('an entry', () => {
  const key = 'a'.repeat(64)
  const written = Buffer.from(packed(key, { completion, payer: 'p' }))

  test('comes back as it was, for its own key alone', () => {
    expect(unpacked(key, written.toString())).toEqual({ completion, payer: 'p' })
    expect(unpacked('b'.repeat(64), written.toString())).toBeUndefined()
  })

  test('that is torn at any byte is none', () => {
    for (let length = 0; length < written.length; length++) {
      expect(unpacked(key, written.toString('utf8', 0, length))).toBeUndefined()
    }
  })

  test('with any bit turned is none', () => {
    fc.assert(
      fc.property(fc.nat(written.length * 8 - 1), (bit) => {
        const bad = Buffer.from(written)
        bad[bit >> 3]! ^= 1 << (bit & 7)
        // JSON has more than one spelling of the first line; what the reply says never changes.
        const read = unpacked(key, bad.toString())
        expect([undefined, JSON.stringify(completion)]).toContain(read && JSON.stringify(read.completion))
      }),
    )
  })

  test('is worth keeping where the model ended by its own will and said something', () => {
    expect(worthKeeping(completion)).toBe(true)
    expect(worthKeeping({ ...completion, text: '' })).toBe(false)
    expect(worthKeeping({ ...completion, finish: 'tool_calls', text: '' })).toBe(false)
    const toolCalls = [{ id: '1', name: 'f', arguments: '{}' }]
    expect(worthKeeping({ ...completion, finish: 'tool_calls', text: '', toolCalls })).toBe(true)
    expect(worthKeeping({ ...completion, finish: 'length', toolCalls })).toBe(false)
  })
})

test('keys are equal exactly where what is asked is', () => {
  const value = fc.jsonValue({ maxDepth: 3 })
  const body = fc.dictionary(fc.string(), value)
  const shuffled = (it: unknown): unknown =>
    typeof it === 'object' && it !== null && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).reverse())
      : it
  const part = fc.record({ id: fc.string(), endpoint: fc.string(), body, repeat: fc.nat(3), nth: fc.nat(3) })
  type Part = typeof part extends fc.Arbitrary<infer T> ? T : never
  const keyOf = ({ id, repeat, nth, ...asked }: Part) => replyKey(id, asked, { repeat, nth })
  fc.assert(
    fc.property(part, part, (a, b) => {
      expect(keyOf(a)).toMatch(/^[0-9a-f]{64}$/)
      expect(keyOf({ ...a, body: shuffled(a.body) as Part['body'] })).toBe(keyOf(a))
      const same = JSON.stringify(a) === JSON.stringify(b)
      if (!same && JSON.stringify(Object.keys(a.body)) === JSON.stringify(Object.keys(b.body))) {
        expect(keyOf(a) === keyOf(b)).toBe(same)
      }
      expect(keyOf({ ...a, repeat: a.repeat + 1 })).not.toBe(keyOf(a))
      expect(keyOf({ ...a, nth: a.nth + 1 })).not.toBe(keyOf(a))
      expect(keyOf({ ...a, endpoint: `${a.endpoint}/` })).not.toBe(keyOf(a))
    }),
  )
})

test('pruning takes what was not used for longest, what a crash left, and nothing else', async () => {
  await using dir = await folder()
  const cache = replyCache(dir.path)
  const keys = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(64))
  for (const [age, key] of keys.entries()) {
    await cache.put(key, { completion })
    const at = Date.now() / 1000 - 86_400 * (10 - age)
    await utimes(join(dir.path, key.slice(0, 2), `${key.slice(2)}.json`), at, at)
  }
  const stranger = join(dir.path, 'notes.txt')
  const draft = join(dir.path, 'aa', 'x.json.0123456789ab.tmp')
  await writeFile(stranger, 'mine')
  await writeFile(draft, 'half')
  await utimes(draft, 1, 1)
  // Reading marks the oldest as in use.
  expect(await cache.get(keys[0]!)).toBeDefined()
  const { bytes } = await cacheSize(dir.path)
  expect(await pruneCache(dir.path, bytes / 2)).toEqual({ replies: 2, bytes: bytes / 2 })
  const left = await Promise.all(keys.map(async (key) => (await cache.get(key)) !== undefined))
  expect(left).toEqual([true, false, false, true])
  expect(await readFile(stranger, 'utf8')).toBe('mine')
  await expect(stat(draft)).rejects.toThrow('ENOENT')
})
