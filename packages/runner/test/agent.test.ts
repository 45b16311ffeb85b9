import { scorer } from '@bench/scorers'
import { describe, expect, test } from 'vitest'
import { openBlobStore, openRunLog, rescore } from '../src/index.js'
import {
  addTask,
  agent,
  box,
  boxed,
  call,
  canaries,
  modelOf,
  planFor,
  sent,
  solveIn,
  stackTask,
  toolServer,
  write,
} from './solver-world.js'
import { echoTasks, tempFolder } from './world.js'

const right = write('solution.py', 'def add(a, b):\n    return a + b\n')
const wrong = write('solution.py', 'def add(a, b):\n    return a - b\n')

describe.skipIf(!boxed)('agent', () => {
  for (const wire of ['chat', 'messages'] as const) {
    test(`${wire}: reads, writes, is told of errors, corrects itself, finishes; its files are judged`, async () => {
      const { line, score, server, results, answer, reply } = await agent(wire, [
        { calls: [call('list_files'), write('solution.py', 'def add(a, b)\n')] },
        { calls: [call('run_type_check')] },
        { calls: [wrong, call('run_tests')] },
        {
          calls: [
            right,
            call('read_file', { path: 'solution.py' }),
            call('run_type_check'),
            call('run_tests'),
          ],
        },
        { text: 'Done.', calls: [call('finish')] },
      ])
      expect(server.count).toBe(5)
      expect(results.map(({ name }) => name)).toEqual(line.tools_used)
      expect(results.map(({ failed }) => failed ?? false)).not.toContain(true)
      const said = results.map(({ content }) => content)
      expect(said[2]).toMatch(/python finds errors:\nsolution\.py:1:\d+: SyntaxError/)
      expect(said[4]).toContain('expected: 3')
      expect(said.slice(-4)).toEqual([
        'def add(a, b):\n    return a + b\n',
        'python finds no error.',
        'All visible tests pass.',
        'Done.',
      ])
      expect(line).toMatchObject({
        what: 'replied',
        solver: 'agent',
        iterations: 5,
        iterations_to_success: 4,
        self_corrected: true,
        tool_calls_count: 10,
        tools_used: [
          ...['list_files', 'write_file', 'run_type_check', 'write_file', 'run_tests', 'write_file'],
          ...['read_file', 'run_type_check', 'run_tests', 'finish'],
        ],
        efficiency_score: expect.closeTo(1 / 3, 9),
        ended_by: 'finish',
        usage: { input: 500, output: 50 },
        cost: { usd: expect.closeTo(5 * 200e-6, 12) },
        requests: 5,
      })
      expect(answer).toEqual({ text: expect.any(String), code: reply, rule: 'workspace' })
      expect(reply).toBe('def add(a, b):\n    return a + b\n')
      expect(score).toMatchObject({ outcome: 'pass', value: 1, reply: line.reply })
      for (const canary of canaries) expect(sent(server)).not.toContain(canary)
    })

    test(`${wire}: files of a project, with the tests that may be seen`, async () => {
      const broken =
        'class Stack:\n    def push(self, x):\n        return self\n    def pop(self):\n        return 1\n'
      const whole =
        'class Stack:\n    def __init__(self):\n        self.xs = []\n    def __len__(self):\n        return len(self.xs)\n' +
        '    def push(self, x):\n        self.xs.append(x)\n        return self\n    def pop(self):\n        return self.xs.pop()\n'
      const tasks = [stackTask('t0')]
      const { line, score, server, results, answer } = await agent(
        wire,
        [
          { calls: [call('list_files'), call('read_file', { path: 'test_push.py' })] },
          { calls: [write('stack.py', broken), write('inner/part.py', ''), call('run_tests')] },
          { calls: [write('test_push.py', 'pass'), write('conftest.py', 'x'), write('limits.py', 'x')] },
          { calls: [write('stack.py', whole), call('run_type_check'), call('run_tests'), call('finish')] },
        ],
        { tasks },
      )
      const said = results.map(({ content }) => content)
      expect(said[0]).toBe(
        'inner/part.py (not there yet, to be written)\nlimits.py (11 bytes)\nstack.py (not there yet, to be written)\ntest_push.py (126 bytes)',
      )
      expect(said[1]).toContain('def test_len')
      expect(said[4]).toMatch(/1 of 2 pass/)
      expect(results.slice(5, 8).map(({ failed }) => failed)).toEqual([true, true, true])
      expect(said[6]).toBe('"conftest.py" cannot be written; the files to write are: stack.py, inner/part.py')
      expect(score).toMatchObject({ outcome: 'pass' })
      expect(answer).toEqual({
        text: '',
        rule: 'workspace',
        files: { 'stack.py': whole, 'inner/part.py': '' },
      })
      expect(line).toMatchObject({ self_corrected: true, iterations_to_success: 4 })
      for (const canary of canaries) expect(sent(server)).not.toContain(canary)
    })
  }

  test('a file with the code of the task is there from the beginning', async () => {
    const prompt = 'from typing import List\n\ndef first(xs: List[int]) -> int:\n    """The first."""\n'
    const test = 'def check(candidate):\n    assert candidate([7]) == 7  # CANARY_HIDDEN_TEST\n'
    const visibleTest = 'def check(candidate):\n    assert candidate([1]) == 1\n'
    const code = {
      kind: 'assert',
      language: 'python',
      entryPoint: 'first',
      prompt,
      test,
      visibleTest,
      timeout: 5,
    } as const
    const tasks = [{ id: 't0', prompt, scorers: [{ name: 'code-tests' }], code }]
    const { score, results, server } = await agent(
      'chat',
      [
        { calls: [call('read_file', { path: 'solution.py' }), call('run_tests')] },
        { calls: [write('solution.py', `${prompt}    return xs[0]\n`), call('run_tests')] },
        { calls: [call('finish')] },
      ],
      { tasks },
    )
    expect(results[0]?.content).toBe(prompt)
    expect(results[1]?.content).toContain('assert candidate([1]) == 1')
    expect(results[3]?.content).toBe('All visible tests pass.')
    expect(score).toMatchObject({ outcome: 'pass' })
    for (const canary of canaries) expect(sent(server)).not.toContain(canary)
  })

  test('what a model asks wrongly it is told, and goes on', async () => {
    const { results, score, line } = await agent('chat', [
      {
        calls: [
          { name: 'write_file', arguments: '{"path": "solution.py", "content": ' },
          { name: 'write_file', arguments: '["solution.py"]' },
          call('write_file', { path: 'solution.py' }),
          call('write_file', { path: 7, content: 'x' }),
          call('delete_everything'),
          call('toString'),
          call('read_file', { path: 'nothing.py' }),
          { name: 'list_files', arguments: '' },
        ],
      },
      { calls: [right, call('finish')] },
    ])
    expect(results.slice(0, 7).map(({ failed }) => failed)).toEqual(Array(7).fill(true))
    const said = results.map(({ content }) => content)
    expect(said[0]).toBe(
      'the arguments of write_file are no JSON object; write them again. They began: {"path": "solution.py", "content": ',
    )
    expect(said[2]).toContain('write_file needs the argument "content"')
    expect(said[4]).toContain('there is no tool "delete_everything"; there are: list_files, read_file')
    expect(said[7]).toBe('solution.py (not there yet, to be written)')
    expect(line.tool_calls_count).toBe(10)
    expect(line.tools_used).not.toContain('delete_everything')
    expect(score).toMatchObject({ outcome: 'pass' })
  })

  test('a model that calls no tool is reminded once; then its reply is taken', async () => {
    const text = 'Here it is:\n```python\ndef add(a, b):\n    return a + b\n```'
    const { line, score, server, steps } = await agent('messages', [{ text }])
    expect(server.count).toBe(2)
    expect(line).toMatchObject({ iterations: 2, ended_by: 'reply', tool_calls_count: 0, efficiency_score: 1 })
    expect(line).not.toHaveProperty('answer')
    expect(line).not.toHaveProperty('self_corrected')
    expect(score).toMatchObject({ outcome: 'pass' })
    expect(steps.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant'])
    const written = await agent('chat', [{ calls: [wrong] }, { text }])
    expect(written.line).toMatchObject({ iterations: 3, ended_by: 'reply' })
    expect(written.score).toMatchObject({ outcome: 'wrong_answer' })
  })

  test('each limit ends it in order: what is in the workspace is judged', async () => {
    const busy = [{ calls: [right, call('list_files')] }]
    const ends = async (options: Record<string, number>) => {
      const { line, score, server } = await agent('chat', busy, { options })
      expect(score).toMatchObject({ outcome: 'pass' })
      return [line.ended_by, server.count]
    }
    expect(await ends({})).toEqual(['max_iterations', 10])
    expect(await ends({ maxIterations: 3 })).toEqual(['max_iterations', 3])
    expect(await ends({ maxMessages: 6 })).toEqual(['max_messages', 2])
    expect(await ends({ maxTotalTokens: 220 })).toEqual(['max_total_tokens', 2])
    expect(await ends({ maxSeconds: 1e-6 })).toEqual(['max_seconds', 1])
    // 4,096 tokens at 10 dollars a million are the worst that a reply may be.
    expect(await ends({ maxCostUsd: 0.0411 })).toEqual(['max_cost_usd', 1])
  })

  test('a task of words is answered in a file', async () => {
    const tasks = echoTasks(1, { scorers: [{ name: 'contains' }], expected: 'say 0' })
    const { score, reply, line } = await agent(
      'chat',
      [{ calls: [write('answer.txt', 'I say 0.'), call('finish')] }],
      { tasks },
    )
    expect(reply).toBe('I say 0.')
    expect(line).toMatchObject({ tool_calls_count: 2, ended_by: 'finish' })
    expect(score).toMatchObject({ outcome: 'pass' })
  })

  test('a model that writes nothing and finishes has given no answer', async () => {
    const { score, line } = await agent('chat', [{ calls: [call('finish')] }])
    expect(line).not.toHaveProperty('answer')
    expect(score).toMatchObject({ outcome: 'no_answer' })
  })

  test('the number of iterations that a task is expected to take is the task’s to say', async () => {
    const tasks = [addTask('t0', { metadata: { expected_iterations: 4 } })]
    const turns = [...Array(5).fill({ calls: [call('list_files')] }), { calls: [right, call('finish')] }]
    const { line } = await agent('chat', turns, { tasks })
    expect(line).toMatchObject({ iterations: 6, efficiency_score: 0.5 })
  })

  test('an answer that looks like a reply is judged again as the file that it is', async () => {
    await using dir = await tempFolder()
    const code =
      'def add(a, b):\n    return a + b\n\nHELP = """\n```python\ndef add(a, b):\n    return 0\n```\n"""\n'
    await using server = await toolServer('chat', () => ({
      calls: [write('solution.py', code), call('finish')],
    }))
    const tasks = [addTask('t0')]
    const plan = await planFor('agent', tasks)
    const { scores } = await solveIn(plan, { dir: dir.path, tasks, model: await modelOf('chat', server) })
    await using log = await openRunLog(dir.path)
    await using blobs = await openBlobStore(dir.path)
    const again: (string | undefined)[] = []
    const deps = {
      tasks: async function* () {
        yield* tasks
      },
      scorer,
      log,
      blobs,
      sandbox: box,
    }
    for await (const event of rescore(plan, deps)) if (event.type === 'score') again.push(event.line.outcome)
    expect([scores[0]?.outcome, ...again]).toEqual(['pass', 'pass'])
  })
})
