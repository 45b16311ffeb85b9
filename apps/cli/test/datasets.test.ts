import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { cli, complaints, folder } from './cli.js'

const table = 'question,answer,split\nWhat is 1+1?,2,train\nWhat is 2+2?,4,test\n'

/** Serves one file at any path. */
async function serve(content: string) {
  const server = createServer((_request, response) => response.end(content))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

test('list names what is built in and what can be pulled', async () => {
  await using dir = await folder()
  const { code, stdout } = await cli(['datasets', 'list'], { cwd: dir.path })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^BUILT IN .*\n(?:.*\n)*python-tasks +1\.0\.0 +40/)
  expect(stdout).toMatch(/\nhumaneval +164 +MIT +– +HumanEval/)
  const { stdout: json } = await cli(['datasets', 'list', '--json'], { cwd: dir.path })
  const lines = json
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toContainEqual(
    expect.objectContaining({ kind: 'published', name: 'gsm8k', licence: 'MIT', tasks: 1319 }),
  )
})

test('show tells how a table is judged and what may be said of it, and asks which column is what', async () => {
  await using dir = await folder()
  await dir.file('q.csv', table)
  const asked = await cli(['datasets', 'show', 'q.csv'], { cwd: dir.path })
  expect(asked.code).toBe(2)
  expect(complaints(asked)).toEqual([
    'bench: q.csv: say which column is asked: #prompt=question; its columns are "question", "answer", "split"',
  ])
  const args = ['datasets', 'show', 'q.csv', '--map', 'prompt=question,expected=answer', '-n', '1']
  const { code, stdout } = await cli(args, { cwd: dir.path })
  expect(code).toBe(0)
  expect(stdout).toMatch(/ {2}tasks +2\n {2}judged by +contains\n/)
  expect(stdout).toMatch(/ {2}#split= +only rows/)
  expect(stdout).toMatch(/\nline-2\n {2}What is 1\+1\?\n {2}expected +2\n/)
  expect(stdout).not.toContain('line-3')
})

test('validate names every fault at once and ends with 2', async () => {
  await using dir = await folder()
  await dir.file(
    'good.yaml',
    'name: good\nversion: 1\ntest_cases:\n  - {id: a, prompt: Say a., expected: a}\n',
  )
  await dir.file(
    'bad.jsonl',
    '{"id":"a","prompt":"x","expected":"x"}\n{"id":"a","prompt":"x"}\n{"id":7,"prompt":"x"}\n',
  )
  await dir.file('odd.jsonl', '{"id":"a","prompt":"x","scorer":{"name":"regx","pattern":"x"}}\n')
  const { code, stdout } = await cli(['datasets', 'validate', 'good.yaml', 'bad.jsonl', 'odd.jsonl'], {
    cwd: dir.path,
  })
  expect(code).toBe(2)
  expect(stdout.split('\n')).toEqual([
    '✗ good.yaml: 1 fault',
    expect.stringContaining('version: expected a string, got 1'),
    '✗ bad.jsonl: 2 faults',
    '  line 2: id "a" is already that of line 1; ids are unique',
    '  line 3: id: expected a string, got 7; put quotes around it',
    '✗ odd.jsonl: 1 fault',
    '  a: unknown scorer "regx"; did you mean "regex"?',
    '',
  ])
  await dir.file(
    'good.yaml',
    'name: good\nversion: "1"\ntest_cases:\n  - {id: a, prompt: Say a., expected: a}\n',
  )
  expect(await cli(['datasets', 'validate', 'good.yaml'], { cwd: dir.path })).toMatchObject({
    code: 0,
    stdout: '✓ good.yaml: good 1, 1 task\n',
  })
})

test('pull fetches by address, checks, keeps, and is found again with the server gone', async () => {
  await using dir = await folder()
  const sha256 = createHash('sha256').update(table).digest('hex')
  let address: string
  {
    await using server = await serve(table)
    address = `${server.url}/q.csv`
    const wrong = await cli(['datasets', 'pull', address, '--sha256', '0'.repeat(64)], { cwd: dir.path })
    expect(wrong.code).toBe(2)
    expect(complaints(wrong)[0]).toMatch(/its checksum is .* instead of 0{16}…; it was thrown away/)
    const right = await cli(['datasets', 'pull', address, '--sha256', sha256], { cwd: dir.path })
    expect(right).toMatchObject({ code: 0 })
    expect(right.stdout).toContain(`sha256 ${sha256}`)
  }
  const args = [
    'bench',
    '-d',
    address,
    '--map',
    'prompt=question,expected=answer',
    '--split',
    'test',
    '-p',
    'oracle',
    '--dry-run',
    '--json',
  ]
  const { code, stdout } = await cli(args, { cwd: dir.path })
  expect(code).toBe(0)
  const plan = JSON.parse(stdout)
  expect(plan.dataset).toMatchObject({
    hash: sha256,
    size: 1,
    source: `${address}#prompt=question,expected=answer,split=test`,
  })
  const gone = await cli(['datasets', 'pull', 'gsm9k'], { cwd: dir.path })
  expect(gone.code).toBe(2)
  expect(complaints(gone)[0]).toMatch(/no set "gsm9k" to pull; did you mean "gsm8k"\?/)
})

test('a published set that was not fetched is one clear line', async () => {
  await using dir = await folder()
  const ended = await cli(['bench', '-d', 'gsm8k', '-p', 'oracle'], { cwd: dir.path })
  expect(ended.code).toBe(2)
  expect(complaints(ended)).toEqual(['bench: gsm8k: not fetched yet; fetch it: bench datasets pull gsm8k'])
})

test('the token of the hub is in no message', async () => {
  await using dir = await folder()
  await using server = await serve('<html>')
  const env = { HF_ENDPOINT: server.url, HF_TOKEN: 'hf_secret' }
  const ended = await cli(['bench', '-d', 'hf:org/name', '-p', 'oracle'], { cwd: dir.path, env })
  expect(ended.code).toBe(2)
  expect(complaints(ended)[0]).toMatch(/does not answer as the hub does; check HF_ENDPOINT$/)
  expect(ended.stdout + ended.stderr).not.toContain('hf_secret')
})
