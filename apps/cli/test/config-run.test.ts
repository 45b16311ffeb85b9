// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables are a configuration's own
import { readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { mockServer } from '@bench/providers/mock'
import { planFile } from '@bench/runner/record'
import { describe, expect, test } from 'vitest'
import { cli, complaints, type Folder, folder, start } from './cli.js'

/** Runs from a configuration, as a person makes them: real processes against real servers. */

const questions = JSON.stringify({
  name: 'questions',
  version: '1.0.0',
  test_cases: [1, 2, 3].map((i) => ({
    id: `q${i}`,
    category: 'sums',
    prompt: `Say number ${i}.`,
    expected: `number ${i}`,
  })),
})

type Mock = Awaited<ReturnType<typeof mockServer>>

/** What each question brought: its key, and the settings of its body. */
const asked = (server: Mock) =>
  server.requests
    .filter(({ method }) => method === 'POST')
    .map(({ headers, body }) => {
      const { messages: _, stream: __, stream_options: ___, ...settings } = JSON.parse(body)
      return { key: headers.authorization, ...settings }
    })

const twoServers = (one: Mock, other: Mock) => `
dataset: q.json
temperature: 0.9
max_tokens: 99
models:
  - provider: openai-compatible
    model: mock
    endpoint: ${one.url}/v1
    api_key: \${FIRST_KEY}
    temperature: 0.2
    seed: 7
  - name: other
    provider: local
    endpoint: ${other.url}/v1
    api_key: \${OTHER_KEY}
    max_tokens: 500
    stop: [END]
`

const keys = { FIRST_KEY: 'first-key-0123', OTHER_KEY: 'other-key-4567' }

async function planIn(at: Folder, output = 'bench-results') {
  const [run = ''] = await readdir(join(at.path, output))
  const dir = join(at.path, output, run)
  return { run, dir, plan: planFile.parse(JSON.parse(await readFile(join(dir, 'plan.json'), 'utf8'))) }
}

describe('a run from a configuration', () => {
  test('asks two models at two endpoints with two keys, each by its own settings', async () => {
    await using at = await folder()
    await using one = await mockServer()
    await using other = await mockServer({ script: { models: ['other'] } })
    await at.file('q.json', questions)
    await at.file('bench.config.yaml', twoServers(one, other))
    const ended = await cli(['bench'], { cwd: at.path, env: keys })
    expect(complaints(ended)).toEqual([])
    expect(ended.code).toBe(0)
    const first = { key: 'Bearer first-key-0123', model: 'mock', temperature: 0.2, max_tokens: 99, seed: 7 }
    const second = {
      key: 'Bearer other-key-4567',
      model: 'other',
      temperature: 0.9,
      max_tokens: 500,
      stop: ['END'],
    }
    expect(asked(one)).toEqual([first, first, first])
    expect(asked(other)).toEqual([second, second, second])
    // The key that opens a server's list of models is that server's too.
    for (const [server, { key }] of [
      [one, first],
      [other, second],
    ] as const)
      expect(new Set(server.requests.map(({ headers }) => headers.authorization))).toEqual(new Set([key]))

    const { dir, plan } = await planIn(at)
    expect(plan.call).toEqual({ temperature: 0.9, maxTokens: 99 })
    expect(plan.models.map(({ id, call }) => ({ id, call }))).toEqual([
      { id: 'openai-compatible:mock', call: { temperature: 0.2, seed: 7 } },
      { id: 'openai-compatible:other', call: { maxTokens: 500, stop: ['END'] } },
    ])
    expect(plan.host).toMatchObject({ platform: process.platform, node: process.version })
    expect(plan).not.toHaveProperty('git')
    for (const name of await readdir(dir, { recursive: true })) {
      const text = await readFile(join(dir, name), 'utf8').catch(() => '')
      for (const key of Object.values(keys)) expect(text, name).not.toContain(key)
    }
  })

  test('is gone on with by the same file, asking only what is left, as it was asked', async () => {
    await using at = await folder()
    await using one = await mockServer({ script: { rules: [{ says: 'number 2', fault: 'auth', times: 1 }] } })
    await using other = await mockServer()
    await at.file('q.json', questions)
    await at.file('mine.yaml', twoServers(one, other))
    const begun = await cli(['bench', '--config', 'mine.yaml', '-c', '1'], { cwd: at.path, env: keys })
    expect(begun.code).not.toBe(0)
    const { run } = await planIn(at)
    expect(begun.stderr).toContain(`bench resume ${run} --config mine.yaml --concurrency 1\n`)
    const before = asked(one).length
    expect(asked(other)).toHaveLength(3)

    const resumed = await cli(['resume', run, '--config', 'mine.yaml'], { cwd: at.path, env: keys })
    expect(complaints(resumed)).toEqual([])
    expect(resumed.code).toBe(0)
    expect(asked(other)).toHaveLength(3)
    const now = asked(one).slice(before)
    expect(now.length).toBeGreaterThan(0)
    expect(now).toEqual(
      now.map(() => ({
        key: 'Bearer first-key-0123',
        model: 'mock',
        temperature: 0.2,
        max_tokens: 99,
        seed: 7,
      })),
    )
    const summary = JSON.parse(
      await readFile(join(at.path, 'bench-results', run, 'results.json'), 'utf8'),
    ).summary
    expect(summary).toMatchObject({ total: 6, succeeded: 6 })

    const without = await cli(['resume', run], { cwd: at.path })
    expect(complaints(without).join()).toContain('openai-compatible needs an endpoint')
  })

  test('takes its file from flags, not keys: one endpoint for two models with keys of their own is refused', async () => {
    await using at = await folder()
    await using one = await mockServer()
    await using other = await mockServer()
    await at.file('q.json', questions)
    await at.file('bench.config.yaml', twoServers(one, other))
    const ended = await cli(['bench', '--endpoint', `${one.url}/v1`], { cwd: at.path, env: keys })
    expect(complaints(ended)).toEqual([
      'bench: openai-compatible:mock and openai-compatible:other have keys of their own, which one endpoint must not both see: give each its endpoint',
    ])
    expect(one.count + other.count).toBe(0)
    const alone = await cli(
      ['bench', '-p', 'openai-compatible:other', '--endpoint', `${one.url}/v1`, '--max-tokens', '5'],
      { cwd: at.path, env: keys },
    )
    expect(alone.code).toBe(0)
    expect(asked(one)[0]).toEqual({
      key: 'Bearer other-key-4567',
      model: 'other',
      temperature: 0.9,
      max_tokens: 5,
      stop: ['END'],
    })
  })

  test('says of a variable that is not set which it is, before anything is asked', async () => {
    await using at = await folder()
    await using one = await mockServer()
    await using other = await mockServer()
    await at.file('q.json', questions)
    await at.file('bench.config.yaml', twoServers(one, other))
    const ended = await cli(['bench'], { cwd: at.path, env: { FIRST_KEY: 'first-key-0123' } })
    expect(complaints(ended)).toEqual([
      'bench: bench.config.yaml:15: models[1].api_key wants OTHER_KEY, which is not set: set it, or write ${OTHER_KEY:-otherwise}',
    ])
    expect(ended.code).toBe(2)
    expect(one.count + other.count).toBe(0)
    // Who is not asked needs no key.
    const some = await cli(['bench', '-p', 'openai-compatible:mock'], {
      cwd: at.path,
      env: { FIRST_KEY: 'first-key-0123' },
    })
    expect(some.code).toBe(0)
  })

  test('written in TypeScript, with nothing installed, is typed data that may be made by code', async () => {
    await using at = await folder()
    await using server = await mockServer()
    await at.file('q.json', questions)
    await at.file('shared.ts', `export const endpoint: string = '${server.url}/v1'\n`)
    await at.file(
      'bench.config.ts',
      `import { defineConfig } from '@bench/cli/config'
import { endpoint } from './shared.js'
export default defineConfig(async () => ({
  dataset: 'q.json',
  max_time: '10m',
  models: [{ provider: 'local', name: 'mock', endpoint, temperature: 0 }],
}))
`,
    )
    const ended = await cli(['bench'], { cwd: at.path })
    expect(complaints(ended)).toEqual([])
    expect(ended.code).toBe(0)
    expect((await planIn(at)).plan).toMatchObject({
      bounds: { maxTimeMs: 600_000 },
      models: [{ call: { temperature: 0 } }],
    })
  })

  test('of an experiment says in one line what it makes nothing of', async () => {
    await using at = await folder()
    await at.file('q.json', questions)
    await at.file(
      'e.yaml',
      'experiment: { name: e }\ndataset: q.json\noutput_dir: out\nmodels: [oracle]\nsamples_dir: samples\noptions: { run_tests: true, max_workers: 3 }',
    )
    const ended = await cli(['bench', '--config', 'e.yaml'], { cwd: at.path })
    expect(ended.stderr.match(/not used by bench bench/g)).toHaveLength(1)
    expect(ended.stderr).toContain('e.yaml: not used by bench bench: samples_dir, options.run_tests\n')
    const { run, plan } = await planIn(at, 'out')
    expect(plan.concurrency).toBe(3)
    // Runs are looked for where the configuration puts them.
    const env = { BENCH_CONFIG: 'e.yaml' }
    expect((await cli(['runs'], { cwd: at.path, env })).stdout).toContain(run)
    expect((await cli(['report'], { cwd: at.path, env })).stdout).toMatch(/oracle +100\.0/)
    expect((await cli(['runs', '-o', 'elsewhere'], { cwd: at.path, env })).stdout).not.toContain(run)
  })
})

test('every new bound and wish is in the plan', async () => {
  await using at = await folder()
  await at.file('q.json', questions)
  const args =
    '-d q.json -p oracle --dry-run --max-time 2h --max-errors 9 --until-ci 2 --sample 2 --stratify category --solver refine --rounds 4'
  const { stdout } = await cli(['bench', ...args.split(' ')], { cwd: at.path })
  expect(JSON.parse(stdout)).toMatchObject({
    bounds: { maxTimeMs: 7_200_000, maxErrors: 9 },
    untilCi: 2,
    sample: { n: 2, seed: 0, by: 'category' },
    solver: 'refine',
    solverOptions: { rounds: 4 },
  })
  const first = await cli(
    ['bench', '-d', 'q.json', '-p', 'oracle', '--dry-run', '--no-continue-on-failure', '--rounds', '3'],
    {
      cwd: at.path,
    },
  )
  expect(JSON.parse(first.stdout)).toMatchObject({ bounds: { maxErrors: 1 }, solver: 'single' })
  expect(JSON.parse(first.stdout)).not.toHaveProperty('solverOptions')
  expect(first.stderr).toContain('--rounds is of --solver refine: single makes nothing of it\n')
})

describe('what is new on the command line reaches the wire', () => {
  test.each([
    ['--timeout-headers', 'hang', 'timeout_headers'],
    ['--timeout-first-token', 'silent', 'timeout_first_token'],
    ['--timeout-idle', 'stall', 'timeout_between_tokens'],
  ] as const)('%s ends a call to a server that does %s', async (flag, fault, code) => {
    await using at = await folder()
    await using server = await mockServer({ script: { rules: [{ fault }] } })
    await at.file('q.json', questions)
    const endpoint = ['-p', 'openai-compatible:mock', '--endpoint', `${server.url}/v1`]
    const args = ['bench', '-d', 'q.json', '--limit', '1', ...endpoint, '--max-retries', '0', flag, '0.2']
    await cli(args, { cwd: at.path })
    const { dir } = await planIn(at)
    expect(await readFile(join(dir, 'results.jsonl'), 'utf8')).toContain(`"code":"${code}"`)
  })

  test('a seed without a sample is said to make no difference', async () => {
    await using at = await folder()
    await at.file('q.json', questions)
    const { stderr } = await cli(['bench', '-d', 'q.json', '-p', 'oracle', '--seed', '3'], { cwd: at.path })
    expect(stderr).toContain('--seed is of --sample: without one, every task is asked')
  })

  test('--request-delay holds the second request to a server back, and says so', async () => {
    await using at = await folder()
    await using server = await mockServer()
    await at.file('q.json', questions)
    const endpoint = ['-p', 'openai-compatible:mock', '--endpoint', `${server.url}/v1`]
    const run = start(['bench', '-d', 'q.json', ...endpoint, '--request-delay', '600000'], { cwd: at.path })
    await new Promise<void>((resolve) => {
      run.child.stderr.on('data', () => run.stderr().includes('held to --request-delay') && resolve())
      run.child.on('close', () => resolve())
    })
    run.child.kill('SIGINT')
    expect((await run.ended).code).toBe(130)
    expect(run.stderr()).toContain('held to --request-delay')
    expect(asked(server)).toHaveLength(1)
  })

  test('--no-continue-on-failure ends a run at its first error', async () => {
    await using at = await folder()
    await using server = await mockServer({ script: { rules: [{ fault: 'bad_request' }] } })
    await at.file('q.json', questions)
    const endpoint = ['-p', 'openai-compatible:mock', '--endpoint', `${server.url}/v1`, '-c', '1']
    const ended = await cli(['bench', '-d', 'q.json', ...endpoint, '--no-continue-on-failure'], {
      cwd: at.path,
    })
    expect(asked(server)).toHaveLength(1)
    expect(ended.code).toBe(3)
  })

  test('a local server is named by a flag as the file names it', async () => {
    await using at = await folder()
    await using server = await mockServer()
    await at.file('q.json', questions)
    const local = `{ name: mock, provider: local, endpoint: '${server.url}/v1' }`
    await at.file('c.yaml', `dataset: q.json\nmodels:\n  - oracle\n  - ${local}\n`)
    for (const named of [
      ['-p', 'local:mock'],
      ['-p', 'local', '-m', 'mock'],
      ['-m', 'local:mock'],
    ]) {
      const before = asked(server).length
      expect((await cli(['bench', '--config', 'c.yaml', ...named], { cwd: at.path })).code).toBe(0)
      expect(asked(server).length).toBeGreaterThan(before)
    }
  })

  test('a run of which too much failed says how to ask that again', async () => {
    await using at = await folder()
    await using server = await mockServer({ script: { rules: [{ fault: 'bad_request' }] } })
    await at.file('q.json', questions)
    const endpoint = ['-p', 'openai-compatible:mock', '--endpoint', `${server.url}/v1`]
    const ended = await cli(['bench', '-d', 'q.json', ...endpoint], { cwd: at.path })
    expect(ended.code).toBe(3)
    expect(ended.stderr).toMatch(/too many to judge by\n resume {2}bench resume \S+ --endpoint http/)
  })
})

describe('bench init and bench config', () => {
  test.each([[], ['--experiment'], ['--ts']])('what init %s writes runs at once', async (...flags) => {
    await using at = await folder()
    const written = await cli(['init', ...flags], { cwd: at.path })
    expect(written.code).toBe(0)
    expect(complaints(await cli(['init', ...flags], { cwd: at.path }))[0]).toMatch(
      /is here already: --force writes it anew/,
    )
    expect((await cli(['init', ...flags, '--force'], { cwd: at.path })).code).toBe(0)
    await at.file('q.json', questions)
    const ended = await cli(['bench', '-d', 'q.json'], { cwd: at.path })
    expect(complaints(ended)).toEqual([])
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/oracle +100\.0/) })
  })

  test('a folder that nothing can be written into is said', async () => {
    await using at = await folder()
    await symlink('/proc/no/such', join(at.path, 'bench.config.ts'))
    const said = complaints(await cli(['init', '--ts', '--force'], { cwd: at.path }))
    expect(said).toEqual([
      expect.stringMatching(
        /^bench: bench\.config\.ts cannot be written here: ENOENT.*\. Go to a folder of your own$/,
      ),
    ])
  })

  test('a second file beside the first is not written', async () => {
    await using at = await folder()
    await cli(['init'], { cwd: at.path })
    expect(complaints(await cli(['init', '--ts'], { cwd: at.path }))).toEqual([
      'bench: bench.config.yaml is here already: beside it, bench.config.ts would be one too many',
    ])
  })

  test('config tells a value in one row, however many lines it has', async () => {
    await using at = await folder()
    const page = await cli(['config', '--template', 'Q: {{question}}\n\nA:'], { cwd: at.path })
    expect(page.stdout).toMatch(/^ {2}template +Q: \{\{question\}\} A: +flag$/m)
  })

  test('config says where each value is from, and no key', async () => {
    await using at = await folder()
    await using server = await mockServer()
    await at.file(
      'bench.config.yaml',
      `${twoServers(server, server)}queue: postgres://me:pass-word-1@db.example/bench\n`,
    )
    const env = { ...keys, BENCH_MAX_COST: '2.5' }
    const page = await cli(['config', '--repeats', '3'], { cwd: at.path, env })
    expect(page.code).toBe(0)
    const rows = page.stdout.split('\n').map((line) => line.trim().split(/ {2,}/))
    expect(rows).toEqual(
      expect.arrayContaining([
        ['repeats', '3', 'flag'],
        ['temperature', '0.9', 'bench.config.yaml:3'],
        ['max_cost', '2.5', 'BENCH_MAX_COST'],
        ['export', 'both', 'default'],
        ['limit', '–'],
        ['queue', 'postgres://me:hidden@db.example/bench', 'bench.config.yaml:18'],
        ['apiKey', '"[hidden]"'],
      ]),
    )
    const lines = await cli(['config', '--json', '--max-cost', '1'], { cwd: at.path, env })
    const told = lines.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(told).toContainEqual({ option: 'max_cost', value: 1, from: 'flag' })
    expect(told).toContainEqual({
      option: 'max_tokens',
      value: 99,
      from: 'file',
      file: 'bench.config.yaml',
      line: 4,
    })
    expect(told).toContainEqual({ option: 'repeats', value: 1, from: 'default' })
    for (const secret of [...Object.values(keys), 'pass-word-1'])
      expect(page.stdout + page.stderr + lines.stdout + lines.stderr).not.toContain(secret)
  })
})
