import type { AssertCode, ExpressionCode, IoCode, Json, ReferenceCode } from '@bench/datasets'
import type { ForkServer, SandboxDriver } from '@bench/sandbox'
import { afterAll, describe, expect, test } from 'vitest'
import { openJudge } from '../src/index.js'
import { anyDriver, withoutStages } from './boxes.js'

const sandbox = await anyDriver()
const judge = openJudge(sandbox, { size: 2, eager: true })
const joined = openJudge(withoutStages(sandbox), { size: 2 })
afterAll(() => Promise.all([judge, joined].map((one) => one[Symbol.asyncDispose]())))

/** Where a test can be played on a stage, and where it is joined to the candidate's process. */
const ways = { played: judge, joined }
const each = describe.each(Object.entries(ways))

const asserting = (test: string, more: Partial<AssertCode> = {}): AssertCode => ({
  ...{ kind: 'assert', language: 'python', entryPoint: 'f', prompt: '', timeout: 10, style: 'script' },
  ...more,
  test,
})

each('what tests and answers share, %s', (_, judge) => {
  test.each<[string, string, string]>([
    [
      'one list as two arguments',
      'def f(a, b):\n    a.append(1)\n    return b',
      'x = [3]\nassert f(x, x) is x and x == [3, 1]',
    ],
    [
      'one list twice in another',
      'def f(a):\n    a[0].append(1)',
      'x = [[]] * 2\nf(x)\nassert x == [[1], [1]]',
    ],
    [
      'a list in itself',
      'def f(a):\n    a.append(a)\n    return a',
      'x = [3]\ny = f(x)\nassert y is x and x[1] is x',
    ],
    [
      'inner lists that change places',
      'def f(a):\n    a.reverse()\n    a[0].append(9)',
      'p, q = [1], [2]\nx = [p, q]\nf(x)\nassert x[0] is q and q == [2, 9] and x[1] is p',
    ],
    [
      'an inner list that was taken out',
      'def f(a):\n    a.pop().append(9)',
      'p = [1]\nf([p])\nassert p == [1, 9]',
    ],
    ['a list as keyword argument', 'def f(*, a):\n    a.clear()', 'x = [1]\nf(a=x)\nassert x == []'],
    [
      'what was changed before an exception',
      'def f(a):\n    a.append(1)\n    raise KeyError("k")',
      'x = []\ntry: f(x)\nexcept KeyError: pass\nassert x == [1]',
    ],
    [
      'a new list within an old one',
      'def f(a):\n    a["n"] = n = [1]\n    return n',
      'x = {}\nn = f(x)\nn.append(2)\nassert x == {"n": [1, 2]}',
    ],
    [
      'rows that are one',
      'def f():\n    return [[0]] * 2',
      'x = f()\nx[0].append(1)\nassert x == [[0, 1], [0, 1]]',
    ],
    [
      'sets, deques and bytes',
      'def f(a, b, c):\n    a.add(1); b.appendleft(2); c.append(3)',
      'from collections import deque\na, b, c = set(), deque(), bytearray()\nf(a, b, c)\nassert (a, b, c) == ({1}, deque([2]), bytearray([3]))',
    ],
    [
      'a Counter that keeps its kind',
      'def f(a):\n    a["x"] += 1',
      'from collections import Counter\nx = Counter("xy")\nf(x)\nassert x == Counter("xxy") and type(x) is Counter',
    ],
    [
      'the order of a set that was written down',
      'def f(s):\n    return tuple(s)',
      'assert f({12, 13, 14, 15, 16}) == tuple({12, 13, 14, 15, 16})',
    ],
    [
      'the order of a set that was made one by one',
      'def f(s):\n    return tuple(s)',
      'x = set([12, 13, 14, 15, 16])\nassert f(x) == tuple(x)',
    ],
    [
      'a class of the answer’s',
      'class Pair:\n    def __init__(s, a, b): s.a, s.b = a, b\ndef f(ps):\n    return sum(p.a for p in ps)',
      'assert f([Pair(1, 2), Pair(3, 4)]) == 4',
    ],
    [
      'attributes of what the answer made',
      'class Node:\n    def __init__(s, v): s.v, s.left = v, None\ndef f(n):\n    return n.v + (f(n.left) if n.left else 0)',
      'root = Node(1)\nroot.left = Node(2)\nroot.left.left = Node(3)\nassert f(root) == 6 and root.left.v == 2',
    ],
    [
      'a second function of the answer’s',
      'def g(x): return x + 1\ndef f(x): return g(x)',
      'assert f(1) == g(1) == 2',
    ],
    [
      'a match, which is something',
      'import re\ndef f(x): return re.search("a", x)',
      'assert f("a") and not f("b")',
    ],
    ['a function that was returned', 'def f(n): return lambda x: x + n', 'assert f(2)(3) == 5'],
    [
      'a module that only the answer imports',
      'import sys\ndef f(x): return sys.getsizeof(x)',
      'assert f((1, 2)) == sys.getsizeof((1, 2))',
    ],
  ])('%s', async (_, code, test) => {
    expect(await judge.judge(asserting(test), code)).toMatchObject({ outcome: 'pass', value: 1 })
  })

  test.each<[string, string, string, string]>([
    [
      'a module is Python’s, whatever the answer calls so',
      'class sys:\n    getsizeof = staticmethod(lambda x: 5)\ndef f(x): return 5',
      'assert f(()) == sys.getsizeof(())',
      'wrong_answer',
    ],
    [
      'a thing of the answer’s equals nothing',
      'class L:\n    def __eq__(s, o): return True\nx = L()\ndef f(): return x',
      'assert f() == 1',
      'wrong_answer',
    ],
    [
      'not even when asked for by name',
      'class L:\n    def __eq__(s, o): return True\ndef f(): return 1',
      'assert L() == 1',
      'wrong_answer',
    ],
    [
      'a module that the answer imports where the test does not look',
      'def f(x):\n    import sys\n    return sys.getsizeof(x)',
      'assert f((1, 2)) == sys.getsizeof((1, 2))',
      'runtime',
    ],
    ['a name that nobody has', 'def f(): return 1', 'assert f() == nobody()', 'runtime'],
    [
      'a test that catches all goes on for nothing',
      'import os\ndef f(): os._exit(0)',
      'try: f()\nexcept: pass',
      'crash',
    ],
    ['nor after an exit', 'def f(): raise SystemExit', 'try: f()\nexcept: pass', 'runtime'],
  ])('%s', async (_, code, test, outcome) => {
    expect(await judge.judge(asserting(test), code)).toMatchObject({ outcome, value: 0 })
  })

  test('a function of the test’s is not lent', async () => {
    const score = await judge.judge(asserting('f(lambda x: x)'), 'def f(g): return g(1)')
    expect(score).toMatchObject({ outcome: 'wrong_answer', value: 0 })
    expect(score.detail!.error).toContain('cannot be carried over: an argument is of type function')
  })
})

const io = (cases: readonly (readonly [Json, Json])[], more: Partial<IoCode> = {}): IoCode => ({
  ...{ kind: 'io', language: 'python' },
  ...more,
  cases: cases.map(([input, expected]) => ({ input, expected, timeout: 5, weight: 1 })),
})

each('an answer and its test are one program to HumanEval’s executor, %s', (_, judge) => {
  const task = { entryPoint: 'f', style: 'check' } as const
  const checking = (before = '') =>
    asserting(`${before}def check(candidate):\n    assert candidate(1) == 2\n`, task)
  const right = 'def f(x):\n    return x + 1\n'

  test.each<[string, string, string, string]>([
    [
      'a helper called check is the test’s',
      '',
      'def check(x):\n    return x\ndef f(x):\n    return check(x + 1)\n',
      'runtime',
    ],
    [
      'a check that is called before it',
      '',
      `${right}def check(g):\n    assert g(1) == 2\ncheck(f)\n`,
      'pass',
    ],
    [
      'METADATA too',
      '\n\nMETADATA = {}\n\n',
      `METADATA = {"n": 1}\ndef f(x):\n    return x + METADATA["n"]\n`,
      'runtime',
    ],
    ['a last line that would go on, and an empty one', '\n\nMETADATA = {}\n\n', `${right}x = 1\\`, 'pass'],
    ['a last line that goes on', '', `${right}x = 1\\`, 'syntax'],
    [
      'a decorator without a function',
      '',
      `from functools import lru_cache\n${right}@lru_cache(None)`,
      'pass',
    ],
    ['a bracket that is open', '', `${right}print(f(`, 'syntax'],
  ])('%s', async (_name, before, answer, outcome) => {
    expect(await judge.judge(checking(before), answer)).toMatchObject({ outcome })
  })
})

test.each([
  ['x = 1 +', 'SyntaxError: invalid syntax (<candidate>, line 3) (line 3: x = 1 +)'],
  ['return 1', "SyntaxError: 'return' outside function (<candidate>, line 3) (line 3: return 1)"],
])('an error of syntax is told with its line: %s', async (line, error) => {
  const score = await judge.judge(asserting('assert f() == 1'), `def f():\n    return 1\n${line}\n`)
  expect(score).toMatchObject({ outcome: 'syntax', detail: { error } })
})

each('what asserted code reads, %s', (_, judge) => {
  test.each([
    ['a line', 'x = input()'],
    ['all of it', 'import sys\nx = sys.stdin.read()'],
    ['line by line', 'import sys\nfor line in sys.stdin: print(line)'],
    ['bytes', 'import sys\nsys.stdin.buffer'],
  ])('%s: there is no input, as with the sets’ own executors', async (_name, source) => {
    const answer = `def f():\n    return 1\n${source}\n`
    expect(await judge.judge(asserting('assert f() == 1'), answer)).toMatchObject({ outcome: 'runtime' })
  })
})

describe('what asserted code and code that is judged by a reference has around it', () => {
  const answer = (line: string) =>
    `import pickle, sys\nclass C: pass\ndef f(*_):\n    ${line}\n    return 1\n`
  const reference: ReferenceCode = {
    ...{ kind: 'reference', language: 'python', entryPoint: 'f', prompt: '', reference: answer('pass') },
    ...{ baseInputs: [[0]], plusInputs: [], tolerance: 0, oracle: 'humaneval', problem: 'HumanEval/0' },
  }

  test.each([
    ['text that no encoding has', 'print("\\ud800")', 'pass'],
    ['two streams', 'print(1, file=sys.stderr); sys.stdout.write("x"); sys.stdout.flush()', 'pass'],
    ['no bytes', 'sys.stdout.write(b"x")', 'runtime'],
    ['nothing beneath', 'sys.stdout.buffer.write(b"x")', 'runtime'],
    ['no encoding to set', 'sys.stdout.reconfigure(encoding="utf-8")', 'runtime'],
    ['no module of its own', 'assert __name__ == C.__module__ == "builtins"', 'pass'],
    ['no name to be pickled by', 'pickle.dumps(C())', 'runtime'],
  ])('%s', async (_name, line, outcome) => {
    expect(await judge.judge(asserting('assert f() == 1'), answer(line))).toMatchObject({ outcome })
    expect(await judge.judge(reference, answer(line))).toMatchObject({ outcome })
  })

  test.each([
    ['a file', 'open("x", "w")', 'runtime'],
    ['a folder', 'import os; os.chdir("/")', 'runtime'],
    ['a process', 'import subprocess; subprocess.run(["true"])', 'runtime'],
    ['a fork', 'import multiprocessing; multiprocessing.Process(target=print).start()', 'runtime'],
    ['a module', 'import tkinter', 'runtime'],
    ['documentation that is run', 'import doctest; doctest.testmod()', 'runtime'],
    [
      'only its import',
      'import asyncio, doctest, multiprocessing, shutil, subprocess, tempfile, unittest',
      'pass',
    ],
    ['a failure of its own', 'int("x")', 'runtime'],
  ])('EvalPlus switches off: %s', async (_name, line, outcome) => {
    expect(await judge.judge(reference, answer(line))).toMatchObject({ outcome })
  })

  test('room for deep recursion, as EvalPlus gives', async () => {
    const deep =
      'sys.setrecursionlimit(10**6); import functools; r = functools.lru_cache(None)(lambda n: n and r(n - 1)); r(50_000)'
    expect(await judge.judge(reference, answer(deep))).toMatchObject({ outcome: 'pass' })
  })
})

describe('input and output', () => {
  test('the method of a new object; a function where there is no such class', async () => {
    const spec = io([[[1], 2]], { entryPoint: 'Solution.next' })
    const method = 'class Solution:\n    def next(self, x): return x + 1\n'
    for (const code of [method, 'def next(x): return x + 1\n'])
      expect(await judge.judge(spec, code)).toMatchObject({ outcome: 'pass' })
    expect(await judge.judge(spec, 'class Solution: pass\n')).toMatchObject({ outcome: 'runtime' })
  })

  test('what runs before it is there, and its lines are not counted', async () => {
    const spec = io([[[2], 8]], { entryPoint: 'f', setup: 'from math import *\nN = 3\n' })
    expect(await judge.judge(spec, 'def f(x): return int(pow(x, N))\n')).toMatchObject({ outcome: 'pass' })
    const failing = await judge.judge(spec, 'def f(x):\n    return x / 0\n')
    expect(JSON.stringify(failing.detail)).toContain('line 2, in f: return x / 0')
  })

  test('shell scripts are programs too', async () => {
    const spec = io([['3 4\n', '7']], { language: 'shell' })
    expect(await judge.judge(spec, 'read a b; echo $((a + b))')).toMatchObject({ outcome: 'pass' })
    expect(await judge.judge(spec, 'read a b; echo $((a * b))')).toMatchObject({ outcome: 'wrong_answer' })
    expect(await judge.judge(spec, 'read a b; echo $((a + b)); exit 3')).toMatchObject({ outcome: 'runtime' })
  })

  test('time and memory of each case are told', async () => {
    const code = 'def f(n):\n    x = bytearray(n << 20)\n    return len(x) >> 20\n'
    const { detail } = await judge.judge(
      io(
        [
          [[1], 1],
          [[100], 100],
        ],
        { entryPoint: 'f' },
      ),
      code,
    )
    const [small, large] = detail!.case_peak_bytes as number[]
    expect(large! - small!).toBeGreaterThan(80 << 20)
    expect(detail!.case_ms).toHaveLength(2)
  })

  test('one call may take as long as the limit, and the second too', async () => {
    const busy = (seconds: number) =>
      `import time\ndef f():\n    end = time.process_time() + ${seconds}\n    while time.process_time() < end: pass\n    return 1\n`
    const spec = {
      ...io([[[], 1]], { entryPoint: 'f' }),
      cases: [{ input: [], expected: 1, timeout: 0.5, weight: 1 }],
    }
    expect(await judge.judge(spec, busy(0.35))).toMatchObject({ outcome: 'pass' })
    expect(await judge.judge(spec, busy(0.75))).toMatchObject({ outcome: 'time_limit' })
    // The second call costs nothing: both together are within two limits.
    const once = `${busy(0.75)}import functools\nf = functools.lru_cache(f)\n`
    expect(await judge.judge(spec, once)).toMatchObject({ outcome: 'time_limit' })
  })
})

describe('as LiveCodeBench compares', () => {
  const printed = (expected: string) => io([['', expected]], { comparison: 'livecodebench' })

  test.each<[string, string, boolean]>([
    ['1 2\n3', 'print(" 1 2 ")\nprint("3\\n\\n")', true],
    ['1 2', 'print("1  2")', true],
    ['a b', 'print("a  b")', false],
    ['0.5', 'print("0.50")', true],
    ['0.5', 'print("0.5000001")', false],
    ['50000000000000000', 'print("50000000000000001")', false],
    ['1e3', 'print("1000")', true],
    ['1\n2', 'print("1 2")', false],
    ['yes', 'print("yes")\nraise SystemExit(1)', true],
    ['yes', 'print("yes")\n1 / 0', false],
  ])('%j of %j: %s', async (expected, code, passes) => {
    const score = await judge.judge(printed(expected), code)
    expect(score.outcome === 'pass').toBe(passes)
    expect(score.value).toBe(passes ? 1 : 0)
  })

  test.each<[Json, string, boolean]>([
    [[1, 2], '(1, 2)', true],
    [[[1, 2]], '[(1, 2)]', false],
    [[[1, 2]], '([1, 2],)', true],
    [1, 'True', true],
    [{ a: 1 }, '{"a": 1}', true],
    [0.3, '0.1 + 0.2', false],
  ])('%j of %s: %s', async (expected, value, passes) => {
    const spec = io([[[], expected]], { entryPoint: 'Solution.f', comparison: 'livecodebench' })
    const score = await judge.judge(spec, `class Solution:\n    def f(self): return ${value}\n`)
    expect(score.outcome === 'pass').toBe(passes)
  })

  test('all or nothing, and no further than the first that fails', async () => {
    const alone = openJudge(sandbox, { size: 1 })
    const spec = io(
      [
        ['1', '1'],
        ['2', '3'],
        ['3', '3'],
      ],
      { comparison: 'livecodebench' },
    )
    const score = await alone.judge(spec, 'print(input())')
    expect(score).toMatchObject({
      outcome: 'wrong_answer',
      value: 0,
      detail: { not_run: 1, failed: { case: 2 } },
    })
    await alone[Symbol.asyncDispose]()
  })
})

describe('expressions', () => {
  const spec: ExpressionCode = {
    kind: 'expression',
    language: 'python',
    setup: 'def f(x):\n    return [x, (x,)]\n',
    expected: '[1, (1,)]',
    timeout: 2,
  }

  test.each<[string, string]>([
    ['f(1)', 'pass'],
    ['[1, (1,)]', 'pass'],
    ['[1.0, (True,)]', 'pass'],
    ['f(1), "as the message of the assertion"', 'pass'],
    ['f(2)', 'wrong_answer'],
    ['[1, [1]]', 'wrong_answer'],
    ['f(1) == [1, (1,)]', 'pass'],
    ['f(1) == f(2)', 'runtime'],
    ['f(1) is not None', 'pass'],
    ['f(1) and f(2)', 'pass'],
    ['f(1) and 0', 'runtime'],
    ['f(1) if f(2) else 3', 'pass'],
    ['f(1) if 0 else f(1)', 'runtime'],
    ['f(1) or True', 'pass'],
    ['f(2) or True', 'wrong_answer'],
    ['f(2) == f(2)', 'wrong_answer'],
    ['f(1) == f(2) or True', 'runtime'],
    ['f(1), [1, 2', 'syntax'],
    ['f(1)\nprint(f(2))  # and more', 'pass'],
    ['f(1); x = 1', 'pass'],
    ['0\npass', 'wrong_answer'],
    ['f(1)\nassert f(1) is f(2)', 'runtime'],
    ['f(1)\n[PYTHON]', 'runtime'],
    ['f(1)\nreturn', 'runtime'],
    ['f(', 'syntax'],
    ['g(1)', 'runtime'],
    ['exit(0)', 'runtime'],
    ['(lambda: [*iter(int, 1)])()', 'memory'],
  ])('%j: %s', async (answer, outcome) => {
    const score = await judge.judge({ ...spec, timeout: 60 }, answer)
    expect(score).toMatchObject({ outcome, value: outcome === 'pass' ? 1 : 0 })
  })

  test('what is no answer to the question', async () => {
    expect(await judge.judge({ ...spec, requires: 'f(' }, '[1, (1,)]')).toMatchObject({
      outcome: 'wrong_answer',
    })
    expect(await judge.judge({ ...spec, forbids: 'f(1)' }, 'f(1)')).toMatchObject({ outcome: 'wrong_answer' })
  })

  /** Each is right by its value: for a question about arguments, and for one about what is returned. */
  const about = { arguments: { ...spec, requires: 'f(' }, value: { ...spec, forbids: 'f(1)' } }
  test.each<[keyof typeof about, string, string]>([
    ['arguments', 'f(1)', 'pass'],
    ['arguments', 'f(sum([*range(2)]))', 'pass'],
    ['arguments', 'f(*[x for x in "1" if int(x)]) if f(0) else 0', 'wrong_answer'],
    ['arguments', 'f(max([0, 1], key=lambda x: x))', 'pass'],
    ['arguments', 'f(len("a".upper()))', 'pass'],
    ['arguments', 'f(x=1)', 'pass'],
    ['arguments', '[[1, (1,)], f(2)][0]', 'wrong_answer'],
    ['arguments', '[1, (1,)] # f(1)', 'wrong_answer'],
    ['arguments', '[1, ("f(",)] and [1, (1,)]', 'wrong_answer'],
    ['arguments', 'f(2) and 0 or [1, (1,)]', 'runtime'],
    ['arguments', 'f(2).clear() or [1, (1,)]', 'wrong_answer'],
    ['arguments', '(lambda *x: [1, (1,)])(f(2))', 'wrong_answer'],
    ['arguments', 'f((f := lambda x: [1, (1,)]) and 1)', 'wrong_answer'],
    ['arguments', 'f(globals().update(f=0) or 1)', 'wrong_answer'],
    ['arguments', 'f(__import__("os")._exit(0))', 'wrong_answer'],
    ['arguments', 'f((lambda: 1).__globals__ and 1)', 'wrong_answer'],
    ['arguments', 'f((x for x in [1]).gi_frame and 1)', 'wrong_answer'],
    ['arguments', 'f([(lambda eval: 0), eval("1")][1])', 'wrong_answer'],
    ['value', '[1, (1,)]', 'pass'],
    ['value', '[1] + [tuple([1 for _ in "a"])]', 'pass'],
    ['value', '(f)(1)', 'wrong_answer'],
    ['value', 'f (1)', 'wrong_answer'],
    ['value', 'f(x=1)', 'wrong_answer'],
    ['value', '(lambda f: f(1))(f)', 'wrong_answer'],
    ['value', 'globals()["f"](1)', 'wrong_answer'],
    ['value', '__builtins__["eval"]("f")(1)', 'wrong_answer'],
    ['value', 'eval("f" + "(1)")', 'wrong_answer'],
    ['value', '[*map(vars()["f"], [1])][0]', 'wrong_answer'],
    ['value', '{type("L", (list,), {"__hash__": lambda s: 1})()}', 'wrong_answer'],
  ])('about %s: %j: %s', async (question, answer, outcome) => {
    expect((await judge.judge(about[question], answer)).outcome).toBe(outcome)
  })

  test.each(['{1}', '{1: 2}'])('what cannot be in %s is no fault of ours', async (expected) => {
    const list = 'type("L", (list,), {"__hash__": lambda s: 1})()'
    for (const answer of [`{${list}}`, `{${list}: 2}`])
      expect(['crash', 'wrong_answer']).toContain((await judge.judge({ ...spec, expected }, answer)).outcome)
  })

  test('an expected value that is none is a fault of the dataset', async () => {
    await expect(judge.judge({ ...spec, expected: 'f(' }, 'f(1)')).rejects.toThrow(
      /the expected value f\( is no literal/,
    )
  })
})

describe('as EvalPlus compares', () => {
  const spec = (reference: string, more: Partial<ReferenceCode> = {}): ReferenceCode => ({
    ...{ kind: 'reference', language: 'python', entryPoint: 'f', prompt: '', tolerance: 0 },
    ...{ oracle: 'humaneval', problem: 'HumanEval/0', baseInputs: [[0]], plusInputs: [] },
    ...more,
    reference: `def ${more.entryPoint ?? 'f'}(*a):\n    return ${reference}\n`,
  })
  const returning = (value: string, name = 'f') => `def ${name}(*a):\n    return ${value}\n`

  test.each<[string, string, boolean]>([
    ['1', '1.0', true],
    ['1', '2', false],
    ['1.0', '1.0000005', true],
    ['1.0', '1.00001', false],
    ['1.0', '1', true],
    ['1.5', '"1.5"', false],
    ['[1.0, 2.0]', '[1.0, 2.0000001]', true],
    ['[1.0, 2.0]', '(1.0, 2.0000001)', false],
    ['[1.0, 2.0]', '[1.0]', false],
    ['[1.0, 2]', '[1.0000001, 2]', false],
    ['[]', '()', false],
    ['float("nan")', 'float("nan")', false],
    ['float("inf")', 'float("inf")', true],
    ['None', 'None', true],
    ['{1, 2}', '{2, 1}', true],
    ['{"a": [1]}', '{"a": [1]}', true],
  ])('%s is answered by %s: %s', async (reference, value, passes) => {
    const { outcome } = await judge.judge(spec(reference), returning(value))
    expect(outcome).toBe(passes ? 'pass' : 'wrong_answer')
  })

  test('once a float was due, its tolerance holds for what follows', async () => {
    const two = spec('[1.0, 10 ** 8][a[0]]', { baseInputs: [[0], [1]] })
    expect((await judge.judge(two, returning('[1.0, 10 ** 8 + 1][a[0]]'))).outcome).toBe('pass')
    const turned = { ...two, baseInputs: [[1], [0]] }
    expect((await judge.judge(turned, returning('[1.0, 10 ** 8 + 1][a[0]]'))).outcome).toBe('wrong_answer')
  })

  test.each<[string, string, string, Json[], boolean]>([
    ['are_equivalent', 'True', '5', [1, 2], true],
    ['sum_div', '7', '0', [8], true],
    ['sum_div', '7', '1', [8], false],
    ['similar_elements', '(4, 5)', '[5, 4, 4]', [0], true],
    ['similar_elements', '(4, 5)', '[4]', [0], false],
    ['similar_elements', '(4, 5)', '[[4], [5]]', [0], false],
    ['similar_elements', '(4, 5)', 'filter(None, [5, 0, 4])', [0], true],
    ['similar_elements', '(4, 5)', '(x for x in [5, 6])', [0], false],
    ['similar_elements', '(4, 5)', 'dict(enumerate([5, 4])).values()', [0], true],
    ['similar_elements', '(4, 5)', 'range(4, 6)', [0], true],
    ['similar_elements', '(4, 5)', 'iter([[4], [5]])', [0], false],
    ['similar_elements', '(4, 5)', 'None', [0], false],
    ['similar_elements', '(4, 5)', 'dict.fromkeys([4, 5])', [0], true],
    ['any_other', '(4, 5)', 'iter((4, 5))', [0], false],
    ['check_str', 'None', 'None', ['x'], true],
    ['check_str', '__import__("re").search("a", "a")', 'object()', ['x'], true],
    ['check_str', 'None', 'object()', ['x'], false],
    ['check_str', '"Valid"', 'True', ['x'], true],
    ['check_str', '"Valid"', 'False', ['x'], false],
    ['digit_distance_nums', '99', '1', [100, 1], false],
    ['digit_distance_nums', '99', '2', [100, 1], true],
    ['surface_Area', '1', '33', [3, 4], false],
    ['surface_Area', '1', '35', [3, 4], true],
    ['surface_Area', '1', '__import__("fractions").Fraction(35)', [3, 4], true],
  ])('MBPP’s %s: %s is answered by %s for %s: %s', async (entryPoint, reference, value, args, passes) => {
    const mbpp = spec(reference, { oracle: 'mbpp', entryPoint, baseInputs: [args] })
    expect((await judge.judge(mbpp, returning(value, entryPoint))).outcome).toBe(
      passes ? 'pass' : 'wrong_answer',
    )
  })

  test('HumanEval’s find_zero is right where the polynomial is near zero', async () => {
    const zero = spec('0.5', { entryPoint: 'find_zero', tolerance: 1e-4, baseInputs: [[[-1, 2]], [[0, 1]]] })
    const code = 'def find_zero(xs):\n    return 0.50001 if xs[0] else 0\n'
    expect((await judge.judge(zero, code)).outcome).toBe('pass')
    expect((await judge.judge(zero, returning('0.501', 'find_zero'))).outcome).toBe('wrong_answer')
    const decimal =
      'from decimal import Decimal\ndef find_zero(xs):\n    return Decimal("0.50001") if xs[0] else 0\n'
    expect((await judge.judge(zero, decimal)).outcome).toBe('pass')
  })

  test('base and added inputs are told apart, and the base can be asked for alone', async () => {
    const both = spec('a[0] * 2', { baseInputs: [[1], [2]], plusInputs: [[3], [4]] })
    const code = 'def f(x):\n    return x * 2 if x < 4 else 0\n'
    const score = await judge.judge(both, code)
    expect(score).toMatchObject({ outcome: 'wrong_answer', value: 0 })
    expect(score.detail).toMatchObject({
      ...{ base: 'pass', plus: 'wrong_answer', base_passed: '2/2', plus_passed: '1/2' },
      failed: { suite: 'plus', case: 2, input: '[4]', expected: '8', got: '0' },
    })
    expect(await judge.judge(both, code, { suite: 'base' })).toMatchObject({ outcome: 'pass', value: 1 })
  })

  test('where both fail, the base is what is told', async () => {
    const spec1 = spec('1', { baseInputs: [[1]], plusInputs: [[2]] })
    expect(await judge.judge(spec1, returning('2'))).toMatchObject({
      outcome: 'wrong_answer',
      detail: { failed: { suite: 'base' } },
    })
  })

  test('state is kept from input to input, but not from the base to what was added', async () => {
    const counting = 'n = 0\ndef f(x):\n    global n\n    n += 1\n    return n\n'
    const spec1 = spec('a[0]', { baseInputs: [[1], [2]], plusInputs: [[1]] })
    expect((await judge.judge(spec1, counting)).outcome).toBe('pass')
  })

  test('an input has four seconds, however much its suite has', { timeout: 60_000 }, async () => {
    const three = spec('a[0]', { baseInputs: [[1], [2], [3]] })
    const busy =
      'import time\ndef f(x):\n    end = time.process_time() + 4.5\n    while x == 2 and time.process_time() < end: pass\n    return x\n'
    expect(await judge.judge(three, busy)).toMatchObject({
      outcome: 'time_limit',
      detail: { base_passed: '1/3', failed: { case: 2, input: '[2]' } },
    })
  })

  test('a reference that fails is a fault of the dataset', async () => {
    await expect(judge.judge(spec('1 / 0'), returning('1'))).rejects.toThrow(
      /the reference of HumanEval\/0 does not run: ZeroDivisionError/,
    )
  })
})

describe('the boxes', () => {
  const one = io([[[], 1]], { entryPoint: 'f' })
  const right = 'def f(): return 1'

  /** A driver that counts what is open. */
  function counting() {
    const servers: ForkServer[] = []
    const driver: SandboxDriver = {
      ...sandbox,
      async forkServer(spec) {
        const server = await sandbox.forkServer!(spec)
        servers.push(server)
        return server
      },
    }
    return { driver, servers, alive: () => servers.filter((server) => server.alive).length }
  }

  test('are opened when there is work, kept while it lasts, and closed with the judge', async () => {
    const { driver, servers, alive } = counting()
    const own = openJudge(driver, { size: 1 })
    expect(servers).toHaveLength(0)
    for (let i = 0; i < 5; i++) expect((await own.judge(one, right)).outcome).toBe('pass')
    expect(servers).toHaveLength(1)
    await own[Symbol.asyncDispose]()
    expect(alive()).toBe(0)
    await expect(own.judge(one, right)).rejects.toThrow('the judge is closed')
  })

  test('are replaced when worn', async () => {
    const { driver, servers, alive } = counting()
    const own = openJudge(driver, { size: 1, maxJobs: 2 })
    for (let i = 0; i < 6; i++) expect((await own.judge(one, right)).outcome).toBe('pass')
    expect(servers).toHaveLength(3)
    await own[Symbol.asyncDispose]()
    expect(alive()).toBe(0)
  })

  test('one that died is replaced, and nobody notices', async () => {
    const { driver, servers } = counting()
    const own = openJudge(driver, { size: 1 })
    await own.judge(one, right)
    await servers[0]![Symbol.asyncDispose]()
    expect((await own.judge(one, right)).outcome).toBe('pass')
    await own[Symbol.asyncDispose]()
  })

  test('busy ones are closed with the judge, and who waits is told', async () => {
    const { driver, alive } = counting()
    const own = openJudge(driver, { size: 1 })
    await own.judge(one, right)
    const endless = io([[[], 1]], { entryPoint: 'f' })
    const running = ['a', 'b', 'c'].map(() => own.judge(endless, 'def f():\n    while True: pass'))
    const ends = Promise.allSettled(running)
    await own[Symbol.asyncDispose]()
    expect(alive()).toBe(0)
    expect(
      (await ends).map((end) => end.status === 'fulfilled' && end.value.outcome === 'pass'),
    ).not.toContain(true)
  })

  test('who gives up waiting leaves the queue in order', async () => {
    const own = openJudge(sandbox, { size: 1 })
    const gone = new AbortController()
    const slow = io([[[], 1]], { entryPoint: 'f' })
    const first = own.judge(slow, 'import time\ndef f():\n    time.sleep(0.3)\n    return 1')
    const second = own.judge(one, right, { signal: gone.signal })
    const third = own.judge(one, right)
    gone.abort(new Error('enough'))
    await expect(second).rejects.toThrow('enough')
    expect((await first).outcome).toBe('pass')
    expect((await third).outcome).toBe('pass')
    await own[Symbol.asyncDispose]()
  })
})
