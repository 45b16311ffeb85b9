import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { fittingTable } from '../src/terminal/table.js'
import { cli, complaints, folder } from './cli.js'

/** A server that answers every request alike, or none. */
async function server(body: object | undefined, status = 200) {
  const made = createServer((request, response) => {
    request.resume()
    if (body === undefined) return
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(made.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      made.closeAllConnections()
      await new Promise((resolve) => made.close(resolve))
    },
  }
}

async function models(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  await using dir = await folder()
  return await cli(['models', ...args], { cwd: dir.path, env })
}

const rows = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/))

describe('an endpoint', () => {
  it.each([
    ['models', '-p', 'openai,openrouter'],
    ['bench', '-p', 'openai:a,openrouter:b'],
  ])('is given the key of one provider: %s %s %s', async (...args) => {
    await using served = await server({ data: [] })
    await using dir = await folder()
    const ended = await cli([...args, '--endpoint', served.url], {
      cwd: dir.path,
      env: { OPENAI_API_KEY: 'sk-0123456789', OPENROUTER_API_KEY: 'sk-or-0123456789' },
    })
    expect({ code: ended.code, lines: complaints(ended).length }).toEqual({ code: 2, lines: 1 })
    expect(ended.stderr).toContain('openai and openrouter are two providers')
  })
})

describe('bench models', () => {
  it('says of each provider what is missing, with no key and no server at all', async () => {
    const { code, stdout, stderr } = await models([])
    expect(code).toBe(0)
    expect(stdout).toBe('')
    for (const line of [
      '– anthropic: no key. Set ANTHROPIC_API_KEY',
      '– gemini: no key. Set GEMINI_API_KEY',
      '– huggingface: no key. Set HF_TOKEN',
      '– openai: no key. Set OPENAI_API_KEY',
      '– openrouter: no key. Set OPENROUTER_API_KEY',
      '– openai-compatible: no endpoint. Name one with --endpoint',
      '✓ oracle: a control, answers without a model',
    ]) {
      expect(stderr.split('\n')).toContain(line)
    }
    expect(stderr).toMatch(
      /^– ollama cannot be reached: connection refused by 127\.0\.0\.1:9\. .*ollama serve/m,
    )
  })

  it('lists what a server tells, sorted as people count', async () => {
    const row = (id: string, prompt: string, completion: string, takes: readonly string[]) => ({
      id,
      context_length: 131_072,
      pricing: { prompt, completion, request: '0', input_cache_read: '0.0000003' },
      supported_parameters: takes,
    })
    await using served = await server({
      data: [
        row('b/model-10', '0.000003', '0.000015', ['temperature', 'tools', 'seed']),
        row('b/model-9', '0', '0', []),
        row('router/auto', '-1', '-1', ['stop']),
        { id: 'bare' },
        { nothing: 'of a model' },
        'nor this',
      ],
    })
    const env = { OPENROUTER_API_KEY: 'sk-or-0123456789' }
    const all = await models(['openrouter', '--endpoint', served.url], env)
    expect(all.stderr).toBe('✓ openrouter: 4 models\n')
    expect(rows(all.stdout)).toEqual([
      ['MODEL', 'CONTEXT', '$/M IN', '$/M OUT', 'TAKES'],
      ['openrouter:b/model-9', '131,072', '0', '0', 'none of it'],
      ['openrouter:b/model-10', '131,072', '3', '15', 'temperature seed tools'],
      ['openrouter:bare', '–', '–', '–', '–'],
      ['openrouter:router/auto', '131,072', '–', '–', 'stop'],
    ])
    const some = await models(['openrouter', '--endpoint', served.url, '--supports', 'tools,seed'], env)
    expect(rows(some.stdout).slice(1)).toHaveLength(1)
    const named = await models(['openrouter', '--endpoint', served.url, '--filter', 'MODEL-9'], env)
    expect(rows(named.stdout).slice(1)).toHaveLength(1)
    const json = await models(['openrouter', '--endpoint', served.url, '--json'], env)
    expect(
      json.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))[1],
    ).toEqual({
      id: 'openrouter:b/model-10',
      name: 'b/model-10',
      contextLength: 131_072,
      price: {
        inputPerMillion: 3,
        outputPerMillion: 15,
        cacheReadPerMillion: 0.3,
        source: 'openrouter',
      },
      supports: { temperature: true, seed: true, stop: false, tools: true, logprobs: false },
    })
  })

  it('looks up what a server does not tell', async () => {
    await using served = await server({ data: [{ id: 'gpt-4o-mini' }, { id: 'gpt-99-imaginary' }] })
    const { stdout } = await models(['openai', '--endpoint', served.url], { OPENAI_API_KEY: 'sk-0123456789' })
    expect(rows(stdout).slice(1)).toEqual([
      ['openai:gpt-4o-mini', '–', '0.15', '0.6', '–'],
      ['openai:gpt-99-imaginary', '–', '–', '–', '–'],
    ])
  })

  it('names a wrong key by its variable', async () => {
    await using served = await server({ error: { message: 'bad key sk-wrong-0123456789abcd' } }, 401)
    const { code, stdout, stderr } = await models(['openai', '--endpoint', served.url], {
      OPENAI_API_KEY: 'sk-wrong-0123456789abcd',
    })
    expect(code).toBe(4)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^✗ openai: key refused \(OPENAI_API_KEY, ends in …abcd\)/)
    expect(stderr).not.toMatch(/0123456789/)
  })

  it('shows one line for a server that is not there, or speaks otherwise', async () => {
    const gone = await models(['--endpoint', 'http://127.0.0.1:9/v1'])
    expect(gone.code).toBe(4)
    expect(gone.stderr).toMatch(/^✗ openai-compatible cannot be reached: connection refused by .*\n$/)
    await using silent = await server(undefined)
    const hung = await models(['vllm', '--endpoint', silent.url])
    expect(hung.stderr).toMatch(/^✗ vllm: .*no list of models within 3 s.*\n$/)
    await using served = await server({ data: 'no list' })
    const odd = await models(['--endpoint', served.url])
    expect(odd.stderr).toBe('✓ openai-compatible: 0 models\n')
  })

  it('lets no name act on the terminal', async () => {
    const hostile = 'a\u001b]0;owned\u0007\u009b31m\u202e\nb'
    await using served = await server({ data: [{ id: hostile }, { id: '模型-7b' }] })
    for (const more of [[], ['--json']]) {
      const { stdout, stderr } = await models(['--endpoint', served.url, ...more])
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
      expect(stdout).toContain('模型-7b')
      expect(stdout.trimEnd().split('\n')).toHaveLength(more.length === 0 ? 3 : 2)
      if (more.length > 0) {
        expect(
          stdout
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line).name),
        ).toContain(hostile)
      }
    }
  })

  it('knows what it is asked for', async () => {
    const unknown = await models(['opnai'])
    expect(unknown.code).toBe(2)
    expect(complaints(unknown)[0]).toMatch(/unknown provider "opnai"; did you mean "openai"\?/)
    const ability = await models(['--supports', 'tool'])
    expect(ability.code).toBe(2)
    expect(complaints(ability)[0]).toMatch(/--supports tool: did you mean "tools"\?/)
  })
})

describe('a table that must fit', () => {
  const head = ['MODEL', 'CONTEXT', 'TAKES']
  const cells = [
    ['模型-with-a-long-name', '131,072', 'temperature seed tools'],
    ['b', '–', '–'],
  ]

  it.each([200, 60, 50, 32, 24, 12, 3])('within %i columns', (width) => {
    const lines = fittingTable(head, cells, width).trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width)
    expect(lines[0]?.includes('TAKES')).toBe(width >= 60)
    expect(lines[0]?.includes('CONTEXT')).toBe(width >= 32)
  })
})
