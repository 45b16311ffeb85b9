import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Dataset, openDataset, type Task, taskHash, visibleCode } from '@bench/datasets'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-native-'))
})
afterAll(() => rm(folder, { recursive: true }))

let written = 0
async function openText(ending: string, content: string | Uint8Array): Promise<Dataset> {
  const path = join(folder, `file-${written++}${ending}`)
  await writeFile(path, content)
  return openDataset(path)
}
async function tasksOf(dataset: Dataset): Promise<Task[]> {
  const tasks: Task[] = []
  for await (const task of dataset.tasks()) tasks.push(task)
  return tasks
}
async function tasksFrom(more: object, ...cases: object[]): Promise<Task[]> {
  const file = {
    name: 'n',
    version: '1',
    ...more,
    test_cases: cases.map((one) => ({ id: 'a', prompt: 'p', ...one })),
  }
  return tasksOf(await openText('.json', JSON.stringify(file)))
}
const first = async (more: object, one: object) => (await tasksFrom(more, one))[0]

describe('a native case', () => {
  it('becomes a task with everything it says', async () => {
    const [task] = await tasksFrom(
      { name: 'Everything', description: 'd', metadata: { by: 'us' } },
      {
        id: '{{n}}-add',
        category: 'math',
        difficulty: 'hard',
        prompt: 'Add {{n}}.',
        system: 'Count {{n}}.',
        variables: { n: 3 },
        expected: 'is {{n}}',
        references: ['{{n}}', 'three'],
        scorer: ['exact', { name: 'regex', pattern: '^{{n}}' }],
        solution: 'keeps {{n}}',
        config: { model: 'm', temperature: 0, max_tokens: 5, top_p: 0.5, stop: 'END' },
        metadata: { deep: [{ k: null }] },
      },
    )
    expect(task).toEqual({
      id: '3-add',
      category: 'math',
      difficulty: 'hard',
      prompt: 'Add 3.',
      system: 'Count 3.',
      expected: 'is 3',
      references: ['3', 'three'],
      scorers: [{ name: 'exact' }, { name: 'regex', pattern: '^{{n}}' }],
      solution: 'keeps {{n}}',
      config: { model: 'm', temperature: 0, maxTokens: 5, topP: 0.5, stop: ['END'] },
      metadata: { deep: [{ k: null }] },
    })
  })

  it('becomes a task with nothing it does not say', async () => {
    expect(await first({}, {})).toEqual({ id: 'a', prompt: 'p', scorers: [{ name: 'answered' }] })
  })

  it('has its own settings over the defaults, one by one; zero is a setting', async () => {
    const defaults = { temperature: 0.7, max_tokens: 300, stop: ['a', 'b'] }
    expect((await first({ defaults }, {}))?.config).toEqual({
      temperature: 0.7,
      maxTokens: 300,
      stop: ['a', 'b'],
    })
    expect((await first({ defaults }, { config: { temperature: 0 } }))?.config).toEqual({
      temperature: 0,
      maxTokens: 300,
      stop: ['a', 'b'],
    })
  })

  it('has the system text of the dataset unless it has its own, with its own variables', async () => {
    const tasks = await tasksFrom(
      { system: 'You are {{who}}.' },
      { variables: { who: 'Ada' } },
      { id: 'b', system: 'Be brief.' },
    )
    expect(tasks.map(({ system }) => system)).toEqual(['You are Ada.', 'Be brief.'])
  })

  it.each([
    ['its own', { scorer: 'json' }, { scorer: 'exact', expected: 'x' }, [{ name: 'exact' }]],
    [
      "the dataset's",
      { scorer: { name: 'length', max: 9 } },
      { expected: 'x' },
      [{ name: 'length', max: 9 }],
    ],
    [
      'tests, where it has code, whatever the dataset says',
      { scorer: 'exact' },
      { expected: 'x', code: { test_cases: [{ input: '', expected_output: '' }] } },
      [{ name: 'code-tests' }],
    ],
    [
      'its own, where it has code and says so',
      {},
      { scorer: ['length', 'code-tests'], code: { test_cases: [{ input: '', expected_output: '' }] } },
      [{ name: 'length' }, { name: 'code-tests' }],
    ],
    ['containment, where an answer is known', {}, { expected: 'x' }, [{ name: 'contains' }]],
    ['containment, where answers are known', {}, { references: ['x'] }, [{ name: 'contains' }]],
    ['an answer of any kind, where none is known', {}, { solution: 'x' }, [{ name: 'answered' }]],
  ])('is judged by %s', async (_what, more, one, scorers) => {
    expect((await first(more, one))?.scorers).toEqual(scorers)
  })

  it.each([
    [{ solution: 's', expected: 'e', references: ['r'] }, 's'],
    [{ expected: 'e', references: ['r'] }, 'e'],
    [{ references: ['r', 'q'] }, 'r'],
    [{}, undefined],
  ])('has a solution: %j', async (one, solution) => {
    expect((await first({}, one))?.solution).toBe(solution)
  })

  it('with code has its tests, with their defaults', async () => {
    const code = {
      entry_point: 'f',
      test_cases: [
        { input: [[1], null], expected_output: { k: 0.5 } },
        { input: [], expected_output: null, timeout: 0.5, weight: 3 },
      ],
      tolerance: 0,
    }
    expect((await first({}, { code }))?.code).toEqual({
      kind: 'io',
      language: 'python',
      entryPoint: 'f',
      cases: [
        { input: [[1], null], expected: { k: 0.5 }, timeout: 5, weight: 1 },
        { input: [], expected: null, timeout: 0.5, weight: 3 },
      ],
      tolerance: 0,
    })
  })

  it.each([
    ['prompt', { prompt: 'Hi {{who}}.' }, 'prompt uses {{who}}, which variables does not give'],
    ['system', { system: '{{who}}' }, 'system uses {{who}}, which variables does not give'],
    ['expected', { expected: '{{who}}' }, 'expected uses {{who}}, which variables does not give'],
    [
      'references',
      { references: ['x', '{{who}}'] },
      'references uses {{who}}, which variables does not give',
    ],
    ['id', { id: '{{who}}' }, 'id uses {{who}}, which variables does not give'],
    [
      'two',
      { prompt: '{{a}} {{b}}', variables: { c: 1 } },
      'prompt uses {{a}}, which variables does not give; prompt uses {{b}}, which variables does not give',
    ],
  ])('that misses a variable in %s is a task that cannot be asked', async (_where, one, error) => {
    expect((await first({}, one))?.error).toBe(error)
  })

  it('that misses a variable leaves the others as they are', async () => {
    const tasks = await tasksFrom(
      {},
      { prompt: '{{x}}' },
      { id: 'b', prompt: '{{x}}', variables: { x: 1, unused: 2 } },
    )
    expect(tasks.map(({ error }) => error === undefined)).toEqual([false, true])
  })
})

describe('JSON, JSONL and YAML', () => {
  // 2^53 and beyond are refused in tests; -0 has no text of its own in JSON.
  const metadata = fc.dictionary(
    fc.string({ unit: 'grapheme' }),
    fc.jsonValue({ maxDepth: 4, noUnicodeString: false }),
  )
  const cases = fc
    .array(fc.record({ prompt: fc.string({ unit: 'grapheme', minLength: 1 }), metadata }), {
      minLength: 1,
      maxLength: 5,
    })
    .map((list) =>
      list.map((one, index) => ({
        id: `c${index}`,
        prompt: `> ${one.prompt}`.replaceAll('{{', '(('),
        metadata: one.metadata,
      })),
    )

  it('read the same tasks from the same cases', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (list) => {
        const plain = JSON.parse(JSON.stringify(list))
        const scorers = [{ name: 'answered' }]
        const expected = plain.map((one: object) => ({ ...one, scorers }))
        const file = JSON.stringify({ test_cases: plain, name: 'n', version: '1' })
        const lines = plain.map((one: object) => `${JSON.stringify(one)}\r\n`).join('\n')
        expect(await tasksOf(await openText('.json', file))).toEqual(expected)
        expect(await tasksOf(await openText('.jsonl', lines))).toEqual(expected)
        expect(await tasksOf(await openText('.yaml', file))).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })

  it('read characters that lie across the pieces of a file', async () => {
    const cases = Array.from({ length: 400 }, (_, index) => ({
      id: `é${index}`,
      prompt: `${'𝄞é漢'.repeat(200)}${'x'.repeat(index % 7)}`,
    }))
    const file = { name: 'n', version: '1', test_cases: cases }
    const ids = cases.map(({ id, prompt }) => `${id} ${prompt}`)
    for (const [ending, content] of [
      ['.json', JSON.stringify(file)],
      ['.jsonl', cases.map((one) => JSON.stringify(one)).join('\n')],
      ['.yml', JSON.stringify(file)],
    ] as const) {
      const tasks = await tasksOf(await openText(ending, content))
      expect(tasks.map(({ id, prompt }) => `${id} ${prompt}`)).toEqual(ids)
    }
  })

  it('take a byte order mark', async () => {
    const file = JSON.stringify({ name: 'n', version: '1', test_cases: [{ id: 'a', prompt: 'p' }] })
    for (const ending of ['.json', '.yaml']) expect((await openText(ending, `\ufeff${file}`)).name).toBe('n')
  })

  it('marks what a model may see of its checks; what is marked is part of it, and nothing is where nothing is', async () => {
    const cases = [
      { input: [1], expected_output: 2, visible: true },
      { input: [2], expected_output: 4, visible: false },
      { input: [3], expected_output: 6 },
    ]
    const io = await first({}, { code: { entry_point: 'f', test_cases: cases } })
    const [shown, ...hidden] = io?.code?.kind === 'io' ? io.code.cases : []
    expect(shown).toEqual({ input: [1], expected: 2, timeout: 5, weight: 1, visible: true })
    for (const one of hidden) expect(one).not.toHaveProperty('visible')
    expect(visibleCode(io?.code)).toMatchObject({ kind: 'io', entryPoint: 'f', cases: [shown] })
    const unmarked = cases.map(({ visible: _, ...rest }) => rest)
    const plain = await first({}, { code: { entry_point: 'f', test_cases: unmarked } })
    expect(visibleCode(plain?.code)).toBe(undefined)
    expect(taskHash(plain!)).not.toBe(taskHash(io!))
    // Written down: a hash that changes makes every log ask and pay again.
    expect(taskHash(plain!)).toBe('686af87630f5f81292595f3d86ae4bfd9c30000d344cbd62c46a95a46cd5c467')

    const test = {
      entry_point: 'f',
      test: 'def check(f): assert f(1) == 2',
      visible_test: 'def check(f): f(1)',
    }
    const assert = await first({}, { code: test })
    expect(visibleCode(assert?.code)).toMatchObject({ test: 'def check(f): f(1)' })
    expect(visibleCode(assert?.code)).not.toHaveProperty('visibleTest')
    await expect(
      tasksFrom({}, { code: { entry_point: 'f', test_cases: cases, visible_test: 'x' } }),
    ).rejects.toThrow('visible_test')

    const tests = { 'test_a.py': 'a', 'test_b.py': 'b' }
    const project = { answer: ['a.py'], tests, passes: 3, visible: { tests: ['test_b.py'], passes: 1 } }
    const files = await first({}, { project })
    expect(visibleCode(files?.code)).toMatchObject({ tests: { 'test_b.py': 'b' }, passes: 1 })
    expect(visibleCode(files?.code)).not.toHaveProperty('visible')
    const astray = { ...project, visible: { tests: ['test_c.py'], passes: 1 } }
    await expect(tasksFrom({}, { project: astray })).rejects.toThrow(
      '"test_c.py" is none of "tests": test_a.py, test_b.py',
    )
    expect(visibleCode(undefined)).toBe(undefined)
  })

  it('with a project is judged by the project’s tests', async () => {
    const project = { answer: ['a.ts'], tests: { 'a.test.ts': '' }, runner: 'node:test', passes: 2 }
    const [task] = await tasksFrom({ scorer: 'exact' }, { project })
    expect(task).toMatchObject({
      scorers: [{ name: 'project-tests' }],
      code: { kind: 'project', language: 'typescript', runner: 'node:test', passes: 2, timeout: 5 },
    })
    const code = { entry_point: 'f', test_cases: [{ input: [], expected_output: 1 }] }
    await expect(tasksFrom({}, { project, code })).rejects.toThrow('cannot stand beside "code"')
    await expect(tasksFrom({}, { project: { ...project, tests: {} } })).rejects.toThrow(
      'at least one test file',
    )
    await expect(tasksFrom({}, { project: { ...project, pass: 1 } })).rejects.toThrow('passes')
  })

  it('with code is in the language it names, judged by cases or by assertions of its own', async () => {
    const codeOf = async (code: object) => (await tasksFrom({}, { code }))[0]?.code
    const test_cases = [{ input: [1], expected_output: 1 }]
    expect(await codeOf({ entry_point: '$f', language: 'javascript', test_cases })).toMatchObject({
      kind: 'io',
      language: 'javascript',
      entryPoint: '$f',
    })
    expect(await codeOf({ entry_point: 'f', test: 'def check(candidate): ...' })).toEqual({
      kind: 'assert',
      language: 'python',
      entryPoint: 'f',
      prompt: '',
      test: 'def check(candidate): ...',
      style: 'check',
      timeout: 5,
    })
    const typed = { language: 'typescript', entry_point: 'f', test: 'f()', type_check: true, timeout: 9 }
    expect(await codeOf(typed)).toMatchObject({ style: 'script', typeCheck: true, timeout: 9 })
    const shell = { language: 'shell', test_cases: [{ input: 'b', expected_output: 'a' }] }
    expect(await codeOf(shell)).toMatchObject({ kind: 'io', language: 'shell' })
  })

  it('leave no trace of __proto__', async () => {
    const list =
      '[{"id": "a", "prompt": "{{x}}", "variables": {"x": 1}, "metadata": {"__proto__": {"polluted": 1}}}]'
    const file = `{"name": "n", "version": "1", "test_cases": ${list}}`
    for (const ending of ['.json', '.yaml']) {
      const [task] = await tasksOf(await openText(ending, file))
      expect(Object.keys(task?.metadata ?? {})).toEqual(['__proto__'])
      expect(task?.metadata?.polluted).toBeUndefined()
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    }
  })

  it('YAML is 1.2: no and on are words, 0o7 is a number, dates are text, anchors work', async () => {
    const dataset = await openText(
      '.yaml',
      [
        'name: n',
        'version: "1"',
        'test_cases:',
        '  - id: no',
        '    prompt: on',
        '    metadata: &m {when: 2024-01-02, octal: 0o7, sexagesimal: 1:30, yes: yes}',
        '  - {id: b, prompt: p, metadata: *m}',
      ].join('\n'),
    )
    const metadata = { when: '2024-01-02', octal: 7, sexagesimal: '1:30', yes: 'yes' }
    expect(await tasksOf(dataset)).toMatchObject([
      { id: 'no', prompt: 'on', metadata },
      { id: 'b', metadata },
    ])
  })

  it('JSON takes its cases before the rest of the file', async () => {
    const text =
      '{"test_cases": [{"id": "a", "prompt": "p"}], "defaults": {"temperature": 0}, "version": "1", "name": "n"}'
    expect((await tasksOf(await openText('.json', text)))[0]?.config).toEqual({ temperature: 0 })
  })

  it('JSONL names a dataset after its file', async () => {
    const dataset = await openText('.jsonl', '{"id": "a", "prompt": "p"}\n')
    expect(dataset).toMatchObject({ name: `file-${written - 1}`, version: '0', size: 1 })
  })
})
