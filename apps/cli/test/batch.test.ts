import { type BatchLifeOptions, batchLife, mockServer } from '@bench/providers/testing'
import { expect, test } from 'vitest'
import { cli, complaints, folder, start } from './cli.js'

/** `bench bench --batch` as a person runs it: a real process, a real server with the life of batches. */

const tasks = JSON.stringify({
  name: 'questions',
  version: '1.0.0',
  test_cases: [0, 1, 2].map((i) => ({ id: `q${i}`, prompt: `Say number ${i}.`, expected: `number ${i}` })),
})

async function world(life: BatchLifeOptions = {}) {
  const batches = batchLife(life)
  const models = ['claude-opus-4-5', 'gpt-4o-mini']
  const server = await mockServer({ script: { models }, answer: batches.answer })
  const place = await folder()
  await place.file('q.json', tasks)
  const env = { ANTHROPIC_API_KEY: 'sk-canary-11223344556677', OPENAI_API_KEY: 'sk-canary-99887766554433' }
  const args = [
    'bench',
    '-d',
    'q.json',
    '--yes',
    '--max-cost',
    '5',
    '--batch',
    '--batch-poll',
    '0.05',
    '--no-cache',
  ]
  return {
    url: server.url,
    made: batches.made,
    finish: batches.finish,
    place,
    start: (...more: string[]) => start([...args, ...more], { cwd: place.path, env }),
    bench: (...more: string[]) => cli([...args, ...more], { cwd: place.path, env }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    },
  }
}

const models = {
  anthropic: (url: string) => ['-p', 'anthropic:claude-opus-4-5', '--endpoint', url],
  openai: (url: string) => ['-p', 'openai:gpt-4o-mini', '--endpoint', `${url}/v1`],
} as const

test.each(Object.entries(models))('a run in batches of %s', async (_name, modelAt) => {
  await using at = await world({ looks: 3 })
  const ended = await at.bench(...modelAt(at.url), '--json')
  expect([ended.code, at.made.length, at.made[0]?.items.length]).toEqual([0, 1, 3])
  expect(ended.stderr).toMatch(/batch \w+: 3 questions handed in to \w+:/)
  expect(ended.stderr).toMatch(/batch \w+: ended, its replies are here/)
  const events = ended.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events.filter(({ type }) => type === 'batch').map(({ state }) => state)).toContain('fetched')
  const attempts = events.filter(({ type }) => type === 'attempt').map(({ line }) => line)
  for (const line of attempts) {
    expect(line).toMatchObject({ what: 'replied', batch: at.made[0]?.id })
    expect(line.cost.source).toMatch(/, batch$/)
  }
  expect(events.at(-1).models[0]).toMatchObject({ passed: 3, unpriced: 0 })
  expect(ended.stdout + ended.stderr).not.toContain('canary')
})

test('the price that is shown is that of batches', async () => {
  await using at = await world()
  const price = async (...more: string[]) => {
    const { stdout } = await cli(['bench', '-d', 'q.json', '--dry-run', ...models.openai(at.url), ...more], {
      cwd: at.place.path,
      env: { OPENAI_API_KEY: 'sk-canary-99887766554433' },
    })
    return JSON.parse(stdout).estimate[0].highUsd
  }
  expect(await price('--batch')).toBeCloseTo((await price()) / 2, 12)
})

test('Ctrl-C leaves a batch to work, and the run is resumed without asking again', async () => {
  await using at = await world({ looks: 1_000_000 })
  const running = at.start(...models.anthropic(at.url))
  while (!running.stderr().includes('0 % of 3 done'))
    await new Promise((resolve) => running.child.stderr.once('data', resolve))
  running.child.kill('SIGINT')
  const stopped = await running.ended
  expect(stopped.code).toBe(130)
  expect(stopped.stderr).toContain('batches that were handed in go on without us')
  const [, resume = ''] = /resume {2}bench (resume .*)/.exec(stopped.stderr) ?? []
  at.finish()
  // As it is printed: the plan knows that it is asked in batches.
  const again = await cli([...resume.split(' '), '--yes', '--batch-poll', '0.05', '--no-cache'], {
    cwd: at.place.path,
    env: { ANTHROPIC_API_KEY: 'sk-canary-11223344556677' },
  })
  expect([again.code, at.made.length]).toEqual([0, 1])
  expect(again.stdout).toContain('100.0')
})

test('a provider that has no batches is refused in one line, before anything is asked', async () => {
  await using at = await world()
  const ended = await at.bench('-p', 'vllm:x', '--endpoint', `${at.url}/v1`)
  expect(ended.code).toBe(2)
  expect(complaints(ended)).toEqual([
    'bench: --batch: vllm:x has no batches. Take it out, or ask without --batch; anthropic and openai have them, and openai-compatible where its server does',
  ])
  const own = await at.bench('-p', 'openai-compatible:gpt-4o-mini', '--endpoint', `${at.url}/v1`)
  expect([own.code, at.made.length]).toEqual([0, 1])
})
