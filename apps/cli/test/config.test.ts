// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables are a configuration's own
import { withoutSecrets } from '@bench/providers'
import { Command } from 'commander'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BenchConfig, defineConfig } from '../src/config/door.js'
import { effective } from '../src/config/effective.js'
import { exampleOf } from '../src/config/examples.js'
import { declareRunOptions, given } from '../src/config/flags.js'
import { reader } from '../src/config/kinds.js'
import { loadConfig } from '../src/config/load.js'
import {
  fileKey,
  flagOf,
  inFile,
  type OptionName,
  optionNames,
  runOptions,
  variableOf,
} from '../src/config/run-options.js'
import { starterExperiment, starterYaml } from '../src/config/starter.js'
import { folder } from './cli.js'

async function load(content: string, env: Record<string, string> = {}, name = 'bench.config.yaml') {
  await using at = await folder()
  await at.file(name, content)
  return await loadConfig(name, env, at.path)
}

const parsed = (...args: string[]) => {
  const command = declareRunOptions(new Command().exitOverride().configureOutput({ writeErr: () => {} }))
  command.parse(args, { from: 'user' })
  return given(command)
}

describe('a file', () => {
  test('of an experiment, of a comparison and of a run are read into one form', async () => {
    const experiment = await load(
      `
experiment: { name: e, description: d }
samples_dir: samples
output_dir: experiments/results
models:
  - { provider: openrouter, model: a/b, api_key: '\${ROUTER_TOKEN}', temperature: 0.7, max_tokens: 4000, timeout: 120,
      max_retries: 3, retry_delay: 2, site_url: 'https://e.org', app_name: e }
tasks: [task1_init_001]
options: { parallel: true, max_workers: 3, temperature: 0.5, max_tokens: 100, run_build: true, run_tests: false,
  retry_failures: false, save_intermediate: true, max_cost: 5 }
`,
      { ROUTER_TOKEN: 'router-token-1' },
    )
    expect(experiment).toMatchObject({
      values: {
        output: 'experiments/results',
        concurrency: 3,
        temperature: 0.5,
        maxTokens: 100,
        maxRetries: 0,
        maxCost: 5,
      },
      models: [
        {
          named: 'openrouter:a/b',
          call: { temperature: 0.7, maxTokens: 4000, timeoutMs: 120_000 },
          settings: {
            apiKey: 'router-token-1',
            maxRetries: 3,
            retryDelayMs: 2000,
            siteUrl: 'https://e.org',
            appName: 'e',
          },
        },
      ],
      kept: {
        experiment: { name: 'e', description: 'd' },
        samplesDir: 'samples',
        tasks: ['task1_init_001'],
        runBuild: true,
      },
    })
    expect(experiment.notices).toEqual([
      'bench.config.yaml: not used by bench bench: samples_dir, tasks, options.run_build',
    ])

    const comparison = await load(`
models:
  - { name: gpt-4o, provider: openai, api_key: abc-def-ghi }
  - { name: mine, provider: local, endpoint: 'http://localhost:8000/v1' }
execution: { timeout: 5, memory_limit: 512m, cpu_limit: 1 }
scoring: { weights: { correctness: 0.4, speed: 0.2 } }
`)
    expect(comparison).toMatchObject({
      models: [
        { named: 'openai:gpt-4o', settings: { apiKey: 'abc-def-ghi' } },
        { named: 'openai-compatible:mine', settings: { endpoint: 'http://localhost:8000/v1' } },
      ],
      kept: {
        execution: { timeout: 5, memory_limit: '512m', cpu_limit: 1 },
        scoring: { weights: { speed: 0.2 } },
      },
    })

    const plain = await load(
      'dataset: q.json\nproviders: anthropic, openai\nconcurrency: 4-64\nmax_time: 2h\nrandom_seed: 0\nrequest_delay_ms: 5\nparallel_: 1'.replace(
        '\nparallel_: 1',
        '',
      ),
    )
    expect(plain.values).toEqual({
      dataset: 'q.json',
      providers: ['anthropic', 'openai'],
      concurrency: { start: 4, max: 64 },
      maxTime: 7200,
      seed: 0,
      requestDelay: 5,
    })
    expect(plain.lines).toMatchObject({ dataset: 1, maxTime: 4, requestDelay: 6 })
    expect((await load('options: { parallel: false, max_workers: 9 }')).values.concurrency).toBe(1)
  })

  test.each([
    ['nothing', '', {}],
    ['comments alone', '# limit: 1\n', {}],
    ['a section without anything in it', 'options:\nmodels:\nlimit: 2\n', { limit: 2 }],
    ['a byte order mark', '\uFEFFlimit: 2\n', { limit: 2 }],
    ['line ends of Windows', 'limit: 2\r\ndataset: q.json\r\n', { limit: 2, dataset: 'q.json' }],
    ['letters of the world', 'dataset: "питон 任务 🐍.json"\n', { dataset: 'питон 任务 🐍.json' }],
    ['tabs after the indentation', 'limit:\t2\t# two\n', { limit: 2 }],
    ['an alias or two', 'dataset: &d q.json\noutput: *d\n', { dataset: 'q.json', output: 'q.json' }],
    [
      'settings that are merged',
      'options: &o { limit: 1 }\nmodels:\n  - { <<: { temperature: 0 }, model: openai:m }\n',
      { limit: 1 },
    ],
    ['a list with commas', 'scorer: exact, contains\n', { scorer: ['exact', 'contains'] }],
  ])('with %s is taken', async (_, content, values) => {
    expect((await load(content)).values).toEqual(values)
  })

  test('as JSON tells its lines too', async () => {
    const config = await load('{\n  "limit": 3,\n  "models": ["oracle"]\n}', {}, 'c.json')
    expect(config).toMatchObject({
      values: { limit: 3 },
      lines: { limit: 2 },
      models: [{ place: 'c.json:3: models[0]' }],
    })
  })

  test('has the environment filled in, where it says so, in the type that is wanted there', async () => {
    const env = { D: 'q.json', N: '7', ON: 'true', MY_API_KEY: 'very-secret-1', EMPTY: '' }
    const config = await load(
      [
        'dataset: ${D}',
        'limit: ${N}',
        'batch: ${ON}',
        'output: out/${NOPE:-of}/${D}',
        'template: "$${D} costs $5 and $${"',
        'split: ${N}',
        'concurrency: ${C:-4-8}',
        'max_cost: ${EMPTY:-1.5}',
        'models: [{ model: openai:m, api_key: "${MY_API_KEY}", seed: "${N}" }]',
      ].join('\n'),
      env,
    )
    expect(config.values).toEqual({
      dataset: 'q.json',
      limit: 7,
      batch: true,
      output: 'out/of/q.json',
      template: '${D} costs $5 and ${',
      split: '7',
      concurrency: { start: 4, max: 8 },
      maxCost: 1.5,
    })
    expect(config.models[0]).toMatchObject({ call: { seed: 7 }, settings: { apiKey: 'very-secret-1' } })
    expect(withoutSecrets('it was very-secret-1')).toBe('it was [redacted]')
    // What is no secret must not be blanked out of every table.
    expect(withoutSecrets('q.json and out/of')).toBe('q.json and out/of')
  })

  test('wants a variable of a model only when that model is asked', async () => {
    const config = await load('models:\n  - oracle\n  - { model: openai:m, api_key: "${NO_KEY}" }')
    expect(config.models.map(({ lacks }) => lacks?.message)).toEqual([
      undefined,
      'bench.config.yaml:3: models[1].api_key wants NO_KEY, which is not set: set it, or write ${NO_KEY:-otherwise}',
    ])
    const numbers = await load('models:\n  - oracle\n  - { model: openai:m, max_tokens: "${NO_NUMBER}" }')
    expect(numbers.models[1]?.lacks?.message).toMatch(
      /models\[1\]\.max_tokens wants NO_NUMBER, which is not set/,
    )
  })

  test('warns of an unusual length, and refuses none', async () => {
    const { notices } = await load(
      'models:\n  - { model: openai:a, max_tokens: 50 }\n  - { model: openai:b, max_tokens: 32000 }',
    )
    expect(notices).toEqual([
      'bench.config.yaml:2: models[0].max_tokens is 50; 100 to 8000 is usual',
      'bench.config.yaml:3: models[1].max_tokens is 32000; 100 to 8000 is usual',
    ])
  })

  test('prices a model in one word or in parts', async () => {
    const { models } = await load(
      'models:\n  - { model: openai:a, price: 3/15 }\n  - { model: openai:b, price: { input_per_million: 1, output_per_million: 2, cache_read_per_million: 0 } }',
    )
    expect(models.map(({ settings }) => settings.price)).toEqual([
      { inputPerMillion: 3, outputPerMillion: 15 },
      { inputPerMillion: 1, outputPerMillion: 2, cacheReadPerMillion: 0 },
    ])
  })
})

describe('what bench init writes', () => {
  test('is read by the schema, as it is and with each of its lines uncommented', async () => {
    expect((await load(starterYaml())).values).toEqual({ dataset: 'python-tasks' })
    expect((await load(starterExperiment())).values).toMatchObject({ concurrency: 3, maxCost: 10 })
    for (const name of optionNames.filter((one) => inFile(one) && one !== 'providers' && one !== 'dataset')) {
      const line = `#${fileKey(name)}: ${exampleOf(name)}`
      expect(starterYaml()).toContain(`\n${line}\n`)
      const { values } = await load(starterYaml().replace(`\n${line}\n`, `\n${line.slice(1)}\n`))
      expect(values[name], line).toBeDefined()
    }
  })
})

/** Three different values that an option may have, as text. */
function valuesOf(name: OptionName): readonly [string, string, string] {
  const { kind } = runOptions[name]
  switch (kind.is) {
    case 'switch':
      return ['true', 'false', 'true']
    case 'choice':
      return [kind.of[0]!, kind.of[1]!, kind.of[2] ?? kind.of[0]!]
    case 'whole':
      return [`${kind.least}`, `${kind.least + 1}`, `${kind.least + 2}`]
    case 'number':
      return [`${kind.low}`, `${kind.low + 1}`, `${kind.low + 1.5}`]
    case 'duration':
      return ['1m', '2m', '3m']
    case 'range':
      return ['1', '2-3', '4']
    case 'pairs':
      return ['times=one', 'times=two', 'times=three']
    default:
      return ['one', 'two', 'three']
  }
}

describe('a flag beats the file, the file the environment, the environment the default', () => {
  const settable = optionNames.filter((name) => runOptions[name].only === undefined && name !== 'providers')

  test.each(settable)('%s', async (name) => {
    const { kind, flags, default: usual } = runOptions[name]
    const texts = valuesOf(name)
    const read = reader(kind)
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.boolean(), fc.boolean(), async (inFlag, inFileToo, inEnv) => {
        const [flag, file, env] = texts
        const isOn = (text: string) => (flags.includes('--no-') ? text === 'false' : text === 'true')
        const flagged =
          kind.is === 'switch'
            ? [isOn(flag) ? flags.replace(/^-\w, /, '') : opposite(flags)]
            : [flagOf(name), flag]
        await using at = await folder()
        const written =
          kind.is === 'switch' || kind.is === 'whole' || kind.is === 'number'
            ? file
            : JSON.stringify(kind.is === 'pairs' ? read(file) : file)
        await at.file('bench.config.yaml', inFileToo ? `\n${fileKey(name)}: ${written}\n` : '')
        const variable = variableOf(name) ?? ''
        const { options, origins } = await effective(
          parsed(...(inFlag ? flagged : [])),
          inEnv ? { [variable]: env } : {},
          at.path,
        )
        const expected = inFlag ? read(flag) : inFileToo ? read(file) : inEnv ? read(env) : usual
        expect(options[name]).toEqual(expected)
        const origin = inFlag
          ? { from: 'flag' }
          : inFileToo
            ? { from: 'file', file: 'bench.config.yaml', line: 2 }
            : inEnv
              ? { from: 'environment', variable }
              : usual === undefined
                ? undefined
                : { from: 'default' }
        expect(origins[name]).toEqual(origin)
      }),
      { numRuns: 12 },
    )
  })

  const opposite = (flags: string) => {
    const long = /--[\w-]+/.exec(flags)?.[0] ?? ''
    return long.startsWith('--no-') ? long.replace('--no-', '--') : long.replace('--', '--no-')
  }

  test('a flag that names nothing, as one of an unset variable does, is refused', () => {
    expect(() => reader(runOptions.cacheDir.kind)('')).toThrow('It must not be empty.')
  })

  test('a variable that cannot be read is refused by its name; an empty one is none', async () => {
    await using at = await folder()
    const of = (env: Record<string, string>) => effective(parsed(), env, at.path)
    await expect(of({ BENCH_MAX_COST: 'much' })).rejects.toThrow(
      'BENCH_MAX_COST is "much". It must be a number of at least 0.',
    )
    await expect(of({ BENCH_BATCH: 'perhaps' })).rejects.toThrow(
      'BENCH_BATCH is "perhaps". It must be true or false.',
    )
    expect((await of({ BENCH_REPEATS: '  ' })).options.repeats).toBe(1)
    expect((await of({ BENCH_CACHE: '/tmp/x' })).options.cache).toBeUndefined()
    expect((await of({ BENCH_CACHE_REPLIES: '0' })).options.cache).toBe(false)
  })

  test('a flag of all models beats what a file says of one; what it names is asked with what the file says of it', async () => {
    await using at = await folder()
    await at.file(
      'bench.config.yaml',
      'models:\n  - { model: openai:m, temperature: 0.2, top_p: 0.5, max_retries: 1 }\n  - oracle',
    )
    const both = await effective(parsed('--temperature', '1', '--max-retries', '2'), {}, at.path)
    expect(both.options).toMatchObject({ temperature: 1, maxRetries: 2, providers: ['openai:m', 'oracle'] })
    expect(both.options.models?.[0]).toMatchObject({ call: { topP: 0.5 }, settings: {} })
    expect(both.options.models?.[0]?.call).not.toHaveProperty('temperature')
    expect(both.options.models?.[0]?.settings).not.toHaveProperty('maxRetries')
    const named = await effective(parsed('-p', 'openai:m'), { BENCH_PROVIDERS: 'echo' }, at.path)
    expect(named.options.providers).toEqual(['openai:m'])
    expect(named.options.models?.[0]?.call).toMatchObject({ temperature: 0.2 })
  })

  test('of what contradicts each other, the weaker gives way; said alike, both stay and the run refuses them', async () => {
    await using at = await folder()
    await at.file('bench.config.yaml', 'continue_on_failure: false\ncache: false')
    const of = async (...args: string[]) =>
      (await effective(parsed(...args), { BENCH_CACHE_DIR: 'x' }, at.path)).options
    expect(await of()).toMatchObject({ continueOnFailure: false, cache: false })
    expect(await of()).not.toHaveProperty('cacheDir')
    const flagged = await of('--max-errors', '5', '--cache-only')
    expect(flagged).toMatchObject({ continueOnFailure: true, maxErrors: 5, cacheOnly: true, cacheDir: 'x' })
    expect(flagged).not.toHaveProperty('cache')
    expect(await of('--no-cache', '--cache-only')).toMatchObject({ cache: false, cacheOnly: true })
  })

  test('a password in a URL is a secret, wherever it is from', async () => {
    await using at = await folder()
    const url = (password: string) => `postgres://me:${password}@db.example/bench`
    await effective(parsed('--queue', url('flag-pass-123')), {}, at.path)
    await effective(parsed(), { BENCH_QUEUE: url('env%2Dpass-123') }, at.path)
    expect(withoutSecrets('flag-pass-123 env-pass-123')).toBe('[redacted] [redacted]')
  })

  test('on the way on with a run, its plan holds: only a flag is another wish', async () => {
    await using at = await folder()
    await at.file('bench.config.yaml', 'dataset: other.json\nmax_cost: 9\nconcurrency: 2\nsandbox: wasm')
    const env = { BENCH_DATASET: 'third.json', BENCH_BATCH: '1' }
    const { options } = await effective(parsed('--resume', 'r', '--max-cost', '3'), env, at.path)
    expect(options).toMatchObject({ resume: 'r', maxCost: 3, concurrency: 2 })
    expect(options).not.toHaveProperty('dataset')
    expect(options).not.toHaveProperty('sandbox')
    expect(options).not.toHaveProperty('batch')
  })

  test('a file that is named is read, in the folder or by the environment; none is, where none is wanted', async () => {
    await using at = await folder()
    await at.file('bench.config.yaml', 'limit: 1')
    await at.file('mine.json', '{"limit": 2}')
    const limit = async (args: string[], env = {}) =>
      (await effective(parsed(...args), env, at.path)).options.limit
    expect(await limit([])).toBe(1)
    expect(await limit(['--config', 'mine.json'])).toBe(2)
    expect(await limit([], { BENCH_CONFIG: 'mine.json' })).toBe(2)
    expect(await limit(['--no-config'], { BENCH_CONFIG: 'mine.json' })).toBeUndefined()
    await expect(limit(['--config', 'no.yaml'])).rejects.toThrow('no.yaml: no such file')
  })
})

test('a typed configuration is held to the same names and values', () => {
  const config: BenchConfig = {
    dataset: 'q.json',
    concurrency: '4-8',
    max_time: '2h',
    models: ['oracle', { model: 'openai:m', price: '1/2', stop: 'END' }],
    options: { max_workers: 3, temperature: 1 },
  }
  expect(defineConfig(config)).toBe(config)
  const refused: readonly BenchConfig[] = [
    // @ts-expect-error an unknown key
    { datasett: 'q.json' },
    // @ts-expect-error an unknown key of a model
    { models: [{ temprature: 1 }] },
    // @ts-expect-error no such choice
    { export: 'xml' },
    // @ts-expect-error of a flag alone
    { yes: true },
  ]
  expect(refused).toHaveLength(4)
})

test('each option has a name, a flag and a variable of its own', () => {
  const flags = optionNames.flatMap((name) => [
    flagOf(name).replace('--no-', '--'),
    ...(/^-\w/.exec(runOptions[name].flags) ?? []),
    ...(runOptions[name].also ?? []).map((also) => `--${also.replaceAll('_', '-')}`),
  ])
  const variables = optionNames.flatMap((name) => variableOf(name) ?? [])
  expect(new Set(flags).size).toBe(flags.length)
  expect(new Set(variables).size).toBe(variables.length)
  // Others mean other things by these.
  for (const taken of [
    'BENCH_CACHE',
    'BENCH_DEBUG',
    'BENCH_FETCH_WASM',
    'BENCH_SANDBOX_IMAGE',
    'BENCH_SANDBOX_RUNTIME',
  ])
    expect(variables).not.toContain(taken)
})
