import { fileURLToPath } from 'node:url'
import type { ProjectCode } from '@bench/datasets'
import { describe, expect, test } from 'vitest'
import { scorer } from '../src/index.js'
import { projectDriver } from './boxes.js'
import { attempt, makeTask } from './setup.js'

const sandbox = await projectDriver()
const judge = await scorer({ name: 'project-tests' })

const modules = { 'package.json': '{"type": "module"}' }

async function verdict(files: Record<string, string>, parts: Partial<ProjectCode>) {
  const reply = Object.entries(files).map(([path, text]) => `<file path="${path}">\n${text}\n</file>`)
  const code: ProjectCode = {
    kind: 'project',
    language: 'javascript',
    files: modules,
    answer: ['solution.js'],
    tests: {},
    runner: 'node:test',
    passes: 1,
    timeout: 2,
    ...parts,
  }
  return judge.score(attempt(makeTask({ code }), reply.join('\n')), { sandbox })
}

const solution = `
export class StackError extends Error {
  constructor(message) { super(message); this.name = 'StackError'; this.code = 7 }
}
export class Empty extends StackError {}
export class Stack {
  static size = 3
  items = []
  push(x) { this.items.push(x); return this }
  pop() { if (!this.items.length) throw new Empty('empty stack'); return this.items.pop() }
  get length() { return this.items.length }
  [Symbol.iterator]() { return this.items[Symbol.iterator]() }
}
export class Point { constructor(x, y) { this.x = x; this.y = y } }
export const add = (a, b) => a + b
export const LIMIT = 10
export function sort(xs) { xs.sort() }
export const each = (xs, f) => xs.map((x) => f(x))
export const adder = (n) => (m) => n + m
export async function later(x) {
  await new Promise((done) => setTimeout(done, 20))
  if (x < 0) throw new TypeError('negative')
  return x * 2
}
export function* count() { yield 1; yield 2 }
export default function main() { return { a: [1, new Map([[1, 2]])], u: undefined, d: new Date(5), z: -0 } }
`

const tests = `
import { describe, it, test } from 'node:test'
import assert from 'node:assert/strict'
import main, { add, adder, count, each, Empty, later, LIMIT, Point, sort, Stack, StackError } from './solution.js'

test('plain data', () => {
  assert.equal(add(1, 2), 3)
  assert.equal(add(1n, 2n), 3n)
  assert.equal(add(0.1, 0.2), 0.1 + 0.2)
  assert.ok(Number.isNaN(add(Number.NaN, 1)))
  assert.equal(LIMIT, 10)
  assert.deepEqual(main(), { a: [1, new Map([[1, 2]])], u: undefined, d: new Date(5), z: -0 })
})
test('arguments changed', () => {
  const xs = [3, 1, 2]
  sort(xs)
  assert.deepEqual(xs, [1, 2, 3])
})
test('functions there and here', () => {
  const seen = []
  assert.deepEqual(each([1, 2], (x) => x * 10), [10, 20])
  each([1, 2], (x) => { seen.push(x) })
  assert.deepEqual(seen, [1, 2])
  assert.equal(adder(2)(3), 5)
  assert.deepEqual([...count()], [1, 2])
})
test('promises', async () => {
  assert.equal(await later(2), 4)
  await assert.rejects(later(-1), TypeError)
  assert.deepEqual(await Promise.all([later(1), later(2)]), [2, 4])
})
describe('classes', () => {
  it('keep their state', () => {
    const s = new Stack()
    assert.equal(s.push(1).push(2), s)
    assert.equal(s.pop(), 2)
    assert.equal(s.length, 1)
    assert.deepEqual([...s], [1])
    assert.ok(s instanceof Stack && !(s instanceof Empty))
    assert.equal(Stack.size, 3)
  })
  it('raise', () => {
    for (const kind of [Empty, StackError, Error]) assert.throws(() => new Stack().pop(), kind)
    assert.throws(() => new Stack().pop(), { name: 'StackError', code: 7, message: /empty/ })
  })
  it('have fields', () => {
    const p = new Point(1, 2)
    assert.equal(p.x, 1)
    assert.deepEqual({ ...p }, { x: 1, y: 2 })
    assert.deepEqual(p, new Point(1, 2))
    assert.notDeepEqual(p, { x: 1, y: 2 })
  })
})
`

describe(`a project of Node in ${sandbox.name}`, () => {
  test('functions, classes, errors, promises', async () => {
    const score = await verdict(
      { 'solution.js': solution },
      { tests: { 'solution.test.js': tests }, passes: 7 },
    )
    expect(score).toMatchObject({ outcome: 'pass', value: 1, detail: { passed: 7, total: 7 } })
  })

  test('CommonJS, whole and by names', async () => {
    const whole = {
      files: {},
      tests: {
        'a.test.js':
          "const { test } = require('node:test')\nconst assert = require('node:assert')\n" +
          "const add = require('./solution')\ntest('a', () => assert.equal(add(1, 2), 3))",
      },
    }
    expect(await verdict({ 'solution.js': 'module.exports = (a, b) => a + b' }, whole)).toMatchObject({
      outcome: 'pass',
    })
    const named = {
      files: {},
      tests: {
        'a.test.mjs':
          "import { test } from 'node:test'\nimport assert from 'node:assert'\n" +
          "import { add } from './solution.js'\ntest('a', () => assert.equal(add(1, 2), 3))",
      },
    }
    expect(await verdict({ 'solution.js': 'exports.add = (a, b) => a + b' }, named)).toMatchObject({
      outcome: 'pass',
    })
  })

  test('TypeScript, several files, files that are given', async () => {
    const parts: Partial<ProjectCode> = {
      language: 'typescript',
      answer: ['src/price.ts', 'src/cart.ts'],
      files: { ...modules, 'src/tax.ts': 'export const tax: number = 2\n' },
      tests: {
        'test/cart.test.ts':
          "import { test } from 'node:test'\nimport assert from 'node:assert/strict'\n" +
          "import { total } from '../src/cart.js'\nimport { tax } from '../src/tax.ts'\nimport type { Item } from '../src/price.js'\n" +
          "test('total', () => { const items: Item[] = [{ n: 1 }, { n: 2 }]; assert.equal(total(items), 3 + 2 * tax) })",
      },
    }
    const files = {
      'src/price.ts':
        "import { tax } from './tax'\nexport interface Item { n: number }\nexport const price = (i: Item): number => i.n + tax",
      'src/cart.ts':
        "import { type Item, price } from './price.js'\nexport enum Kind { A }\nexport const total = (items: Item[]) => items.map(price).reduce((a, b) => a + b, 0)",
    }
    expect(await verdict(files, parts)).toMatchObject({ outcome: 'pass' })
    const broken = { ...files, 'src/cart.ts': 'export const total = (items: Item[] =>' }
    expect(await verdict(broken, parts)).toMatchObject({ outcome: 'syntax' })
  })

  test.each([
    ['a wrong answer', 'export const f = () => 2', 'wrong_answer', 'strictly equal'],
    ['an error', 'export const f = () => null.x', 'runtime', 'TypeError'],
    ['a name that is not there', 'export const g = 1', 'wrong_answer', 'does not provide an export'],
    ['no JavaScript', 'export const f = (', 'syntax', 'SyntaxError'],
    [
      'an import of nothing',
      "import './nowhere.js'\nexport const f = () => 1",
      'runtime',
      'Cannot find module',
    ],
    ['an endless loop', 'export const f = () => { for (;;); }', 'time_limit', 'CPU time'],
    ['an end', 'export const f = () => process.exit(0)', 'crash', 'ended without an answer'],
    ['too much of an answer', 'export const f = () => Array(1e6).fill(0)', 'runtime', 'too many values'],
  ] as const)('%s', async (_, source, outcome, error) => {
    const file = {
      'f.test.js':
        "import { test } from 'node:test'\nimport assert from 'node:assert/strict'\nimport { f } from './solution.js'\n" +
        "test('f', () => assert.equal(f(), 1))",
    }
    const score = await verdict({ 'solution.js': source }, { tests: file, timeout: 1 })
    expect(score).toMatchObject({ outcome, value: 0, detail: { error: expect.stringContaining(error) } })
  })

  const vitest = `
import { describe, expect, test, vi } from 'vitest'
import { add, later, Point, Stack } from './solution.js'

test('plain data', () => expect(add(1, 2)).toBe(3))
test('promises', async () => {
  await expect(later(2)).resolves.toBe(4)
  await expect(later(-1)).rejects.toThrow(TypeError)
})
describe('classes', () => {
  test('keep their state', () => {
    const stack = new Stack()
    expect(stack.push(1).pop()).toBe(1)
    expect(() => stack.pop()).toThrow('empty')
  })
  test('have fields', () => expect(new Point(1, 2)).toEqual({ x: 1, y: 2 }))
})
test('functions of the tests', () => {
  const seen = vi.fn()
  seen(add('a', 'b'))
  expect(seen).toHaveBeenCalledWith('ab')
})
`
  const prepared = fileURLToPath(new URL('../../../node_modules', import.meta.url))

  test('vitest, from prepared modules', async (context) => {
    const mount = [{ source: prepared, target: '/node_modules' }]
    const opened = await sandbox.open({ mounts: mount }).catch((error: Error) => error)
    if (opened instanceof Error) context.skip(opened.message)
    else await opened[Symbol.asyncDispose]()
    const parts: Partial<ProjectCode> = {
      runner: 'vitest',
      modules: prepared,
      tests: { 'solution.test.js': vitest },
      passes: 5,
    }
    expect(await verdict({ 'solution.js': solution }, parts)).toMatchObject({
      outcome: 'pass',
      detail: { passed: 5, runner: expect.stringContaining('vitest') },
    })
    const lie = solution.replace('(a, b) => a + b', '() => ({ asymmetricMatch: () => true })')
    expect(await verdict({ 'solution.js': lie }, parts)).toMatchObject({
      outcome: 'wrong_answer',
      detail: { passed: 3, failed: 2 },
    })
    const { modules: _, ...without } = parts
    await expect(verdict({ 'solution.js': solution }, without)).rejects.toMatchObject({ code: 'bad_options' })
  })
})
