import { describe, expect, test } from 'vitest'
import { agent, boxed, call, type Turn, type Wire, wires, write } from './solver-world.js'

/**
 * The agent over each wire that there is, against servers that refuse what the real ones refuse: many calls in one reply, in pieces; calls
 * of what is no tool, with arguments that are no JSON; results that are empty; replies without a word.
 */

const clumsy: readonly Turn[] = [
  {
    reasoning: 'Let me see.',
    text: '\n\n',
    calls: [
      call('list_files'),
      { name: 'write_file', arguments: '{"path": "solution.py", "content": "def add(' },
      { name: 'multi_tool_use.parallel', arguments: '{"tool_uses": []}' },
      { name: `run tests\u001b[31m ${'x'.repeat(90)}`, arguments: '[1, 2]' },
      call('run_tests'),
    ],
  },
  { text: '\n' },
  {
    calls: [
      write('solution.py', ''),
      call('read_file', { path: 'solution.py' }),
      write('solution.py', 'def add(a, b):\n    return a - b\n'),
      call('run_tests'),
    ],
  },
  {
    text: 'Now I see.',
    calls: [write('solution.py', 'def add(a, b):\n    return a + b\n'), call('run_tests')],
  },
  { calls: [call('finish')] },
]

/** Wires that bring arguments as an object: text that is no JSON cannot come over them. */
const asObjects: ReadonlySet<Wire> = new Set(['gemini', 'ollama'])

describe.skipIf(!boxed)('the agent', () => {
  test.each(Object.keys(wires) as Wire[])('works over %s', async (wire) => {
    const { line, score, server, results } = await agent(wire, clumsy, { options: { maxIterations: 8 } })
    expect(line.error).toBeUndefined()
    expect(line).toMatchObject({
      what: 'replied',
      iterations: 5,
      requests: 5,
      ended_by: 'finish',
      self_corrected: true,
      tool_calls_count: 12,
      usage: { input: 500, output: 50 },
    })
    expect(score).toMatchObject({ outcome: 'pass' })
    expect(server.requests.filter(({ method }) => method === 'POST')).toHaveLength(5)
    const [, written, parallel, strange] = results
    expect(written?.failed).toBe(true)
    expect(written?.content).toContain(
      asObjects.has(wire)
        ? 'write_file needs the argument "path"'
        : 'are no JSON object; write them again. They began: {"path": "solution.py"',
    )
    for (const one of [parallel, strange]) expect(one?.content).toContain('there is no tool "')
    expect(results.find(({ name }) => name === 'read_file')?.content).toBe('(the file is empty)')
  })
})
