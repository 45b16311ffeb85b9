import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import {
  DatasetError,
  type HubOptions,
  knownSets,
  openDataset,
  placeOf,
  pull,
  type Task,
} from '@bench/datasets'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { download } from '../src/hub/download.js'
import { choose } from '../src/hub/hub-dataset.js'
import { cut, type HubRepo, hubServer, refuse, send } from './hub-server.js'
import { parquetFiles } from './parquet-files.js'

let cache: string
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'bench-hub-'))
})
afterEach(() => rm(cache, { recursive: true, force: true }))

const test = Buffer.from(
  ['one', 'two', 'three']
    .map((word) => `${JSON.stringify({ question: `Say ${word}.`, answer: word, split: 'test' })}\n`)
    .join(''),
)
const sample: HubRepo = {
  repo: 'org/set',
  files: {
    'README.md': '# A set',
    '.gitattributes': '*.parquet filter=lfs',
    'data/train-00000-of-00001.parquet': parquetFiles.gzip!,
    'data/test.jsonl': test,
    'data/odd name #1.csv': 'prompt,expected\na,b\n',
  },
  large: ['data/train-00000-of-00001.parquet'],
}
const options = (endpoint: string, more: Partial<HubOptions> = {}): { hub: HubOptions } => ({
  hub: { cache, endpoint, pauseMs: 0, ...more },
})
const read = async (source: string, hub: { hub: HubOptions }) => {
  const dataset = await openDataset(source, hub)
  const tasks: Task[] = []
  for await (const task of dataset.tasks()) tasks.push(task)
  return { dataset, tasks }
}
async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => 'it was accepted',
    (reason: unknown) => reason,
  )
  if (!(error instanceof DatasetError)) throw new Error(`expected a DatasetError, got ${error}`)
  expect(error.message).not.toContain('\n')
  return `${error.code}: ${error.message.replaceAll(/127\.0\.0\.1:\d+/g, 'hub').replaceAll(cache, '')}`
}
const asked = '#split=test,prompt=question,expected=answer'

describe('a set of the hub', () => {
  it('is found by revision, fetched, checked, kept, and named by its commit', async () => {
    await using server = await hubServer(sample)
    const notices: string[] = []
    const hub = options(server.endpoint, { onNotice: (line) => notices.push(line) })
    const { dataset, tasks } = await read(`hf:org/set${asked}`, hub)
    expect(dataset).toMatchObject({
      name: 'org/set:test',
      version: server.commit.slice(0, 12),
      source: `hf:org/set@${server.commit}${asked}`,
      hash: createHash('sha256').update(test).digest('hex'),
      size: 3,
    })
    expect(tasks.map(({ prompt, expected }) => [prompt, expected])).toEqual([
      ['Say one.', 'one'],
      ['Say two.', 'two'],
      ['Say three.', 'three'],
    ])
    expect(notices).toEqual(['fetching org/set/data/test.jsonl (1 kB)'])
    const before = server.requests.length
    // By its commit, all that is needed is here.
    expect((await read(dataset.source, hub)).tasks).toEqual(tasks)
    expect(server.requests).toHaveLength(before)
  })

  it('needs no network once it is here, and says what it uses', async () => {
    const notices: string[] = []
    let endpoint: string
    {
      await using server = await hubServer(sample)
      endpoint = server.endpoint
      await read(`hf:org/set${asked}`, options(endpoint))
    }
    const gone = options(endpoint, { onNotice: (line) => notices.push(line) })
    expect((await read(`hf:org/set${asked}`, gone)).tasks).toHaveLength(3)
    expect(notices[0]).toMatch(/cannot be reached: using org\/set as it was, at [0-9a-f]{12}$/)
    const offline = options(endpoint, { offline: true })
    expect((await read(`hf:org/set${asked}`, offline)).tasks).toHaveLength(3)
    expect(await refusal(read('hf:org/set#split=train', offline))).toMatch(
      /^unreachable: .*not in the cache.*pull it first$/,
    )
    expect(await refusal(read('hf:org/other', offline))).toMatch(
      /^unreachable: org\/other@main: not in the cache/,
    )
    expect(await refusal(read('hf:org/other', gone))).toMatch(
      /^unreachable: hub: cannot be reached \(ECONNREFUSED\)/,
    )
  })

  it('sends the token to the hub alone, and tells it to nobody', async () => {
    await using server = await hubServer({ ...sample, token: 'hf_secret' })
    const { tasks } = await read('hf:org/set#split=train', options(server.endpoint, { token: 'hf_secret' }))
    expect(tasks.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    const store = server.requests.filter(({ line }) => line.startsWith('CDN'))
    expect(store.map(({ authorization }) => authorization)).toEqual([undefined])
    const home = server.requests.filter(({ line }) => !line.startsWith('CDN'))
    expect(new Set(home.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer hf_secret']))
    for (const file of await readdir(cache, { recursive: true, withFileTypes: true }))
      if (file.isFile())
        expect(await readFile(join(file.parentPath, file.name), 'latin1')).not.toContain('hf_secret')
    expect(await refusal(read('hf:org/set', options(server.endpoint)))).toBe(
      'unauthorized: hf:org/set: is gated: accept its terms on its page, then set HF_TOKEN',
    )
    const wrong = await refusal(read('hf:org/set', options(server.endpoint, { token: 'hf_wrong' })))
    expect(wrong).toBe('unauthorized: hf:org/set: HF_TOKEN is not accepted; make a new one, or unset it')
  })

  it.each([
    [
      'hf:org/nothing',
      /^unauthorized: hf:org\/nothing: no such dataset, or it is private: check its name; if it is private, set HF_TOKEN$/,
    ],
    ['hf:org/set@v9', /^not_found: hf:org\/set: has no revision "v9"; try @main$/],
    [
      'hf:org/set',
      /^bad_option: hf:org\/set: has several files; say which by #config=…, #split=… or #file=…: data\/train-00000-of-00001\.parquet, data\/test\.jsonl/,
    ],
    ['hf:org/set#split=dev', /^bad_option: hf:org\/set: no file is of split "dev": data\/train/],
    [
      'hf:org/set#file=data/tets.jsonl',
      /^not_found: hf:org\/set: has no file "data\/tets\.jsonl"; did you mean "data\/test\.jsonl"\?$/,
    ],
    [
      'hf:org/set#split=test',
      /^bad_option: hf:org\/set\/data\/test\.jsonl: say which column is asked: #prompt=question/,
    ],
    ['hf:../../etc', /^bad_option: hf:\.\.\/\.\.\/etc: write hf:org\/name/],
  ])('%s: %s', async (source, message) => {
    await using server = await hubServer(sample)
    expect(await refusal(openDataset(source, options(server.endpoint)))).toMatch(message)
  })

  it('goes on where a line went dead, and keeps what came for the next time', async () => {
    await using server = await hubServer(sample)
    const parquet = parquetFiles.gzip!
    const { fault, goDead } = cut('data/train-00000-of-00001.parquet', parquet, 700)
    server.faults.push(fault)
    const hub = options(server.endpoint, { onProgress: goDead })
    expect((await read('hf:org/set#split=train', hub)).tasks).toHaveLength(3)
    const ranges = server.requests.filter(({ line }) => line.startsWith('CDN')).map(({ range }) => range)
    expect(ranges).toEqual([undefined, 'bytes=700-'])
  })

  it('throws away what has a wrong checksum', async () => {
    await using server = await hubServer(sample)
    const forged = Buffer.from(test.toString().replace('three', 'seven'))
    let once = true
    server.faults.push((request, response) => {
      if (!once || !request.url?.includes('/resolve/')) return false
      once = false
      send(request, response, forged)
      return true
    })
    expect(await refusal(read(`hf:org/set${asked}`, options(server.endpoint)))).toMatch(
      /^checksum: .*test\.jsonl: its checksum is [0-9a-f]{16}… instead of [0-9a-f]{16}…; it was thrown away/,
    )
    expect((await read(`hf:org/set${asked}`, options(server.endpoint))).tasks).toHaveLength(3)
  })

  it('waits when it is told to, and not for ever', async () => {
    await using server = await hubServer(sample)
    server.faults.push(refuse(1, 429, { 'retry-after': '0' }), refuse(1, 503))
    expect((await read(`hf:org/set${asked}`, options(server.endpoint))).tasks).toHaveLength(3)
    server.faults.push(refuse(1, 429, { 'retry-after': '3600' }))
    expect(await refusal(openDataset('hf:org/set', options(server.endpoint)))).toBe(
      'rate_limited: hub: too many requests; try again in 3600 s, or set HF_TOKEN',
    )
    server.faults.push(refuse(99, 500))
    expect(await refusal(openDataset('hf:org/else', options(server.endpoint)))).toMatch(
      /the server failed \(500\)/,
    )
  })

  it('reads a file whose name needs to be written another way in an address', async () => {
    await using server = await hubServer(sample)
    const { tasks } = await read('hf:org/set#file=data/odd name %231.csv', options(server.endpoint))
    expect(tasks).toMatchObject([{ prompt: 'a', expected: 'b' }])
  })

  it('puts the parts of a file together', async () => {
    const part = (...words: string[]) =>
      words.map((word) => `${JSON.stringify({ prompt: word, expected: word })}\n`).join('')
    await using server = await hubServer({
      repo: 'org/parts',
      files: { 'test-00000-of-00002.jsonl': part('a', 'b'), 'test-00001-of-00002.jsonl': part('c') },
    })
    const { dataset, tasks } = await read('hf:org/parts@main#prompt=prompt', options(server.endpoint))
    expect(dataset.size).toBe(3)
    expect(tasks.map(({ id, prompt }) => [id, prompt])).toEqual([
      ['part-1/line-1', 'a'],
      ['part-1/line-2', 'b'],
      ['part-2/line-1', 'c'],
    ])
  })

  it('can be pulled before it is opened', async () => {
    await using server = await hubServer(sample)
    const { hub } = options(server.endpoint)
    const pulled = await pull('hf:org/set#split=test', hub)
    expect(pulled).toMatchObject({
      source: `hf:org/set@${server.commit}#split=test`,
      files: [{ bytes: test.length, sha256: createHash('sha256').update(test).digest('hex'), cached: false }],
    })
    expect((await pull(pulled.source, { ...hub, offline: true })).files[0]?.cached).toBe(true)
  })

  it('is refused where it would be written outside of its folder', async () => {
    await using server = await hubServer({
      repo: 'org/evil',
      files: { '../../evil.jsonl': '{}', 'a/../../b.csv': 'x' },
    })
    expect(await refusal(openDataset('hf:org/evil', options(server.endpoint)))).toMatch(
      /has no file that can be read/,
    )
  })

  it('can be aborted', async () => {
    await using server = await hubServer(sample)
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(openDataset('hf:org/set', { ...options(server.endpoint), signal })).rejects.toThrow('enough')
  })
})

it.each<[string, string | undefined, string | undefined, readonly string[] | RegExp]>([
  [
    'main/test-00000-of-00001.parquet socratic/test-00000-of-00001.parquet',
    'main',
    'test',
    ['main/test-00000-of-00001.parquet'],
  ],
  ['test.jsonl train.jsonl', undefined, 'test', ['test.jsonl']],
  ['data/en_test.csv data/de_test.csv', 'de', 'test', ['data/de_test.csv']],
  [
    'main/test/0000.parquet main/test/0001.parquet main/train/0000.parquet',
    'main',
    'test',
    ['main/test/0000.parquet', 'main/test/0001.parquet'],
  ],
  ['only.csv README.md dataset_infos.json', undefined, undefined, ['only.csv']],
  ['all.csv', undefined, 'test', ['all.csv']],
  ['a.csv b.csv', undefined, undefined, /several files/],
  ['a/test.csv b/test.csv', undefined, 'test', /several files/],
  ['a.csv b.csv', 'c', undefined, /no file is of config "c"/],
  ['script.py', undefined, undefined, /no file that can be read; try hf:org\/name@refs\/convert\/parquet/],
])('of %s, config %s and split %s mean %s', (paths, config, split, expected) => {
  const files = paths.split(' ').map((path) => ({ path, size: 1 }))
  const chosen = () =>
    choose(
      { repo: 'org/name', commit: '0'.repeat(40), files },
      { ...(config && { config }), ...(split && { split }) },
    )
  if (expected instanceof RegExp) expect(chosen).toThrow(expected)
  else expect(chosen().files.map(({ path }) => path)).toEqual(expected)
})

describe('a file by its address', () => {
  it('is pulled, checked, and found again without the network', async () => {
    await using server = await hubServer({ repo: 'x', files: {} })
    const content = Buffer.from('prompt,expected\na,b\n')
    server.faults.push((request, response) => {
      send(request, response, content)
      return true
    })
    const sha256 = createHash('sha256').update(content).digest('hex')
    const address = `${server.endpoint}/files/mine.csv`
    const hub = { cache, token: 'hf_secret', pauseMs: 0 }
    expect(await refusal(openDataset(address, { hub }))).toMatch(
      /not fetched yet; fetch it: bench datasets pull http/,
    )
    expect(await refusal(pull(address, hub, { sha256: '0'.repeat(64) }))).toMatch(/^checksum: /)
    expect(await pull(address, hub, { sha256: sha256.toUpperCase() })).toMatchObject({
      source: address,
      files: [{ sha256, bytes: content.length, cached: false }],
    })
    expect(server.requests.every(({ authorization }) => authorization === undefined)).toBe(true)
    expect(await pull(address, { ...hub, offline: true })).toMatchObject({
      files: [{ sha256, cached: true }],
    })
    expect((await openDataset(address, { hub })).size).toBe(1)
    expect(await refusal(pull('http://example.com/a.csv', hub))).toMatch(/without encryption/)
  })

  it('is fetched by several at once, none in the way of another', async () => {
    await using server = await hubServer({ repo: 'x', files: {} })
    const content = Buffer.alloc(300_000, 'x')
    server.faults.push((request, response) => {
      send(request, response, content)
      return true
    })
    const sha256 = createHash('sha256').update(content).digest('hex')
    const path = join(cache, 'file')
    await writeFile(`${path}.999999999-0.part`, content.subarray(0, 1000))
    const all = Array.from({ length: 5 }, () => download(`${server.endpoint}/file`, path, { sha256 }))
    await Promise.all(all)
    expect(await readdir(cache)).toEqual(['file'])
  })

  it('takes a lying partial file for nothing', async () => {
    await using server = await hubServer({ repo: 'x', files: {} })
    const content = Buffer.from('0123456789')
    server.faults.push((request, response) => {
      send(request, response, content)
      return true
    })
    const path = join(cache, 'file')
    const sha256 = createHash('sha256').update(content).digest('hex')
    await writeFile(`${path}.999999999-0.part`, 'x'.repeat(20))
    await download(`${server.endpoint}/file`, path, { size: 10, sha256 })
    expect(await readFile(path, 'utf8')).toBe('0123456789')
    await rm(path)
    await writeFile(`${path}.999999999-0.part`, content)
    await download(`${server.endpoint}/file`, path, { size: 10, sha256 })
    expect(await readFile(path, 'utf8')).toBe('0123456789')
  })
})

describe('known sets', () => {
  it('have a name, an encrypted address, a licence and a checksum each', () => {
    expect(new Set(knownSets.map(({ name }) => name)).size).toBe(knownSets.length)
    for (const { name, url, licence, unpackedSha256, tasks } of knownSets) {
      expect(url, name).toMatch(/^https:\/\//)
      expect(licence, name).not.toBe('')
      expect(unpackedSha256, name).toMatch(/^[0-9a-f]{64}$/)
      expect(tasks, name).toBeGreaterThan(0)
    }
  })

  it('are opened by name once they are here, else the command that fetches them is told', async () => {
    expect(await refusal(openDataset('gsm8k', { hub: { cache } }))).toBe(
      'unknown_dataset: gsm8k: not fetched yet; fetch it: bench datasets pull gsm8k',
    )
    const path = placeOf('gsm8k', { cache })!
    await download(
      `data:application/gzip;base64,${gzipSync('{"question":"1?","answer":"1\\n#### 1"}\n').toString('base64')}`,
      path,
      {},
    )
    expect(await openDataset('gsm8k', { hub: { cache } })).toMatchObject({
      name: 'gsm8k',
      source: 'gsm8k',
      size: 1,
    })
    expect(await refusal(pull('gsm9k', { cache }))).toMatch(/no set "gsm9k" to pull; did you mean "gsm8k"\?/)
  })
})

const shared = fileURLToPath(new URL('../../../../shared/data/', import.meta.url))
const absent = !existsSync(shared) && !process.env.CI
if (absent) console.warn(`skipped: the checksums of published sets need ${shared}`)

it.skipIf(absent).each([
  ['humaneval', 'humaneval/HumanEval.jsonl.gz'],
  ['humanevalplus', 'humanevalplus/HumanEvalPlus-v0.1.10.jsonl.gz'],
  ['humanevalplus-v0.1.9', 'humanevalplus/HumanEvalPlus-v0.1.9.jsonl.gz'],
  ['mbpp', 'mbpp/mbpp.jsonl'],
  ['mbppplus', 'mbppplus/MbppPlus-v0.2.0.jsonl.gz'],
  ['mbppplus-v0.1.0', 'mbppplus/MbppPlus-v0.1.0.jsonl.gz'],
  ['multipl-e-js', 'multipl-e/humaneval-js.jsonl'],
  ['multipl-e-ts', 'multipl-e/humaneval-ts.jsonl'],
  ['cruxeval', 'cruxeval/cruxeval.jsonl'],
  ['ifeval', 'ifeval/input_data.jsonl'],
  ['gsm8k', 'gsm8k/test.jsonl'],
])('%s is the set that verdicts were recorded for, and opens under its name', async (name, file) => {
  const set = knownSets.find((known) => known.name === name)
  const path = placeOf(name, { cache })!
  await mkdir(dirname(path), { recursive: true })
  await copyFile(join(shared, file), path)
  const dataset = await openDataset(name, { hub: { cache } })
  expect(dataset).toMatchObject({ source: name, size: set?.tasks, hash: set?.unpackedSha256 })
})
