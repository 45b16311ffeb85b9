import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dialects, type Exchange, replayServer } from '@bench/providers/testing'
import { describe, expect, it } from 'vitest'
import { cli, complaints, type Folder, folder } from './cli.js'

const tasks = JSON.stringify({
  name: 'one',
  version: '1.0.0',
  test_cases: [{ id: 'a', prompt: 'Say ok', expected: 'ok' }],
})

/** 12 tokens in, 7 out. */
const reply = dialects.chat.text(['ok'])

interface Told {
  readonly models: readonly { readonly price?: object; readonly from?: string }[]
  readonly cost?: { readonly usd: number; readonly source: string; readonly listed_usd?: number }
}

async function told(dir: Folder): Promise<Told> {
  const [run = ''] = await readdir(join(dir.path, 'bench-results'))
  const read = (file: string) => readFile(join(dir.path, 'bench-results', run, file), 'utf8')
  const plan = JSON.parse(await read('plan.json'))
  const [attempt = '{}'] = (await read('results.jsonl')).split('\n')
  return { models: plan.models, ...JSON.parse(attempt) }
}

const spend = ['--yes', '--max-cost', '1']

/** A server that is not on a private host by its name would need a name: what costs is said by --price. */
async function bench(dir: Folder, url: string, more: readonly string[], id = 'openai-compatible:mine') {
  await dir.file('tasks.json', tasks)
  return cli(['bench', '-d', 'tasks.json', '-p', id, '--endpoint', url, ...more], {
    cwd: dir.path,
    env: { OPENAI_API_KEY: 'sk-0123456789', OPENROUTER_API_KEY: 'sk-or-0123456789' },
  })
}

describe('a price that a person sets', () => {
  it('by option, makes a server of one’s own cost money', async () => {
    await using server = await replayServer([reply])
    await using dir = await folder()
    const asked = await bench(dir, server.url, ['--price', 'openai-compatible:mine=1000/2000'])
    expect(asked.stderr).toMatch(/not asked, since they cost money/)
    await using again = await folder()
    const paid = await bench(again, server.url, [
      '--price',
      'openai-compatible:mine=1000/2000',
      ...spend,
      '--max-tokens',
      '50',
    ])
    expect(paid.code).toBe(0)
    // 12 × $0.001 + 7 × $0.002
    expect((await told(again)).cost).toEqual({ usd: expect.closeTo(0.026, 12), source: 'config' })
  })

  it('in a file, has all its parts, and is in the plan', async () => {
    await using server = await replayServer([reply])
    await using dir = await folder()
    const price = { inputPerMillion: 1, outputPerMillion: 2, perRequest: 0.5 }
    await dir.file('prices.json', JSON.stringify({ 'openai-compatible:mine': price, 'other:one': price }))
    const paid = await bench(dir, server.url, ['--prices', 'prices.json', ...spend])
    expect(paid.code).toBe(0)
    const { models, cost } = await told(dir)
    expect(models[0]?.price).toEqual({ ...price, source: 'config' })
    expect(cost?.usd).toBeCloseTo(0.500026, 12)
  })

  it.each([
    ['no price', ['--price', 'openai:x=1'], /--price openai:x=1: write provider:model=IN\/OUT/],
    [
      'no number',
      ['--price', 'openai-compatible:mine=a/b'],
      /--price openai-compatible:mine: price\.inputPerMillion/,
    ],
    ['a negative one', ['--price', 'openai-compatible:mine=-1/2'], /price\.inputPerMillion/],
    [
      'a model not asked',
      ['--price', 'openai-compatible:nine=1/2'],
      /no such model is asked; did you mean "openai-compatible:mine"\?/,
    ],
    ['no file', ['--prices', 'no.json'], /--prices no\.json: it cannot be read/],
    ['no JSON', ['--prices', 'tasks.txt'], /--prices tasks\.txt: it is not JSON/],
    ['an unknown part', ['--prices', 'odd.json'], /odd\.json: a:b: .*cached/],
  ])('is refused where it is %s', async (_what, args, says) => {
    await using dir = await folder()
    await dir.file('tasks.txt', 'not JSON')
    await dir.file(
      'odd.json',
      JSON.stringify({ 'a:b': { inputPerMillion: 1, outputPerMillion: 1, cached: 1 } }),
    )
    const ended = await bench(dir, 'http://127.0.0.1:9/v1', args)
    expect(ended.code).toBe(2)
    expect(complaints(ended)).toHaveLength(1)
    expect(complaints(ended)[0]).toMatch(says)
  })
})

describe('an unknown price', () => {
  it('is refused under a cap, unless it is allowed', async () => {
    await using server = await replayServer([reply])
    await using dir = await folder()
    const refused = await bench(dir, server.url, spend, 'openai:gpt-99-imaginary')
    expect(refused.code).toBe(2)
    expect(complaints(refused)[0]).toMatch(/no price is known for openai:gpt-99-imaginary.*--allow-unpriced/)
    expect(server.requests).toHaveLength(0)
    const allowed = await bench(dir, server.url, [...spend, '--allow-unpriced'], 'openai:gpt-99-imaginary')
    expect(allowed.code).toBe(0)
    expect((await told(dir)).cost).toBeUndefined()
  })
})

describe('what a provider reports', () => {
  const reports = (cost: number): Exchange => ({
    headers: { 'content-type': 'text/event-stream' },
    body: `data: ${JSON.stringify({ choices: [{ delta: { content: 'ok' }, finish_reason: 'stop' }], usage: { prompt_tokens: 1_000_000, completion_tokens: 0, cost } })}\n\ndata: [DONE]\n\n`,
  })

  it.each([
    [2.5, ''],
    [2.6, ''],
    [3, 'its provider reports $3.00, the price list says $2.50, 20 % more; what is reported counts'],
    [2, 'its provider reports $2.00, the price list says $2.50, 20 % less; what is reported counts'],
  ])('of $%d is held against the list', async (cost, warned) => {
    await using server = await replayServer([reports(cost)])
    await using dir = await folder()
    const { code, stdout } = await bench(
      dir,
      server.url,
      ['--yes', '--max-cost', '5'],
      'openrouter:openai/gpt-4o',
    )
    expect(code).toBe(0)
    expect((await told(dir)).cost).toEqual({ usd: cost, source: 'reported', listed_usd: 2.5 })
    const said = stdout.replace(/\s+/g, ' ')
    if (warned === '') expect(said).not.toMatch(/reports/)
    else expect(said).toContain(`openrouter:openai/gpt-4o: ${warned}`)
  })
})
