import { spawnSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cli, complaints, folder, start } from './cli.js'

/** The main job, as a person runs it: a real process, a real server, real files. */

const questions = (n: number) =>
  JSON.stringify({
    name: 'questions',
    version: '1.0.0',
    test_cases: Array.from({ length: n }, (_, i) => ({
      id: `q${i}`,
      prompt: `Say number ${i}.`,
      expected: `number ${i}`,
    })),
  })

/** An OpenAI-compatible server that repeats the prompt; `hold` keeps it from answering. */
async function echoServer(options: { status?: number; hold?: () => boolean } = {}) {
  let calls = 0
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text) => {
      body += text
    })
    request.on('end', () => {
      if (request.url?.endsWith('/models')) {
        response.writeHead(options.status ?? 200, { 'content-type': 'application/json' })
        response.end(
          JSON.stringify(
            options.status === undefined ? { data: [{ id: 'echo' }] } : { error: { message: 'bad key' } },
          ),
        )
        return
      }
      calls += 1
      if (options.hold?.() === true) {
        return
      }
      const { messages } = JSON.parse(body)
      const chunk = (delta: object, finish: string | null, more = {}) =>
        `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'echo', choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chunk({ role: 'assistant', content: messages.at(-1).content }, null))
      response.end(
        `${chunk({}, 'stop', { usage: { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 } })}data: [DONE]\n\n`,
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls: () => calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Under CI everything has to be there. */
const noPython =
  !process.env.CI && spawnSync('python3', ['--version']).status !== 0
    ? 'skipped: this machine has no python3'
    : false
if (noPython) console.warn(noPython)

const endpoint = (url: string) => ['-p', 'openai-compatible:echo', '--endpoint', url]

describe('bench bench', () => {
  test('asks, judges, records and reports', async () => {
    await using at = await folder()
    await using server = await echoServer()
    await at.file('q.json', questions(7))
    const ended = await cli(['bench', '-d', 'q.json', ...endpoint(server.url), '--repeats', '2'], {
      cwd: at.path,
    })
    expect(ended.stderr).toMatch(/7 tasks × 2 repeats/)
    expect(ended.stdout).toMatch(/100/)
    expect(ended.code).toBe(0)
    expect(server.calls()).toBe(14)
    const [run = ''] = await readdir(join(at.path, 'bench-results'))
    const files = await readdir(join(at.path, 'bench-results', run))
    expect(files).toEqual(
      expect.arrayContaining([
        'plan.json',
        'results.jsonl',
        'results.json',
        'results.csv',
        'comparison.csv',
        'report.html',
        'responses',
      ]),
    )
    const results = JSON.parse(await readFile(join(at.path, 'bench-results', run, 'results.json'), 'utf8'))
    expect(results.summary).toMatchObject({
      total: 14,
      succeeded: 14,
      failed: 0,
      timeout: 0,
      skipped: 0,
      success_rate: 1,
    })
  })

  test('oracle scores all, null scores nothing, on every built-in that runs no code', async () => {
    for (const name of [
      'reasoning-tasks',
      'summarization-tasks',
      'instruction-following',
      'creative-writing',
    ]) {
      await using at = await folder()
      const ended = await cli(['bench', '-d', name, '-p', 'oracle,null', '--json'], { cwd: at.path })
      const summary = JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '')
      const scores = Object.fromEntries(
        summary.models.map((each: { model: string; score: number }) => [each.model, each.score]),
      )
      expect({ name, ...scores }).toEqual({ name, oracle: 1, null: 0 })
    }
  })

  test.skipIf(noPython !== false)('runs code in the language that each task names', async () => {
    await using at = await folder()
    const task = (language: string, entry_point: string | undefined, solution: string) => ({
      id: language,
      prompt: 'Add two numbers.',
      solution,
      code: {
        language,
        entry_point,
        test_cases: entry_point
          ? [{ input: [1, 2], expected_output: 3 }]
          : [{ input: '1 2', expected_output: '3' }],
      },
    })
    await at.file(
      'code.json',
      JSON.stringify({
        name: 'code',
        version: '1',
        test_cases: [
          task('python', 'add', 'def add(a, b):\n    return a + b\n'),
          task('javascript', 'add', 'function add(a, b) { return a + b }'),
          task('typescript', 'add', 'function add(a: number, b: number): number { return a + b }'),
          task('shell', undefined, 'read a b; echo $((a + b))'),
        ],
      }),
    )
    const args = ['bench', '-d', 'code.json', '-p', 'oracle,null', '--sandbox', 'process', '--json']
    const ended = await cli(args, { cwd: at.path })
    expect(ended.stderr).toMatch(/Python 3\.\d+.*Node \d+/)
    const { models } = JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '')
    expect(models).toMatchObject([
      { model: 'oracle', score: 1 },
      { model: 'null', score: 0 },
    ])
  })

  test('--json prints NDJSON and nothing else', async () => {
    await using at = await folder()
    await at.file('q.json', questions(3))
    const ended = await cli(['bench', '-d', 'q.json', '-p', 'echo', '--json'], { cwd: at.path })
    const types = ended.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type)
    expect(types).toEqual(expect.arrayContaining(['start', 'attempt', 'score', 'summary']))
  })

  test('--dry-run prints the plan and calls nobody', async () => {
    await using at = await folder()
    await using server = await echoServer()
    await at.file('q.json', questions(5))
    const ended = await cli(
      ['bench', '-d', 'q.json', ...endpoint(server.url), '--dry-run', '--sample', '2', '--seed', '0'],
      { cwd: at.path },
    )
    const plan = JSON.parse(ended.stdout)
    expect(plan.tasks).toHaveLength(2)
    expect(plan.sample).toEqual({ n: 2, seed: 0 })
    expect(server.calls()).toBe(0)
    expect(ended.code).toBe(0)
  })

  test('nothing paid is called without a terminal, --yes and --max-cost', async () => {
    await using at = await folder()
    await at.file('q.json', questions(2))
    const env = { OPENAI_API_KEY: 'sk-canary-0123456789abcdef' }
    const ended = await cli(['bench', '-d', 'q.json', '-p', 'openai:gpt-4o'], { cwd: at.path, env })
    expect(ended.stderr).toMatch(/--yes --max-cost/)
    expect(ended.stdout).toMatch(/oracle/)
    expect(ended.stdout + ended.stderr).not.toMatch(/canary/)
    expect(ended.code).toBe(6)
  })

  test('a refused key ends before anything is asked, with its last four characters', async () => {
    await using at = await folder()
    await using server = await echoServer({ status: 401 })
    await at.file('q.json', questions(2))
    const ended = await cli(
      ['bench', '-d', 'q.json', '-p', 'openai:gpt-4o', '--endpoint', server.url, '--yes', '--max-cost', '1'],
      { cwd: at.path, env: { OPENAI_API_KEY: 'sk-canary-0123456789wxyz' } },
    )
    expect(complaints(ended).join()).toMatch(/OPENAI_API_KEY.*wxyz/)
    expect(ended.stderr).not.toMatch(/canary/)
    expect(server.calls()).toBe(0)
    expect(ended.code).toBe(4)
  })

  test('Ctrl-C saves what is finished, and a resume asks only the rest', async () => {
    await using at = await folder()
    let held = false
    await using server = await echoServer({ hold: () => held })
    await at.file('q.json', questions(40))
    const args = ['bench', '-d', 'q.json', ...endpoint(server.url), '-c', '2', '--json']
    const running = start(args, { cwd: at.path })
    let seen = ''
    await new Promise<void>((resolve) => {
      running.child.stdout.on('data', (text) => {
        seen += text
        if (!held && (seen.match(/"type":"score"/g) ?? []).length >= 10) {
          held = true
          running.child.kill('SIGINT')
          resolve()
        }
      })
    })
    const first = await running.ended
    expect(first.code).toBe(130)
    expect(first.stderr).toMatch(/bench resume /)
    const won = new Set(
      first.stdout
        .split('\n')
        .flatMap((line) => (line.includes('"type":"score"') ? [JSON.parse(line).line.keys[0]] : [])),
    )
    held = false
    const before = server.calls()
    const [run = ''] = await readdir(join(at.path, 'bench-results'))
    const second = await cli(['bench', '--resume', run, '--endpoint', server.url, '--json'], { cwd: at.path })
    expect(second.code).toBe(0)
    expect(server.calls() - before).toBeLessThanOrEqual(40 - won.size)
    const summary = JSON.parse(second.stdout.trim().split('\n').at(-1) ?? '')
    expect(summary.models[0]).toMatchObject({ n: 40, passed: 40 })
  })

  test('SIGTERM ends with 143', async () => {
    await using at = await folder()
    await using server = await echoServer({ hold: () => true })
    await at.file('q.json', questions(4))
    const running = start(['bench', '-d', 'q.json', ...endpoint(server.url), '--json'], { cwd: at.path })
    await new Promise<void>((resolve) => running.child.stdout.on('data', () => resolve()))
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(143)
  })

  test('a recording that lacks some tasks is judged on those it has; the rest is told, not failed', async () => {
    await using at = await folder()
    await at.file('q.json', questions(20))
    const lines = Array.from({ length: 19 }, (_, i) => ({
      task_id: `q${i + 1}`,
      response: `number ${i + 1}`,
    }))
    await at.file('r.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'))
    const ended = await cli(['bench', '-d', 'q.json', '-p', 'replay', '--replies', 'r.jsonl'], {
      cwd: at.path,
    })
    expect(ended.stdout).toMatch(/no recorded completion for q0/)
    expect(ended.stdout).toMatch(/100\.0 .* 19 /)
    expect(ended.code).toBe(0)
  })

  test('--fail-under gates', async () => {
    await using at = await folder()
    await at.file('q.json', questions(3))
    expect(
      (await cli(['bench', '-d', 'q.json', '-p', 'echo', '--fail-under', '99'], { cwd: at.path })).code,
    ).toBe(0)
    expect(
      (await cli(['bench', '-d', 'q.json', '-p', 'null', '--fail-under', '99'], { cwd: at.path })).code,
    ).toBe(1)
  })

  test('oracle says so where the dataset has no references', async () => {
    await using at = await folder()
    await at.file(
      'o.json',
      JSON.stringify({ name: 'open', version: '1.0.0', test_cases: [{ id: 'a', prompt: 'Write a poem.' }] }),
    )
    const ended = await cli(['bench', '-d', 'o.json', '-p', 'oracle'], { cwd: at.path })
    expect(complaints(ended).join()).toMatch(/1 of 1 tasks have no reference/)
    expect(ended.code).toBe(2)
  })

  test('without a model and without references, the empty control alone runs', async () => {
    await using at = await folder()
    const open = { name: 'open', version: '1.0.0', test_cases: [{ id: 'a', prompt: 'Write a poem.' }] }
    await at.file('o.json', JSON.stringify(open))
    const ended = await cli(['bench', '-d', 'o.json'], { cwd: at.path })
    expect(ended.stderr).toMatch(/ANTHROPIC_API_KEY/)
    expect(ended.stdout).toMatch(/null/)
    expect(ended.stdout).not.toMatch(/oracle/)
    expect(ended.code).toBe(0)
  })

  test("a scorer of one's own judges instead of the tasks' own, TypeScript or not", async () => {
    await using at = await folder()
    await at.file('q.json', questions(4))
    await at.file(
      'even.ts',
      `import { defineScorer } from '@bench/scorers'
       export default defineScorer({ name: 'even', score: ({ answer }): boolean => Number(answer.text.match(/\\d+/)?.[0]) % 2 === 0 })`,
    )
    const ended = await cli(['bench', '-d', 'q.json', '-p', 'oracle', '--scorer', './even.ts', '--json'], {
      cwd: at.path,
    })
    const events = ended.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const scores = events.filter((event) => event.type === 'score').map((event) => event.line)
    expect(scores.map((line) => line.scorer)).toEqual(['even', 'even', 'even', 'even'])
    expect(events.at(-1).models[0]).toMatchObject({ n: 4, passed: 2 })
  })

  test('a cap that was agreed on holds for the resumed run too', async () => {
    await using at = await folder()
    await at.file('q.json', questions(3))
    await cli(['bench', '-d', 'q.json', '-p', 'echo', '--max-cost', '1'], { cwd: at.path })
    const [run = ''] = await readdir(join(at.path, 'bench-results'))
    const again = await cli(['bench', '--resume', run], { cwd: at.path })
    expect(again.stderr).toMatch(/3\/3 .* of \$1 /)
    expect(again.code).toBe(0)
  })

  test.skipIf(noPython !== false)('a resumed run judges in the sandbox that it began in', async () => {
    await using at = await folder()
    const asked = ['bench', '-p', 'null', '--limit', '1', '--sandbox', 'process']
    await cli(asked, { cwd: at.path })
    const [run = ''] = await readdir(join(at.path, 'bench-results'))
    const again = await cli(['bench', '--resume', run], { cwd: at.path })
    expect(again.stderr).toContain('UNPROTECTED')
    expect(again.code).toBe(0)
  })

  test('report folds the same table from the log again', async () => {
    await using at = await folder()
    await at.file('q.json', questions(3))
    const first = await cli(['bench', '-d', 'q.json', '-p', 'oracle,null'], { cwd: at.path })
    const again = await cli(['view'], { cwd: at.path })
    expect(again.stdout).toBe(first.stdout)
    expect(again.code).toBe(0)
    const printed = await cli(['report', '--format', 'markdown'], { cwd: at.path })
    expect(printed.stdout).toMatch(/^## questions .*\n[\s\S]*\| 1 \| oracle \| 100\.0 \|/)
    const none = await cli(['report', '--format', 'markdwn'], { cwd: at.path })
    expect([none.code, none.stdout]).toEqual([2, ''])
    expect(none.stderr).toContain("did you mean 'markdown'")
  })
})
