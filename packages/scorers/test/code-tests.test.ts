import { readdirSync, readFileSync } from 'node:fs'
import type { AssertCode, IoCase, IoCode, Json } from '@bench/datasets'
import { driver, type ForkServerSpec, type Job, type SandboxDriver, SandboxError } from '@bench/sandbox'
import { afterAll, describe, expect, test } from 'vitest'
import { type Judge, openJudge, type Score, ScorerError, scorer } from '../src/index.js'
import { anyDriver } from './boxes.js'
import { attempt, makeTask, sharedData } from './setup.js'

const judge = await scorer({ name: 'code-tests' })
const sandbox = await anyDriver()

/** Boxes that do not fork: one process a case, as WebAssembly has it. */
const { forkServer: _, ...unforked } = sandbox

/** One judge for each driver, for all tests here. */
const judges = new Map<SandboxDriver, Judge>()
afterAll(async () => {
  for (const one of judges.values()) await one[Symbol.asyncDispose]()
})

function judgeOver(where: SandboxDriver): Judge {
  const known = judges.get(where) ?? openJudge(where, { size: 2, eager: true })
  judges.set(where, known)
  return known
}

const io = (cases: Partial<IoCase>[], more: Partial<IoCode> = {}) =>
  makeTask({
    code: {
      kind: 'io',
      language: 'python',
      cases: cases.map((one) => ({ input: [], expected: null, timeout: 10, weight: 1, ...one })),
      ...more,
    },
  })

const asserting = (test: string, more: Partial<AssertCode> = {}) =>
  makeTask({
    code: { kind: 'assert', language: 'python', entryPoint: 'f', prompt: '', timeout: 10, test, ...more },
  })

const run = (task: ReturnType<typeof io>, code: string, where = sandbox): Promise<Score> =>
  judge.score(attempt(task, code, { form: 'program' }), { sandbox: where, judge: judgeOver(where) })

const check = (...lines: string[]) =>
  `def check(candidate):\n${lines.map((line) => `    ${line}\n`).join('')}`

describe.concurrent.each([
  ['in a child a case', sandbox],
  ['in a process a case', unforked],
])('functions, %s', (_, where) => {
  const add = (...expected: number[]) =>
    io(
      expected.map((e, i) => ({ input: [i, 1], expected: e })),
      { entryPoint: 'add' },
    )

  test('all cases right', async () => {
    const score = await run(add(1, 2, 3), 'def add(a, b):\n    return a + b\n', where)
    expect(score).toMatchObject({ outcome: 'pass', value: 1, detail: { passed: 3, total: 3 } })
    expect((score.detail!.case_ms as number[]).every((ms) => ms >= 0)).toBe(true)
  })

  test('weights, and the first failing case', async () => {
    const task = io(
      [
        { input: [1], expected: 1, weight: 1 },
        { input: [2], expected: 4, weight: 3 },
        { input: [3], expected: 9, weight: 4 },
      ],
      { entryPoint: 'f' },
    )
    expect(await run(task, 'def f(n):\n    return n * n if n < 3 else -n\n', where)).toMatchObject({
      outcome: 'wrong_answer',
      value: 0.5,
      detail: { passed: 2, total: 3, failed: { case: 3, input: '[3]', expected: '9', got: '-3' } },
    })
  })

  test.each([
    ['syntax', 'def f(:\n', 'SyntaxError'],
    ['syntax', 'x = "\u0000"', 'null byte'],
    [
      'runtime',
      'def f():\n    return 1 / 0\n',
      'ZeroDivisionError: division by zero (line 2, in f: return 1 / 0)',
    ],
    ['runtime', 'def f():\n    return f()\n', 'RecursionError'],
    ['runtime', 'import no_such_module', 'ModuleNotFoundError'],
    ['runtime', 'def g():\n    pass\n', 'f is not defined'],
    ['runtime', 'import sys\nsys.exit(0)', 'SystemExit'],
    ['runtime', 'def f():\n    eval("(")\n', 'SyntaxError'],
    ['runtime', 'class E(Exception):\n    def __str__(s): raise s\ndef f(): raise E()', 'E'],
    ['memory', 'def f():\n    raise MemoryError\n', 'MemoryError'],
    ['memory', 'class M(MemoryError): pass\nraise M', 'MemoryError'],
    ['crash', 'import os\nos._exit(0)', 'without a result'],
    ['crash', 'import os\ndef f():\n    os.kill(os.getpid(), 9)\n', 'without a result'],
    ['wrong_answer', 'def f():\n    return f\n', 'no plain data: function'],
    ['wrong_answer', 'def f():\n    yield None\n', 'no plain data: generator'],
    ['wrong_answer', 'print(None)\ndef f():\n    print(None)\n    return 0', ''],
    ['output_limit', 'def f():\n    return "x" * (9 << 20)\n', ''],
    ['output_limit', 'def f():\n    a = []\n    a.append(a)\n    return a\n', ''],
    ['output_limit', 'def f():\n    return [0] * 100001\n', ''],
  ])('%s: %j', async (outcome, code, error) => {
    const score = await run(io([{}], { entryPoint: 'f' }), code, where)
    expect(score).toMatchObject({ outcome, value: 0 })
    expect(JSON.stringify(score.detail)).toContain(error)
  })

  test('the time limit, a sleeping candidate too', async () => {
    for (const body of ['while True: pass', 'import time; time.sleep(60)'])
      expect(
        await run(io([{ timeout: 0.5 }], { entryPoint: 'f' }), `def f():\n    ${body}\n`, where),
      ).toMatchObject({
        outcome: 'time_limit',
        value: 0,
      })
  })

  test('state leaks neither from case to case nor from call to call', async () => {
    const task = io([{ expected: [1] }, { expected: [1] }], { entryPoint: 'f' })
    expect(await run(task, 'seen = []\ndef f():\n    return [1]\n', where)).toMatchObject({ outcome: 'pass' })
    const leaking = await run(task, 'def f(seen=[]):\n    seen.append(1)\n    return seen\n', where)
    expect(leaking).toMatchObject({ outcome: 'wrong_answer', value: 0 })
    expect(leaking.detail).toMatchObject({
      failed: { got: '[1, 1]', error: expect.stringContaining('second call') },
    })
    const breaking = await run(task, 'seen = [1]\ndef f():\n    return [seen.pop()]\n', where)
    expect(breaking).toMatchObject({
      outcome: 'runtime',
      detail: { failed: { error: expect.stringContaining('IndexError') } },
    })
  })

  test('values of every kind go in and come out', async () => {
    const values = [
      [null, true, -1, 1.5, 'é🦆\n', [], {}],
      [{ $int: '123456789012345678901234567890' }, { $float: '2.0' }, { $tuple: [1, { $tuple: [] }] }],
      [
        { $set: [1, 2] },
        { $dict: [[{ $tuple: [1, 2] }, 3]] },
        { $bytes: '00ff' },
        { $complex: ['1.0', '-2.0'] },
      ],
      [
        { a: { b: [1] } },
        { $Fraction: [1, 3] },
        { $Decimal: '1.10' },
        { $deque: [[1], null] },
        { $range: [0, 9, 2] },
      ],
    ]
    const task = io(
      values.map((expected) => ({ input: [expected], expected })),
      { entryPoint: 'f' },
    )
    expect(await run(task, 'def f(x):\n    return x\n', where)).toMatchObject({ outcome: 'pass' })
  })

  test('set order is the same in every run', async () => {
    const source = 'def f():\n    return list({"a", "b", "c", "d", "e"})\n'
    const show = async () =>
      JSON.stringify((await run(io([{}], { entryPoint: 'f' }), source, where)).detail!.failed)
    expect(await show()).toBe(await show())
  })

  test('floats within the tolerance', async () => {
    const task = io([{ expected: 0.3 }], { entryPoint: 'f', tolerance: 1e-9 })
    expect(await run(task, 'def f():\n    return 0.1 + 0.2\n', where)).toMatchObject({ outcome: 'pass' })
    const exactly = io([{ expected: 0.3 }], { entryPoint: 'f' })
    expect(await run(exactly, 'def f():\n    return 0.1 + 0.2\n', where)).toMatchObject({
      outcome: 'wrong_answer',
    })
  })
})

describe.concurrent.each([
  ['in a child a case', sandbox],
  ['in a process a case', unforked],
])('programs, %s', (_, where) => {
  const sum = io([
    { input: '1 2\n', expected: '3\n' },
    { input: '10\n20\n', expected: '30' },
  ])

  test.each([
    'import sys\nprint(sum(map(int, sys.stdin.read().split())))',
    'import os\nos.write(1, str(sum(map(int, open(0).read().split()))).encode() + b"\\n\\n")',
    'import sys\nsys.stdout.write(str(sum(int(x) for line in sys.stdin for x in line.split())) + "  \\n")\nsys.exit(0)',
    'import sys, atexit\nn = sum(map(int, sys.stdin.buffer.read().split()))\natexit.register(lambda: print(n))',
    'import sys\nif __name__ == "__main__":\n    print(sum(map(int, sys.stdin.read().split())), file=sys.stdout)',
    'import sys, threading\nthreading.Thread(target=lambda: print(sum(map(int, sys.stdin.read().split())))).start()',
    'import sys\nprint("noise", file=sys.stderr)\nprint(sum(map(int, sys.stdin.read().split())))',
  ])('passes: %j', async (code) => {
    expect(await run(sum, code, where)).toMatchObject({ outcome: 'pass', value: 1 })
  })

  test.each([
    ['wrong_answer', 'print(3)'],
    ['wrong_answer', ''],
    ['runtime', 'print(3)\nraise SystemExit(1)'],
    ['runtime', 'a, b = input().split()\nprint(int(a) + int(b))\nundefined'],
    ['crash', 'import os\nprint(3, flush=True)\nos._exit(0)'],
    ['syntax', 'print(3'],
  ])('%s: %j', async (outcome, code) => {
    const score = await run(sum, `${code}\n#`, where)
    expect(score.outcome).toBe(outcome)
    expect(score.value).toBeLessThan(1)
  })

  test('what is not text is an answer all the same, and no frame', async () => {
    const frames =
      'import os, struct\nb = b\'{"ended":true}\'\nos.write(1, (struct.pack(">I", len(b)) + b) * 3 + b"\\xff\\x00000000ff")'
    expect((await run(sum, frames, where)).outcome).toBe('wrong_answer')
  })
})

test('output without end is an output limit', async () => {
  const flood = 'while True: print("x" * 1000)'
  expect(await run(io([{ input: '', expected: '' }]), flood)).toMatchObject({
    outcome: 'output_limit',
    value: 0,
  })
})

describe.concurrent('assertions', () => {
  test('pass, or tell which failed on what', async () => {
    const task = asserting(check('assert candidate(2) == 4', 'assert candidate(3) == 9'))
    expect(await run(task, 'def f(n):\n    return n * n\n')).toMatchObject({ outcome: 'pass', value: 1 })
    expect(await run(task, 'def f(n):\n    return n + 2\n')).toMatchObject({
      outcome: 'wrong_answer',
      value: 0,
      detail: {
        at: 'assert candidate(3) == 9',
        input: '[3]',
        got: '5',
        error: 'AssertionError: assert candidate(3) == 9',
      },
    })
  })

  test.each<[string, string, string[]]>([
    [
      'mutated arguments',
      'def f(a, d):\n    a.sort()\n    a[0].append(9)\n    d["x"] = 1\n    del d["y"]',
      [
        'a, d = [[2], [1]], {"y": 0}',
        'inner = a[1]',
        'assert candidate(a, d) is None',
        'assert a == [[1, 9], [2]] and d == {"x": 1}',
      ],
    ],
    [
      'keyword arguments',
      'def f(a, *, b=1):\n    return a - b',
      ['assert candidate(5, b=3) == 2', 'assert candidate(a=5) == 4'],
    ],
    [
      'types',
      'def f(x):\n    return x',
      [
        'for x in [(1,), [1], {1}, frozenset([1]), {(1, 2): 3}, 1.0, True, b"x", 2**80, 1j, None, range(3)]:',
        '    assert type(candidate(x)) is type(x) and candidate(x) == x',
      ],
    ],
    [
      'NaN and minus zero',
      'def f(x):\n    return x',
      ['import math', 'assert math.isnan(candidate(float("nan")))', 'assert str(candidate(-0.0)) == "-0.0"'],
    ],
    [
      'a Counter',
      'from collections import Counter\ndef f(s):\n    return Counter(s)',
      ['assert candidate("aab").most_common(1) == [("a", 2)]'],
    ],
    [
      'a named tuple',
      'from collections import namedtuple\nP = namedtuple("P", "x y")\ndef f():\n    return P(1, 2)',
      ['assert candidate().y == 2 and candidate() == (1, 2)'],
    ],
    [
      'a generator',
      'def f(n):\n    while True:\n        yield n\n        n += 1',
      ['from itertools import islice', 'assert list(islice(candidate(5), 2500))[-1] == 2504'],
    ],
    [
      'map and zip',
      'def f(n):\n    return [map(str, range(n)), zip([1], [2])]',
      ['a, b = candidate(3)', 'assert list(a) == ["0", "1", "2"] and next(b) == (1, 2)'],
    ],
    [
      'dict views',
      'def f(d):\n    return d.keys()',
      ['assert candidate({"a": 1}) == {"a"}', 'assert list(candidate({"b": 1})) == ["b"]'],
    ],
    [
      'built-in exceptions',
      'class E(ValueError): pass\ndef f(x):\n    raise E("no " + x)',
      [
        'try:',
        '    candidate("x")',
        'except ValueError as e:',
        '    assert str(e) == "no x"',
        'else:',
        '    assert False',
      ],
    ],
    [
      'an exception in a generator',
      'def f():\n    yield 1\n    raise KeyError("k")',
      ['g = candidate()', 'try:', '    list(g)', 'except KeyError:', '    return', 'assert False'],
    ],
    [
      'state between calls',
      'seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)',
      ['assert candidate(0) == 1', 'assert candidate(0) == 2'],
    ],
    [
      'random tests, the same each time',
      'def f(x):\n    return x',
      ['import random', 'assert candidate(random.random()) == 0.8444218515250481'],
    ],
    [
      'the name itself',
      'def f(x):\n    return x',
      ['assert f(1) == candidate(1) == 1', 'assert candidate.__name__ == "f" and callable(candidate)'],
    ],
    ['printing', 'def f(x):\n    print("pass" * x)\n    return x', ['assert candidate(3) == 3']],
  ])('carry over: %s', async (_, code, lines) => {
    const score = await run(asserting(check(...lines)), code)
    expect(score).toMatchObject({ outcome: 'pass', value: 1 })
  })

  test.each<[string, string]>([
    ['syntax', 'def f(:'],
    ['runtime', 'def g(): pass'],
    ['runtime', 'raise ValueError("at load")'],
    ['runtime', 'def f(x):\n    return [][x]'],
    ['runtime', 'def f(x):\n    raise SystemExit(0)'],
    ['runtime', 'def f(x):\n    raise KeyboardInterrupt'],
    ['memory', 'def f(x):\n    raise MemoryError'],
    ['crash', 'import os\nos._exit(0)'],
    ['crash', 'import os\ndef f(x):\n    os._exit(0)'],
    [
      'crash',
      'import os\nfor fd in range(3, 20):\n    try: os.close(fd)\n    except OSError: pass\ndef f(x): return 1',
    ],
    [
      'forged',
      'import os\ndef f(x):\n    for fd in range(3, 9):\n        try: os.write(fd, b"\\0\\0\\0\\2{}")\n        except OSError: pass\n    return 1',
    ],
    [
      'forged',
      'import os\ndef f(x):\n    for fd in range(3, 9):\n        try: os.write(fd, b"\\0\\0\\0\\x14{\\"verdict\\":\\"passed\\"}")\n        except OSError: pass\n    return 1',
    ],
    ['output_limit', 'def f(x):\n    return "x" * (9 << 20)'],
    [
      'forged',
      'import os\ndef f(x):\n    for fd in range(3, 9):\n        try: os.write(fd, b"\\xff" * 100)\n        except OSError: pass',
    ],
    ['wrong_answer', 'class E:\n    def __eq__(s, o): return True\ndef f(x):\n    return E()'],
    ['wrong_answer', 'def f(x):\n    return None'],
  ])('%s: %j', async (outcome, code) => {
    const score = await run(
      asserting(check('try:', '    assert candidate(0) + 0 == 1', 'except (OSError, TypeError): assert 0')),
      code,
    )
    expect(score).toMatchObject({ outcome, value: 0 })
  })

  test('the time limit, while loading and while called', async () => {
    const task = asserting(check('assert candidate() == 1'), { timeout: 0.5 })
    for (const code of ['while True: pass', 'import time\ndef f():\n    time.sleep(60)'])
      expect(await run(task, code)).toMatchObject({ outcome: 'time_limit', value: 0 })
  })

  test('an endless iterator ends with the time', async () => {
    const task = asserting(check('assert list(candidate()) == 1'), { timeout: 0.5 })
    const score = await run(task, 'def f():\n    while True: yield "x" * 1000')
    expect(score).toMatchObject({ value: 0 })
    expect(['time_limit', 'wrong_answer', 'crash']).toContain(score.outcome)
  })

  test('a test that passes a function cannot be carried over, and says so', async () => {
    const score = await run(asserting(check('candidate(len)')), 'def f(x): return 1')
    expect(score).toMatchObject({ outcome: 'wrong_answer', value: 0 })
    expect(score.detail!.error).toContain('builtin_function_or_method')
  })

  test('a test cannot be kept from failing by catching everything', async () => {
    const task = asserting(check('try:', '    candidate(0)', 'except Exception: pass'))
    expect(await run(task, 'import os\ndef f(x): os._exit(0)')).toMatchObject({ outcome: 'crash', value: 0 })
    expect(await run(task, 'def f(x): raise SystemExit')).toMatchObject({ outcome: 'runtime', value: 0 })
  })

  test('a prompt that ends with its signature is still a prompt', async () => {
    const task = asserting(check('assert candidate(2) == helper(1)'), {
      prompt: 'def helper(x):\n    return x + 1\n\ndef f(x):\n',
    })
    const score = await judge.score(attempt(task, '    return helper(x) - 1\n', { form: 'continuation' }), {
      sandbox,
    })
    expect(score).toMatchObject({ outcome: 'pass' })
  })
})

describe.concurrent('forgeries', () => {
  const folder = new URL('../../../../shared/data/hostile/', import.meta.url)
  const files =
    sharedData('hostile/index.json') === undefined
      ? []
      : readdirSync(folder).filter((name) => /^f\d+_/.test(name))
  const cases = [
    [1, 2, 3],
    [5, 6, 11],
    [-4, 4, 0],
    [100, 23, 123],
  ]
  const byValue = (timeout: number) =>
    io(
      cases
        .slice(0, timeout < 1 ? 1 : 4)
        .map(([a, b, sum]) => ({ input: [a!, b!], expected: sum!, timeout })),
      { entryPoint: 'add' },
    )
  const byAssertion = (timeout: number) =>
    asserting(check(...cases.map(([a, b, sum]) => `assert candidate(${a}, ${b}) == ${sum}`)), {
      entryPoint: 'add',
      timeout,
    })

  test.skipIf(files.length > 0)('the hostile programs are not here to be judged', (context) => context.skip())

  test.each(files)('%s', async (file) => {
    const code = readFileSync(new URL(file, folder), 'utf8')
    const honest = file === 'f26_honest.py'
    const timeout = file === 'f23_kill_timer.py' ? 0.3 : 20
    for (const [task, where] of [
      [byValue(timeout), sandbox],
      [byValue(timeout), unforked],
      [byAssertion(timeout), sandbox],
    ] as const) {
      const score = await run(task, code, where)
      expect(score.outcome === 'pass').toBe(honest)
      expect(score.outcome).not.toBe('infra')
      if (honest) expect(score.value).toBe(1)
      else expect(score.value).toBeLessThan(1)
    }
  })
})

test('what is expected never enters the box of the candidate', async () => {
  const canary = 'canary-7f3a'
  const seen: string[] = []
  const spying: SandboxDriver = {
    ...sandbox,
    async forkServer(spec) {
      const server = await sandbox.forkServer!(spec)
      const { run } = server
      return Object.assign(server, {
        run: (job: Job, signal?: AbortSignal) => {
          seen.push(...job.processes.map(({ payload }) => String(payload)))
          return run.call(server, job, signal)
        },
      })
    },
  }
  const task = io([{ input: ['given-51c'], expected: canary }], { entryPoint: 'f' })
  expect(await run(task, `def f(x): return "canary" + "-7f3a"`, spying)).toMatchObject({ outcome: 'pass' })
  expect(seen.join('\n')).toContain('given-51c')
  expect(seen.join('\n')).not.toContain(canary)
})

describe('what is ours', () => {
  const add = io([{ input: [1, 2], expected: 3 }], { entryPoint: 'add' })
  const code = 'def add(a, b): return a + b'

  test('no sandbox, or one that cannot judge the task, is an error that says what to do', async () => {
    await expect(judge.score(attempt(add, code), {})).rejects.toThrow(ScorerError)
    const half = { ...unforked, name: 'half' }
    const asserted = judge.score(attempt(asserting(check('pass')), code), { sandbox: half })
    await expect(asserted).rejects.toThrow(/half cannot judge python with tests of kind assert/)
    await expect(judge.score(attempt(makeTask({}), 'x'), { sandbox })).rejects.toThrow(/has no "code"/)
  })

  test.each<[string, unknown, unknown]>([
    ['an input that is no list', 5, 1],
    ['an unknown tag', [1], { $tupel: [] }],
    ['a tag with the wrong content', [{ $int: 'x' }], 1],
  ])('%s is a fault of the dataset', async (_, input, expected) => {
    const task = io([{ input: input as Json, expected: expected as Json }], { entryPoint: 'add' })
    await expect(run(task, code)).rejects.toThrow(/^scorer code-tests: task t: case 1 cannot be used: /)
  })

  test('an input may be larger than an answer', async () => {
    const task = io([{ input: [new Array(200_000).fill(1)], expected: 200_000 }], { entryPoint: 'f' })
    expect(await run(task, 'def f(x): return sum(x)')).toMatchObject({ outcome: 'pass' })
  })

  test('a box without Python is an error, and no fault of the candidate', async () => {
    const bare: SandboxDriver = {
      ...sandbox,
      forkServer: async (spec) => Object.assign(await sandbox.forkServer!(spec), { runtimes: {} }),
    }
    await expect(run(add, code, bare)).rejects.toThrow(/no python/)
    await expect(run(asserting(check('pass')), code, bare)).rejects.toThrow(/no python/)
  })

  test('a box that fails before the code began is an error, and no fault of the candidate', async () => {
    const server = async (spec: ForkServerSpec) =>
      Object.assign(await sandbox.forkServer!(spec), {
        run: () => Promise.reject(new SandboxError('failed', 'before the code began')),
      })
    const broken: SandboxDriver = { ...sandbox, forkServer: server }
    await expect(run(add, code, broken)).rejects.toThrow(/before the code began/)
    await expect(run(asserting(check('pass')), code, broken)).rejects.toThrow(/before the code began/)
  })

  test('an abort ends it with the reason', async () => {
    for (const task of [
      io([{ timeout: 60 }], { entryPoint: 'f' }),
      asserting(check('candidate()'), { timeout: 60 }),
    ]) {
      const aborted = new AbortController()
      const scored = judge.score(attempt(task, 'def f():\n    while True: pass', { form: 'program' }), {
        sandbox,
        signal: aborted.signal,
      })
      setTimeout(() => aborted.abort(new Error('stop')), 100)
      await expect(scored).rejects.toThrow('stop')
    }
  })

  test('the reply is not run where there is nothing to run', async () => {
    const never: SandboxDriver = { ...sandbox, forkServer: () => Promise.reject(new Error('opened')) }
    expect(await judge.score(attempt(add, '  '), { sandbox: never })).toEqual({
      outcome: 'no_answer',
      value: 0,
    })
    expect(await judge.score(attempt(add, code, { finish: 'refusal' }), { sandbox: never })).toEqual({
      outcome: 'refused',
      value: 0,
    })
    await expect(judge.score(attempt(add, code), { sandbox: never })).rejects.toThrow('opened')
  })

  test('a reply cut off by its token limit is truncated, unless it passes', async () => {
    const cut = await judge.score(
      attempt(add, '```python\ndef add(a, b):\n    return a +', { finish: 'length' }),
      { sandbox },
    )
    expect(cut).toMatchObject({
      outcome: 'truncated',
      value: 0,
      detail: { verdict: 'syntax', rule: 'open-fence' },
    })
    expect((await judge.score(attempt(add, code, { finish: 'length' }), { sandbox })).outcome).toBe('pass')
  })

  test('a verdict tells that other rules of extraction would have read something else', async () => {
    const fences = (...codes: string[]) => codes.map((one) => `\`\`\`python\n${one}\n\`\`\``).join('\n')
    const score = async (reply: string) => (await judge.score(attempt(add, reply), { sandbox })).detail
    expect(await score(fences(code, code.replace('+', '-')))).toMatchObject({ extraction: 'disagreed' })
    expect(await score(fences(code))).not.toHaveProperty('extraction')
  })

  test('the process driver judges too, whatever else is there', async () => {
    expect(await run(add, code, await driver('process'))).toMatchObject({ outcome: 'pass' })
  })
})
