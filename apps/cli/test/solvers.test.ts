import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chat, mockServer } from '@bench/providers/mock'
import { driver } from '@bench/sandbox'
import { describe, expect, it } from 'vitest'
import { cli, type Folder, folder } from './cli.js'

/** The command with each solver, against a model that is wrong first and right then, by tools where it is given some. */

const boxed = (await (await driver('bubblewrap')).probe()).ok

const tasks = JSON.stringify({
  name: 'sums',
  version: '1.0.0',
  test_cases: ['a', 'b'].map((id) => ({
    id,
    prompt: `Task ${id}: write add(a, b).`,
    solution: 'def add(a, b):\n    return a + b\n',
    code: {
      entry_point: 'add',
      test_cases: [
        { input: [1, 2], expected_output: 3, visible: true },
        { input: [5, 6], expected_output: 11 },
      ],
    },
  })),
})

const server = () =>
  mockServer({
    answer({ method, body }) {
      if (method !== 'POST') return undefined
      const asked = JSON.parse(body) as { messages: { role: string }[]; tools?: unknown }
      const turn = asked.messages.filter(({ role }) => role === 'assistant').length
      const code = `def add(a, b):\n    return a ${turn === 0 ? '-' : '+'} b\n`
      const write = { name: 'write_file', arguments: JSON.stringify({ path: 'solution.py', content: code }) }
      const done = { name: turn < 2 ? 'run_tests' : 'finish', arguments: '{}' }
      const named = asked.tools === undefined ? [] : turn < 2 ? [write, done] : [done]
      const stream = chat.stream({
        model: 'm',
        text: named.length > 0 ? [] : [`\`\`\`python\n${code}\`\`\``],
        reasoning: [],
        toolCalls: named.map((one, index) => ({ id: `c${turn}_${index}`, ...one })),
        finish: named.length > 0 ? 'tool_calls' : 'stop',
        usage: { input: 50, output: 5 },
      })
      return { headers: { 'content-type': chat.contentType }, body: stream.join('') }
    },
  })

async function bench(dir: Folder, url: string, ...more: readonly string[]) {
  await dir.file('tasks.json', tasks)
  const asking = ['-d', 'tasks.json', '-p', 'openai-compatible:m', '--endpoint', `${url}/v1`, '--yes']
  const { code, stderr } = await cli(['bench', ...asking, ...more], { cwd: dir.path })
  const ids = await readdir(join(dir.path, 'bench-results')).catch(() => [])
  const at = join(dir.path, 'bench-results', ids.sort().at(-1) ?? '')
  const read = async (name: string) => JSON.parse(await readFile(join(at, name), 'utf8'))
  return { code, stderr, at, read }
}

describe.skipIf(!boxed)('--solver', () => {
  it('agent: works on files, is judged by them, and its rows say how it went', async () => {
    await using dir = await folder()
    await using mock = await server()
    const { code, at, read } = await bench(dir, mock.url, '--solver', 'agent', '--max-iterations', '5')
    expect(code).toBe(0)
    expect(mock.requests.filter(({ method }) => method === 'POST')).toHaveLength(6)
    const { results } = await read('results.json')
    expect(results).toHaveLength(2)
    for (const row of results)
      expect(row).toMatchObject({
        outcome: 'pass',
        response: 'def add(a, b):\n    return a + b\n',
        tool_calls_count: 5,
        tools_used: ['write_file', 'run_tests', 'write_file', 'run_tests', 'finish'],
        iterations: 3,
        iterations_to_success: 2,
        self_corrected: true,
        efficiency_score: 1,
        ended_by: 'finish',
      })
    expect(await read('plan.json')).toMatchObject({ solver: 'agent', solverOptions: { maxIterations: 5 } })
    const shown = await cli(['show', 'a'], { cwd: dir.path })
    expect(shown.code).toBe(0)
    expect(shown.stdout).toMatch(/^a · openai-compatible:m · passed\n/)
    expect(shown.stdout).toContain('3 calls of the model · 5 of tools · visible checks pass after 2')
    expect(shown.stdout).toContain('  2  assistant\n     → write_file path solution.py\n')
    expect(shown.stdout).toContain('  4  tool run_tests: visible tests failed\n')
    expect(shown.stdout).toContain('  7  tool run_tests: visible tests passed\n')
    const html = await readFile(join(at, 'report.html'), 'utf8')
    expect(html.match(/Transcript, 9 steps/g)).toHaveLength(2)
    expect(html).toContain('agent, maxIterations 5, maxSeconds 600')
    const rows = (await cli(['show', at, 'b', '--json'], { cwd: dir.path })).stdout.trimEnd().split('\n')
    const [attempt, ...steps] = rows.map((row) => JSON.parse(row))
    expect(attempt).toMatchObject({ type: 'attempt', task: 'b', outcome: 'pass', steps: 9 })
    expect(steps.map(({ step, role, name }) => [step, name ?? role])).toEqual(
      [
        'user',
        'assistant',
        'write_file',
        'run_tests',
        'assistant',
        'write_file',
        'run_tests',
        'assistant',
        'finish',
      ].map((who, n) => [n + 1, who]),
    )
    for (const [wrong, words] of [
      [['show', 'aa'], 'no task "aa" in'],
      [['show', 'a', '-m', 'openai-compatible:n'], 'did you mean "openai-compatible:m"?'],
      [['show', 'a', '--repeat', '2'], 'asked every task once'],
      [['show', 'a', 'b', 'c'], 'bench show RUN TASK'],
      [['show', 'nowhere', 'a'], 'no run "nowhere"'],
    ] as const) {
      const { code: refused, stderr } = await cli([...wrong], { cwd: dir.path })
      expect([refused, stderr]).toEqual([2, expect.stringContaining(words)])
    }
    const asked = mock.count
    const resumed = ['bench', '--resume', at, '--endpoint', `${mock.url}/v1`]
    expect((await cli(resumed, { cwd: dir.path })).code).toBe(0)
    const again = await cli(['score', at, '--scorer', 'code-tests'], { cwd: dir.path })
    expect(again.code).toBe(0)
    expect(mock.requests.slice(asked).filter(({ method }) => method === 'POST')).toEqual([])
    const judged = (await read('results.json')).results as { outcome: string }[]
    expect(judged.map(({ outcome }) => outcome)).toEqual(['pass', 'pass'])
  })

  it('agent: ends at a limit that an option sets, which the plan keeps and a resume goes by', async () => {
    await using dir = await folder()
    await using mock = await server()
    const asked = () => mock.requests.filter(({ method }) => method === 'POST').length
    const limits = ['--solver-option', 'max-messages=2,max_cost_usd=0.5', '--solver-option', 'maxSeconds=90']
    const first = ['--solver', 'agent', ...limits, '--limit', '1']
    const { code, at, read } = await bench(dir, mock.url, ...first)
    expect(code).toBe(0)
    const { results } = await read('results.json')
    expect(results).toMatchObject([{ iterations: 1, ended_by: 'max_messages', outcome: 'wrong_answer' }])
    const solverOptions = { maxIterations: 10, maxMessages: 2, maxSeconds: 90, maxCostUsd: 0.5 }
    expect(await read('plan.json')).toMatchObject({ solverOptions })
    const before = asked()
    const resumed = [
      'bench',
      '--resume',
      at,
      '--endpoint',
      `${mock.url}/v1`,
      '--solver-option',
      'max-messages=9',
    ]
    const again = await cli(resumed, { cwd: dir.path })
    expect(again.stderr).toContain('--solver-option: not used, a run is gone on with as it was planned\n')
    expect(again.code).toBe(0)
    expect(asked()).toBe(before)
    expect(await read('plan.json')).toMatchObject({ solverOptions })
  })

  it('an option that a solver does not have is told with the nearest, before anything is asked', async () => {
    await using dir = await folder()
    await using mock = await server()
    const of = async (...args: string[]) => {
      const { code, stderr } = await bench(dir, mock.url, ...args)
      expect(code).toBe(2)
      return stderr
    }
    expect(await of('--solver', 'agent', '--solver-option', 'max-mesages=3')).toContain(
      'solver agent: unknown option "max-mesages"; did you mean "maxMessages"?\n',
    )
    expect(await of('--solver', 'agent', '--solver-option', 'max-messages=few')).toContain(
      'solver agent: option "maxMessages": ',
    )
    expect(await of('--solver-option', 'rounds=3')).toContain(
      'unknown option "rounds"; it takes no options\n',
    )
    expect(await of('--solver-option', 'rounds')).toContain('It must be key=value')
    expect(mock.count).toBe(0)
  })

  it('refine: shows what failed, and nothing that is hidden', async () => {
    await using dir = await folder()
    await using mock = await server()
    const { code, read } = await bench(dir, mock.url, '--solver', 'refine', '--rounds', '2')
    expect(code).toBe(0)
    const { results } = await read('results.json')
    for (const row of results)
      expect(row).toMatchObject({ outcome: 'pass', iterations: 2, ended_by: 'passed', self_corrected: true })
    for (const { body } of mock.requests) expect(body).not.toContain('11')
  })

  it('a module of one’s own, by its path; one that is not there is told before anything is asked', async () => {
    await using dir = await folder()
    await using mock = await server()
    await dir.file(
      'mine.mjs',
      'export default { name: "mine", options: (given) => given, async solve({ prompt }, model, { call, options }) {\n' +
        '  if (options.mood !== "calm, and kind") throw new Error(options.mood)\n' +
        '  const first = await model.generate([{ role: "user", content: prompt }], call)\n' +
        '  const more = [{ role: "assistant", content: first.text }, { role: "user", content: "Again." }]\n' +
        '  const second = await model.generate([{ role: "user", content: prompt }, ...more], call)\n' +
        '  return { completions: [first, second] }\n} }\n',
    )
    const mood = ['--solver-option', 'mood=calm, and kind']
    const { code, read } = await bench(dir, mock.url, '--solver', './mine.mjs', ...mood)
    expect(code).toBe(0)
    expect((await read('results.json')).results).toMatchObject([{ outcome: 'pass' }, { outcome: 'pass' }])
    expect(await read('plan.json')).toMatchObject({ solver: './mine.mjs' })
    const asked = mock.count
    const none = await bench(dir, mock.url, '--solver', './none.mjs')
    expect(none.code).toBe(2)
    expect(none.stderr).toContain('no solver at')
    expect(mock.count).toBe(asked)
  })
})
