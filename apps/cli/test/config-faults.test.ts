// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables are a configuration's own
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../src/config/load.js'
import { findConfig } from '../src/config/read-file.js'
import { cli, complaints, folder } from './cli.js'

/** Configuration files that are refused: each in one line that names the file, the place and what to do. */

const env = { SET: 'something', EMPTY: '', NUMBER: '7', WORD: 'seven' }

async function refusal(name: string, content: string | Uint8Array): Promise<string> {
  await using at = await folder()
  await at.file(name, content)
  return await loadConfig(name, env, at.path).then(
    (config) => `accepted: ${JSON.stringify(config)}`,
    (error: Error) => error.message,
  )
}

const yaml: readonly (readonly [what: string, content: string, message: string])[] = [
  ['a word for a number', 'max_cost: lots', ':1: max_cost must be a number of at least 0, not "lots"'],
  ['a number in quotes', "repeats: '3'", ':1: repeats must be a whole number of at least 1, not "3"'],
  ['a fraction for a count', 'limit: 1.5', ':1: limit must be a whole number of at least 1, not 1.5'],
  ['nothing at all', 'dataset: q.json\nmax_cost:', ':2: max_cost must be a number of at least 0, not empty'],
  ['not a number', 'max_cost: .nan', ':1: max_cost must be a number of at least 0, not null'],
  ['an infinite cap', 'max_cost: .inf', ':1: max_cost must be a number of at least 0, not null'],
  ['a number for a name', 'dataset: 5', ':1: dataset must be text, not 5'],
  ['an empty name', "dataset: ''", ':1: dataset must be text, not ""'],
  ['a word for a switch', 'batch: maybe', ':1: batch must be true or false, not "maybe"'],
  ['YAML 1.1’s yes', 'batch: yes', ':1: batch must be true or false, not "yes"'],
  ['a word that is no choice', 'export: xml', ':1: export must be json, csv or both, not "xml"'],
  ['too hot', 'temperature: 2.5', ':1: temperature must be a number from 0 to 2, not 2.5'],
  ['too many retries', 'max_retries: 11', ':1: max_retries must be a whole number from 0 to 10, not 11'],
  ['a percentage over all', 'fail_under: 101', ':1: fail_under must be a number from 0 to 100, not 101'],
  [
    'a range upside down',
    'concurrency: 9-3',
    'concurrency must be a whole number of at least 1, or two with a hyphen',
  ],
  ['no concurrency', 'concurrency: 0', ':1: concurrency must be a whole number of at least 1, or two'],
  ['a time that is none', 'max_time: soon', ':1: max_time must be a time of up to 30 days'],
  ['no time', 'max_time: 0', ':1: max_time must be a time of up to 30 days'],
  [
    'a list of numbers',
    'scorer: [1, 2]',
    ':1: scorer must be a list of texts, or one with commas between, not [1,2]',
  ],
  ['an empty list', 'scorer: []', ':1: scorer must be a list of texts'],
  ['an unknown key, near a known one', 'max_costs: 5', ':1: max_costs: unknown key; did you mean max_cost?'],
  ['a key as TypeScript has it', 'maxCost: 5', ':1: maxCost: unknown key; did you mean max_cost?'],
  ['a key as a flag', 'max-cost: 5', ':1: max-cost: unknown key; did you mean max_cost?'],
  ['a key near nothing', 'zzzzzzzzzz: 5', ':1: zzzzzzzzzz: unknown key. Known: dataset, map,'],
  [
    'two faults: the first by line',
    'dataset: q\nlimit: 0\nrepeets: 1',
    ':2: limit must be a whole number of at least 1, not 0 (and 1 more)',
  ],
  ['consent to spend', 'yes: true', ':1: yes: unknown key'],
  ['a run to go on with', 'resume: 1', ':1: resume: unknown key'],
  [
    'the same under two names',
    'output: a\noutput_dir: b',
    ':2: output and output_dir are the same: keep one',
  ],
  [
    'the same at two places',
    'temperature: 0\noptions:\n  temperature: 1',
    ':3: temperature and options.temperature are the same',
  ],
  ['a text for the options', 'options: fast', ':1: options must be a section of settings, not "fast"'],
  [
    'an unknown option',
    'options:\n  max_werkers: 3',
    ':2: options.max_werkers: unknown key; did you mean max_workers?',
  ],
  [
    'no workers',
    'options: { max_workers: 0 }',
    ':1: options.max_workers must be a whole number of at least 1, not 0',
  ],
  [
    'an unknown fact of the experiment',
    'experiment: { nam: x }',
    ':1: experiment.nam: unknown key; did you mean name?',
  ],
  [
    'a memory limit without unit',
    'execution: { memory_limit: 512 }',
    ':1: execution.memory_limit must be a size: 512m, 2g',
  ],
  [
    'weights below zero',
    'scoring: { weights: { speed: -1 } }',
    ':1: scoring.weights.speed must be a number of at least 0, not -1',
  ],
  ['one model for a list', 'models: openai:gpt-5', ':1: models must be a list of models, not "openai:gpt-5"'],
  ['a number for a model', 'models: [5]', ':1: models[0] must be a name, or settings by name, not 5'],
  [
    'a model of nobody',
    'models:\n  - gpt-5',
    ':2: models[0] names no provider: write provider:gpt-5, or give provider',
  ],
  ['nobody', 'models:\n  - temperature: 0', ':2: models[0] names no model: give provider and model'],
  [
    'a slip in a model',
    'models:\n  - oracle\n  - provider: openai\n    model: m\n    temprature: 1',
    ':5: models[1].temprature: unknown key; did you mean temperature?',
  ],
  [
    'a model too hot',
    'models:\n  - { model: openai:m, temperature: 3 }',
    ':2: models[0].temperature must be a number from 0 to 2, not 3',
  ],
  [
    'a model in too great a hurry',
    'models: [{ model: openai:m, timeout: 5 }]',
    ':1: models[0].timeout must be a number from 30 to 600, not 5',
  ],
  [
    'a model too patient',
    'models: [{ model: openai:m, timeout: 601 }]',
    'models[0].timeout must be a number from 30 to 600',
  ],
  [
    'no delay',
    'models: [{ model: openai:m, retry_delay: 0 }]',
    'models[0].retry_delay must be a number from 0.1 to 60, not 0',
  ],
  [
    'a nucleus over all',
    'models: [{ model: openai:m, top_p: 1.1 }]',
    'models[0].top_p must be a number from 0 to 1, not 1.1',
  ],
  [
    'no room',
    'models: [{ model: ollama:m, context_length: 10 }]',
    'models[0].context_length must be a whole number from 256 to',
  ],
  [
    'a price of one number',
    'models: [{ model: openai:m, price: 3 }]',
    'models[0].price must be dollars per million tokens: IN/OUT',
  ],
  [
    'half a price',
    'models: [{ model: openai:m, price: { input_per_million: 3 } }]',
    'models[0].price.output_per_million is missing',
  ],
  [
    'a price in other words',
    'models: [{ model: openai:m, price: { inputPerMillion: 3, output_per_million: 1 } }]',
    'models[0].price',
  ],
  [
    'a key that is a number',
    'models: [{ model: openai:m, api_key: 12345678 }]',
    ':1: models[0].api_key must be text',
  ],
  [
    'a model twice',
    'models:\n  - openai:m\n  - provider: openai\n    model: m',
    ':3: models[1] is openai:m, as models[0] is',
  ],
  [
    'a variable that is not set',
    'dataset: ${NOWHERE}',
    ':1: dataset wants NOWHERE, which is not set: set it, or write ${NOWHERE:-otherwise}',
  ],
  ['a variable that is empty', 'dataset: ${EMPTY}', ':1: dataset wants EMPTY, which is not set'],
  ['such a variable for a number', 'max_cost: ${NOWHERE}', ':1: max_cost wants NOWHERE, which is not set'],
  [
    'such a variable for a switch',
    'options:\n  batch: ${EMPTY}',
    ':2: options.batch wants EMPTY, which is not set',
  ],
  [
    'such a variable in a list',
    'providers:\n  - ${NOWHERE}',
    ':2: providers[0] wants NOWHERE, which is not set',
  ],
  [
    'a variable of the wrong kind',
    'limit: ${WORD}',
    ':1: limit must be a whole number of at least 1, not "seven"',
  ],
  ['a reference that is none', 'dataset: ${1x}', ':1: dataset: write ${VARIABLE} or ${VARIABLE:-otherwise}'],
  [
    'a reference that does not end',
    'dataset: ${SET',
    ':1: dataset: write ${VARIABLE} or ${VARIABLE:-otherwise}',
  ],
  [
    'a variable within what is otherwise',
    'dataset: ${SET:-${NUMBER}}',
    ':1: dataset: what stands after :- is plain text, no other variable',
  ],
  ['a prototype', '__proto__: { dataset: x }', ':1: __proto__: no key of a configuration'],
  [
    'a prototype deep inside',
    'scoring:\n  weights:\n    __proto__: { speed: 1 }',
    ':3: scoring.weights.__proto__: no key of a configuration',
  ],
  [
    'a constructor',
    'scoring: { weights: { constructor: 1 } }',
    'scoring.weights.constructor: no key of a configuration',
  ],
  ['a list at the top', '- dataset: x', 'the whole must be settings by name: dataset: …'],
  ['a text at the top', 'just words', 'the whole must be settings by name: dataset: …, not "just words"'],
  ['a tab', 'options:\n\ttemperature: 0', ':2: not valid YAML: a tab where spaces indent'],
  ['a key twice', 'limit: 1\nlimit: 2', ':2: not valid YAML: a key that is there already'],
  ['two documents', 'limit: 1\n---\nlimit: 2', 'not valid YAML: several documents in one file'],
  ['a quote that does not end', 'dataset: "x\nlimit: 1', 'not valid YAML: Missing closing "quote'],
  ['a tag of another language', 'dataset: !!python/object:os.system x', ':1: not valid YAML: Unresolved tag'],
  ['a key that is a list', '? [a, b]\n: x', '[ a, b ]: unknown key. Known: dataset'],
  ['an alias of nothing', 'dataset: *nobody', 'Unresolved alias'],
  [
    'an alias bomb',
    `scoring:\n  weights: &a { x: 1, y: 2 }\ntasks:\n${Array.from({ length: 9 }, (_, i) => `  - &b${i} [${Array.from({ length: 9 }, () => (i === 0 ? '*a' : `*b${i - 1}`)).join(', ')}]`).join('\n')}`,
    'its aliases cannot be resolved: Excessive alias count',
  ],
  ['a tower', `scoring: ${'['.repeat(60)}${']'.repeat(60)}`, 'it is nested too deeply'],
  ['a file past all measure', `dataset: ${'x'.repeat(1024 * 1024)}`, 'more than 1 MiB is no configuration'],
]

describe('a configuration is refused', () => {
  test.each(yaml)('for %s', async (_, content, message) => {
    const said = await refusal('bench.config.yaml', content)
    expect(said).toContain(message)
    expect(said).toMatch(/^bench\.config\.yaml(:\d+)?: /)
    expect(said).not.toContain('\n')
  })

  test('as JSON, as strictly as JSON is', async () => {
    expect(await refusal('c.json', '{\n "limit": 1,\n}')).toMatch(/^c\.json(:3)?: not valid JSON: /)
    expect(await refusal('c.json', '{"a": 1} // no')).toMatch(/^c\.json(:1)?: not valid JSON: /)
    expect(await refusal('c.json', '{\n  "limit": 0\n}')).toMatch(/^c\.json:2: limit must be a whole number/)
    expect(await refusal('c.json', '{\n  "limit": 1,\n  "limit": 2\n}')).toBe(
      'c.json:3: not valid JSON: a key that is there already',
    )
    expect(await refusal('c.json', '{\n  "__proto__": {}\n}')).toMatch('__proto__: no key of a configuration')
  })

  test('as bytes that are no text', async () => {
    expect(await refusal('c.yaml', Buffer.from('dataset: x', 'utf16le'))).toBe(
      'c.yaml: a binary file, no configuration',
    )
    expect(await refusal('c.yaml', Buffer.from([0xff, 0xfe, 0x64, 0x00]))).toBe(
      'c.yaml: it is not UTF-8 text; save it as UTF-8',
    )
    expect(await refusal('c.yaml', Buffer.from([0x61, 0x3a, 0xc3, 0x28]))).toBe(
      'c.yaml: it is not UTF-8 text; save it as UTF-8',
    )
  })

  test('where it is not, is a folder, or must not be read', async () => {
    await using at = await folder()
    await mkdir(join(at.path, 'd.yaml'))
    const load = (name: string) => loadConfig(name, env, at.path)
    await expect(load('no.yaml')).rejects.toThrow('no.yaml: no such file. bench init writes one')
    await expect(load('no.ts')).rejects.toThrow('no.ts: no such file. bench init writes one')
    await expect(load('d.yaml')).rejects.toThrow('d.yaml: a folder, no file')
    await expect(load('/dev/zero')).rejects.toThrow('/dev/zero: more than 1 MiB is no configuration')
    if (process.getuid?.() === 0) return
    await at.file('secret.yaml', 'limit: 1')
    await chmod(join(at.path, 'secret.yaml'), 0)
    await expect(load('secret.yaml')).rejects.toThrow('secret.yaml: no permission to read it')
  })

  test.each([
    ['c.ts', 'throw new Error("no luck")', 'c.ts: it could not be loaded: no luck'],
    [
      'c.mjs',
      'export const limit = 1',
      'c.mjs: it exports no default: write export default defineConfig({ … })',
    ],
    ['c.ts', 'export default { limit: 0 }', 'c.ts: limit must be a whole number of at least 1, not 0'],
    [
      'c.ts',
      'const a: { a?: unknown } = {}; a.a = a; export default a',
      'c.ts: what it exports is no plain data',
    ],
    [
      'c.ts',
      'export default { max_cost: 5, dataset: () => "q.json" }',
      'c.ts: what it exports is no plain data: dataset is a function',
    ],
    ['c.mts', 'const x: number = ; export default x', 'c.mts: it could not be loaded: ParseError'],
    [
      'c.ts',
      'import { x } from "./no.js"; export default { limit: x }',
      'c.ts: it could not be loaded: Cannot find',
    ],
    ['c.ts', 'export default () => new Promise(() => {})', 'a promise is waited for that is never settled'],
  ])('as code: %s, %s', async (name, content, message) => {
    await using at = await folder()
    await at.file(name, content)
    const ended = await cli(['config', '--config', name], { cwd: at.path })
    expect(complaints(ended)).toEqual([expect.stringContaining(message)])
    expect(ended).toMatchObject({ code: 2, stdout: '' })
  })

  test('in one line, with nothing of the reader’s own beside it', async () => {
    await using at = await folder()
    await at.file('bench.config.yaml', '? [a, b]\n: x')
    expect((await cli(['config'], { cwd: at.path })).stderr).toMatch(/^bench: bench\.config\.yaml: .*\n$/)
  })

  test('where there are two of them', async () => {
    await using at = await folder()
    expect(await findConfig(at.path)).toBeUndefined()
    await at.file('bench.config.ts', 'export default {}')
    expect(await findConfig(at.path)).toBe('bench.config.ts')
    await at.file('bench.config.yml', '')
    await expect(findConfig(at.path)).rejects.toThrow(
      'bench.config.yml and bench.config.ts are both here: keep one, or name one with --config',
    )
  })
})
