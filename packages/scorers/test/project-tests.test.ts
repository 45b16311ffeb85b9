import type { ProjectCode } from '@bench/datasets'
import { driver } from '@bench/sandbox'
import { describe, expect, test } from 'vitest'
import { scorer } from '../src/index.js'
import { anyDriver } from './boxes.js'
import { attempt, makeTask } from './setup.js'

const sandbox = await anyDriver()
const judge = await scorer({ name: 'project-tests' })

const project = (parts: Partial<ProjectCode>): ProjectCode => ({
  kind: 'project',
  language: 'python',
  answer: ['solution.py'],
  tests: {},
  runner: 'pytest',
  passes: 1,
  timeout: 2,
  ...parts,
})

/** Judges files by a project's tests. */
async function verdict(files: Record<string, string>, parts: Partial<ProjectCode>) {
  const reply = Object.entries(files).map(([path, text]) => `<file path="${path}">\n${text}\n</file>`)
  return judge.score(attempt(makeTask({ code: project(parts) }), reply.join('\n')), { sandbox })
}

const stack = `
class StackError(ValueError):
    def __init__(self, message, code=7):
        super().__init__(message)
        self.code = code

class Empty(StackError):
    pass

class Stack:
    size = 3

    def __init__(self):
        self.items = []

    def push(self, x):
        self.items.append(x)
        return self

    def pop(self):
        if not self.items:
            raise Empty("empty stack")
        return self.items.pop()

    def __len__(self):
        return len(self.items)

    def __iter__(self):
        return iter(self.items)

    def __eq__(self, other):
        return self.items == other.items

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.items = ["closed"]

LIMIT = 10

def add(a, b): return a + b
def sort(xs): xs.sort()
def each(xs, f): return [f(x) for x in xs]
def adder(n): return lambda m: n + m
def count():
    yield 1
    yield 2
`

const tests = `
import math
import pytest
import solution
from solution import *
from solution import Empty

def test_plain():
    assert add(1, 2) == 3
    assert add("a", "b") == "ab"
    assert add((1,), (2,)) == (1, 2)
    assert math.isnan(add(math.nan, 1))
    assert LIMIT == 10 and solution.LIMIT == 10

def test_arguments_changed():
    xs = [3, 1, 2]
    ys = xs
    sort(ys)
    assert xs == [1, 2, 3]

def test_functions_there_and_here():
    seen = []
    assert each([1, 2], lambda x: x * 10) == [10, 20]
    each([1, 2], seen.append)
    assert seen == [1, 2]
    assert adder(2)(3) == 5
    assert list(count()) == [1, 2]

class TestStack:
    def test_state(self):
        s = Stack()
        assert s.push(1).push(2) is s
        assert s.pop() == 2 and len(s) == 1 and list(s) == [1] and s.items == [1]
        assert isinstance(s, Stack) and not isinstance(s, Empty) and s.size == 3
        s.items = [5]
        assert s.pop() == 5

    def test_error(self):
        with pytest.raises(StackError, match="empty") as caught:
            Stack().pop()
        assert caught.value.code == 7 and caught.type is Empty

    def test_context(self):
        with Stack() as s:
            pass
        assert list(s) == ["closed"]

@pytest.mark.parametrize("a, b", [(1, 2), (2, 3)])
def test_parameters(a, b):
    assert add(a, 1) == b

def test_approx():
    assert add(0.1, 0.2) == pytest.approx(0.3)

@pytest.fixture
def filled():
    s = Stack()
    yield s.push(1)
    s.pop()

def test_fixture(filled, tmp_path):
    (tmp_path / "a").write_text("x")
    assert len(filled) == 1
`

describe(`a project in ${sandbox.name}`, () => {
  test('functions, classes, exceptions, fixtures and parameters', async () => {
    const score = await verdict(
      { 'solution.py': stack },
      { tests: { 'test_solution.py': tests }, passes: 10 },
    )
    expect(score).toMatchObject({ outcome: 'pass', value: 1, detail: { passed: 10, total: 10 } })
    expect(score.detail).not.toHaveProperty('self_judged')
    console.log(score.detail?.runner)
  })

  test('the same with pytest itself, where a Python of this machine has it', async (context) => {
    const reply = `<file path="solution.py">${stack}</file>`
    const code = project({ tests: { 'test_solution.py': tests }, passes: 10 })
    const score = await judge.score(attempt(makeTask({ code }), reply), { sandbox: await driver('process') })
    expect(score).toMatchObject({ outcome: 'pass', detail: { passed: 10 } })
    if (!String(score.detail?.runner).startsWith('pytest')) context.skip('no pytest here: pip install pytest')
    const wrong = await judge.score(
      attempt(makeTask({ code }), reply.replace('return a + b', 'return a / 0')),
      {
        sandbox: await driver('process'),
      },
    )
    expect(wrong).toMatchObject({
      outcome: 'runtime',
      detail: { error: expect.stringContaining('ZeroDivisionError') },
    })
  })

  test('unittest', async () => {
    const cases = `
import unittest
from solution import add, Empty, Stack

class T(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()

    def test_add(self):
        self.assertEqual(add(1, 2), 3)

    def test_raises(self):
        with self.assertRaises(Empty):
            self.stack.pop()

    def test_each(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertEqual(add(i, 1), i + 1)
`
    const parts = { tests: { 'tests/test_x.py': cases }, runner: 'unittest', passes: 3 } as const
    expect(await verdict({ 'solution.py': stack }, parts)).toMatchObject({ outcome: 'pass' })
    const wrong = stack.replace('return a + b', 'return 3')
    expect(await verdict({ 'solution.py': wrong }, parts)).toMatchObject({
      outcome: 'wrong_answer',
      detail: { passed: 2, failed: 2, test: expect.stringContaining('test_each') },
    })
  })

  test('what only the answer could decide fails, or is marked where the task allows it', async () => {
    const compare =
      'from solution import Stack\ndef test_equal():\n    assert Stack().push(1) == Stack().push(1)\n'
    const parts = { tests: { 'test_equal.py': compare } }
    expect(await verdict({ 'solution.py': stack }, parts)).toMatchObject({
      outcome: 'wrong_answer',
      detail: { error: expect.stringContaining('objects of the answer') },
    })
    expect(await verdict({ 'solution.py': stack }, { ...parts, selfJudged: true })).toMatchObject({
      outcome: 'pass',
      detail: { self_judged: true },
    })
  })

  test('exactly as many tests pass as the task says, and none is skipped', async () => {
    const files = { 'solution.py': 'def f(): return 1' }
    const two = 'from solution import f\ndef test_a(): assert f() == 1\ndef test_b(): assert f() == 1\n'
    const skipping = `${two}import pytest\ndef test_c(): pytest.skip("x")\n`
    const tried = [
      [two, 2, 'pass'],
      [two, 1, 'wrong_answer'],
      [two, 3, 'wrong_answer'],
      [skipping, 2, 'wrong_answer'],
    ] as const
    for (const [text, passes, outcome] of tried)
      expect(await verdict(files, { tests: { 'test_f.py': text }, passes })).toMatchObject({ outcome })
  })

  test('a file that the task does not declare is not there', async () => {
    const files = { 'solution.py': 'from other import f', 'other.py': 'def f(): return 1' }
    const parts = { tests: { 'test_f.py': 'from solution import f\ndef test_f(): assert f() == 1\n' } }
    expect(await verdict(files, parts)).toMatchObject({
      outcome: 'runtime',
      detail: { left_out: ['other.py'] },
    })
    const both = { ...parts, answer: ['solution.py', 'other.py'] }
    expect(await verdict(files, both)).toMatchObject({ outcome: 'pass' })
  })

  test('arguments that a call changed, deep and by shape', async () => {
    const source =
      'def change(xs, d, s):\n    xs[0].append(9); xs.pop(); d["a"]["b"] = 1; del d["c"]; s.clear(); s.add(5)\n    return xs'
    const changed =
      'from solution import change\ndef test_changed():\n    inner = [1]\n    xs, d, s = [inner, 2, 3], {"a": {}, "c": 3}, {1, 2}\n' +
      '    change(xs, d, s)\n    assert xs == [[1, 9], 2] and xs[0] is inner\n    assert d == {"a": {"b": 1}} and s == {5}\n'
    const score = await verdict({ 'solution.py': source }, { tests: { 'test_changed.py': changed } })
    expect(score).toMatchObject({ outcome: 'pass' })
  })

  test('files that are given, packages, several files of the answer’s', async () => {
    const parts: Partial<ProjectCode> = {
      answer: ['shop/prices.py', 'shop/cart/__init__.py', 'util.py'],
      files: {
        'shop/__init__.py': '',
        'shop/base.py': 'TAX = 2\n',
        'app.py': 'from shop.cart import total\n',
      },
      tests: {
        'tests/test_shop.py':
          'import util\nfrom app import total\nfrom shop.base import TAX\nfrom shop.prices import price\n' +
          'def test_total(): assert total([1, 2]) == price(1) + price(2) == 3 + 2 * TAX\n' +
          'def test_util(): assert util.one() == 1\n',
      },
      passes: 2,
    }
    const files = {
      'shop/prices.py': 'from .base import TAX\ndef price(x): return x + TAX',
      'shop/cart/__init__.py': 'from shop.prices import price\ndef total(xs): return sum(map(price, xs))',
      'util.py': 'def one(): return 1',
    }
    expect(await verdict(files, parts)).toMatchObject({ outcome: 'pass' })
    const { 'util.py': _, ...fewer } = files
    expect(await verdict(fewer, parts)).toMatchObject({
      outcome: 'no_answer',
      detail: { error: 'the reply has no util.py' },
    })
  })

  test.each([
    ['a wrong answer', 'def f(): return 2', 'wrong_answer', 'assert'],
    ['an exception', 'def f(): return 1 / 0', 'runtime', 'ZeroDivisionError'],
    ['an exception on import', 'import nowhere\ndef f(): return 1', 'runtime', 'ModuleNotFoundError'],
    ['a name that is not there', 'def g(): return 1', 'wrong_answer', "cannot import name 'f'"],
    ['no Python', 'def f(: return 1', 'syntax', 'invalid syntax'],
    ['an endless loop', 'def f():\n    while True: pass', 'time_limit', 'CPU time'],
    ['sleep', 'import time\ndef f(): time.sleep(1000)', 'time_limit', 'no verdict within'],
    ['an end', 'import os\ndef f(): os._exit(0)', 'crash', 'ended without an answer'],
    ['too much memory', 'def f(): return len(bytearray(1 << 40))', 'memory', 'MemoryError'],
    ['too much of an answer', 'def f(): return [0] * 10 ** 6', 'runtime', 'too many values'],
    ['endless data', 'def f():\n    while True: yield 1', 'time_limit', ''],
  ] as const)('%s', async (_, source, outcome, error) => {
    const first = source.includes('yield') ? 'sum(f())' : 'f()'
    const file = { 'test_f.py': `from solution import f\ndef test_f():\n    assert ${first} == 1\n` }
    const score = await verdict({ 'solution.py': source }, { tests: file, timeout: 1 })
    expect(score).toMatchObject({ outcome, value: 0, detail: { error: expect.stringContaining(error) } })
  })
})
