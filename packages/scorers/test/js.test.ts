import { createRequire } from 'node:module'
import { isDeepStrictEqual } from 'node:util'
import type { AssertCode, IoCode, Json, Language } from '@bench/datasets'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { compile } from '../src/execution/js/compile.js'
import { Room } from '../src/execution/room.js'
import { backstop } from '../src/execution/time.js'
import { openJudge } from '../src/index.js'
import { compilerProgram } from '../src/javascript.js'
import { nodeDriver } from './boxes.js'
import { sharedHostile } from './setup.js'

const require = createRequire(import.meta.url)
const { encode, encodeContents, numbering } = require('../javascript/encode.cjs')
const { decode, refill } = require('../javascript/decode.cjs')

const sandbox = await nodeDriver()
const judge = openJudge(sandbox, { size: 2 })
afterAll(() => judge[Symbol.asyncDispose]())

const again = (value: unknown): unknown => decode(JSON.parse(encode(value)))

const leaf = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(null, undefined, -0, '\ud800', '$ref', '__proto__'),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array(),
  fc.float64Array(),
)
const value = fc.letrec((tie) => ({
  any: fc.oneof({ depthSize: 'small' }, leaf, tie('list'), tie('object'), tie('map'), tie('set')),
  list: fc.array(tie('any')),
  object: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$ref', '__proto__', '$map')), tie('any')),
  map: fc.array(fc.tuple(tie('any'), tie('any'))).map((pairs) => new Map(pairs)),
  set: fc.array(tie('any')).map((items) => new Set(items)),
})).any

describe('values across the wall', () => {
  test('arrive as they left', () => {
    fc.assert(fc.property(value, (x) => isDeepStrictEqual(again(x), x)))
  })

  test('are one where they were one, and hold themselves where they did', () => {
    const shared = { a: 1 }
    const ring: unknown[] = [shared, shared]
    ring.push(ring)
    const copy = again(ring) as unknown[]
    expect(copy[0]).toBe(copy[1])
    expect(copy[2]).toBe(copy)
  })

  test.each<[string, unknown]>([
    ['holes', Object.assign(new Array(3), { 0: 1, 2: 3 })],
    ['fields of a list', Object.assign([1], { x: 2 })],
    ['a list’s own class', class L extends Array {}.from([1, 2])],
    ['a null prototype', Object.assign(Object.create(null), { a: 1 })],
    ['an error', Object.assign(new TypeError('x'), { code: 3 })],
    ['a regular expression', /a\/b/giu],
    ['a boxed value', Object(5n)],
    [
      'an object’s class',
      new (class Point {
        x = 1
      })(),
    ],
  ])('%s', (_name, x) => {
    expect(encode(again(x))).toBe(encode(x))
  })

  test.each<[string, unknown]>([
    ['a function', () => {}],
    ['a symbol', Symbol('x')],
    ['a promise', Promise.resolve()],
    ['a field named by a symbol', { [Symbol('x')]: 1 }],
    ['more than is carried', new Array(200_000).fill(0)],
    ['what is nested too deep', Array.from({ length: 200 }).reduce((x) => [x], [])],
  ])('%s is refused', (_name, x) => {
    expect(() => encode(x)).toThrow()
  })

  test('getters are read once, and what they read is data', () => {
    let reads = 0
    const copy = again({
      get n() {
        return ++reads
      },
    }) as object
    expect(reads).toBe(1)
    expect(Object.getOwnPropertyDescriptor(copy, 'n')).toMatchObject({ value: 1 })
  })

  test('what is fed to it becomes data or is refused', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('$map', '$ref', '$instance', '$error', '$array', '$typed', '$x'),
        (x, tag) => {
          for (const fed of [x, { [tag]: x }, [{ [tag]: x }]])
            try {
              JSON.stringify(encode(decode(fed)))
            } catch (error) {
              expect(error).toBeInstanceOf(Error)
            }
          expect(Object.keys(Object.prototype)).toEqual([])
        },
      ),
    )
  })

  test('contents go back into the object that they are of', () => {
    const list: unknown[] = [1]
    const known = numbering()
    encode([list], known)
    const changed = [{ a: [2] }, list]
    refill(list, JSON.parse(encodeContents(changed, new Map([[list, 1]]))), [[], list])
    expect(list[0]).toEqual({ a: [2] })
    expect(list[1]).toBe(list)
  })
})

const io = (cases: readonly (readonly [Json[] | string, Json])[], parts: Partial<IoCode> = {}): IoCode => ({
  kind: 'io',
  language: 'javascript',
  entryPoint: 'f',
  cases: cases.map(([input, expected]) => ({ input, expected, timeout: 5, weight: 1 })),
  ...parts,
})
const program = (cases: readonly (readonly [string, string])[]): IoCode => {
  const { entryPoint: _, ...rest } = io(cases)
  return rest
}

describe(`inputs and outputs, in ${sandbox.name}`, () => {
  test.each<[string, string, Json[], Json, boolean]>([
    ['a function', 'function f(a, b) { return a + b }', [1, 2], 3, true],
    ['a promise', 'const f = async (a) => a', [1], 1, true],
    [
      'a module',
      "import { EOL } from 'node:os'\nexport function f(a) { return a + EOL }",
      ['x'],
      'x\n',
      true,
    ],
    ['an exported constant', 'export const f = (a) => a', [1], 1, true],
    ['what is exported by CommonJS', 'module.exports = { f: (a) => a }', [1], 1, true],
    ['a default export', 'export default function (a) { return a }', [1], 1, true],
    [
      'nested data',
      'const f = (a) => ({ b: [a, null, { c: [] }] })',
      [1.5],
      { b: [1.5, null, { c: [] }] },
      true,
    ],
    ['a map for an object', 'const f = () => new Map([["a", 1]])', [], { a: 1 }, true],
    ['true for 1', 'const f = () => true', [], 1, false],
    ['[1] for [true]', 'const f = () => [{ a: 1 }]', [], [{ a: true }], false],
    ['"1" for 1', 'const f = () => "1"', [], 1, false],
    ['undefined for null', 'const f = () => {}', [], null, false],
    ['NaN', 'const f = () => NaN', [], { $float: 'nan' }, false],
    ['an infinity', 'const f = () => -Infinity', [], { $float: '-inf' }, true],
    ['a big integer', 'const f = () => 2n ** 64n', [], { $int: '0x10000000000000000' }, true],
    ['state that leaks into the next call', 'let n = 0; const f = () => ++n', [], 1, false],
  ])('%s', async (_name, source, input, expected, passes) => {
    const { outcome, value } = await judge.judge(io([[input, expected]]), source)
    expect({ outcome, value }).toEqual(
      passes ? { outcome: 'pass', value: 1 } : { outcome: 'wrong_answer', value: 0 },
    )
  })

  test('built-ins that an answer changed for itself change no answer', async () => {
    const spoilt = [
      'Map.prototype.get',
      'Map.prototype.set',
      'Set.prototype.forEach',
      'Array.prototype.join',
      'String.prototype.startsWith',
    ]
    const source = `${spoilt.map((name) => `${name} = () => 'spoilt'`).join('\n')}\nconst f = (x) => ({ a: [x], b: new Set([x]) })`
    const spec = io([[[1], { a: [1], b: { $set: [1] } }]])
    expect(await judge.judge(spec, source)).toMatchObject({ outcome: 'pass', value: 1 })
  })

  test('a method of a class', async () => {
    const spec = io([[[2], 4]], { entryPoint: 'Solution.twice' })
    expect(await judge.judge(spec, 'class Solution { twice(x) { return 2 * x } }')).toMatchObject({
      value: 1,
    })
  })

  test.each<[string, string, string]>([
    [
      'reads and prints',
      "console.log(require('fs').readFileSync(0, 'utf8').trim().split(' ').length)",
      'pass',
    ],
    [
      'reads as it comes',
      "let s = ''\nprocess.stdin.on('data', (d) => (s += d)).on('end', () => console.log(s.trim().split(' ').length))",
      'pass',
    ],
    [
      'is a module',
      "import fs from 'fs'\nconst text = await new Promise((r) => fs.readFile('/dev/stdin', 'utf8', (_, t) => r(t)))\nconsole.log(text.trim().split(' ').length)",
      'pass',
    ],
    ['prints at its end', "process.on('exit', () => console.log(3))", 'pass'],
    ['prints something else', 'console.log(4)', 'wrong_answer'],
    ['ends with an error', 'console.log(3)\nnull.x', 'runtime'],
    ['ends with 1', 'console.log(3)\nprocess.exit(1)', 'runtime'],
    ['is no program', 'console.log(3', 'syntax'],
    ['rejects', 'console.log(3)\nPromise.reject(new Error("x"))', 'runtime'],
  ])('a program that %s', async (_name, source, outcome) => {
    expect(await judge.judge(program([['a b c\n', '3\n']]), source)).toMatchObject({ outcome })
  })

  test('what went wrong is told with the lines of the candidate’s own', async () => {
    const score = await judge.judge(io([[[1], 1]]), 'function g() {\n  return null.x\n}\nconst f = () => g()')
    expect(score).toMatchObject({ outcome: 'runtime' })
    expect(JSON.stringify(score.detail)).toContain(
      'line 4, in f: const f = () => g() · line 2, in g: return null.x',
    )
  })
})

const spec = (test: string, parts: Partial<AssertCode> = {}): AssertCode => ({
  kind: 'assert',
  language: 'javascript',
  entryPoint: 'f',
  prompt: '',
  style: 'check',
  timeout: 5,
  test: `const assert = require('assert')\n${test}`,
  ...parts,
})

/** The first is played on the stage, the second joined to the candidate's process. */
const ways = ['', '// async\n']

test('what a test would have asked after another answer is not held against code', async () => {
  const test = spec('function check(c) { if (c(1) !== 2) c(99); assert.strictEqual(c(2), 3) }', {
    timeout: 1,
  })
  const once = spec('function check(c) { for (const x of [1, 2, 99]) if (c(x) === 3) break }', { timeout: 1 })
  const source = 'function f(x) { if (x === 99) for (;;); return x + 1 }'
  expect(await judge.judge(test, source)).toMatchObject({ outcome: 'pass' })
  expect(await judge.judge(once, source)).toMatchObject({ outcome: 'pass' })
})

describe.each(ways)(`assertions, in ${sandbox.name}, behind %j`, (before) => {
  test.each<[string, string, string, string]>([
    [
      'a value',
      'function f(x) { return x + 1 }',
      'function check(c) { assert.strictEqual(c(1), 2) }',
      'pass',
    ],
    [
      'loose equality',
      'function f(x) { return "2" }',
      'function check(c) { assert.deepEqual(c(1), 2) }',
      'pass',
    ],
    [
      'strict equality',
      'function f(x) { return "2" }',
      'function check(c) { assert.deepStrictEqual(c(1), 2) }',
      'wrong_answer',
    ],
    [
      'an argument that is changed',
      'function f(a) { a.sort(); a.push({ n: a }) }',
      'function check(c) { const a = [2, 1]; c(a); assert.deepStrictEqual(a.slice(0, 2), [1, 2]); assert.strictEqual(a[2].n, a) }',
      'pass',
    ],
    [
      'an argument that comes back',
      'function f(a, b) { b.x = 1; return b }',
      'function check(c) { const b = {}; assert.strictEqual(c(1, b), b); assert.strictEqual(b.x, 1) }',
      'pass',
    ],
    [
      'an error of its class',
      'function f() { throw new RangeError("far") }',
      'function check(c) { assert.throws(() => c(), RangeError); assert.throws(() => c(), /far/) }',
      'pass',
    ],
    [
      'an error that nobody awaits',
      'function f() { throw new RangeError("far") }',
      'function check(c) { assert.ok(c()) }',
      'runtime',
    ],
    [
      'something else that is thrown',
      'function f() { throw { code: 3 } }',
      'function check(c) { try { c() } catch (e) { assert.deepStrictEqual(e, { code: 3 }); return } assert.fail() }',
      'pass',
    ],
    [
      'a class of its own',
      'class P { x = 1 }\nfunction f() { return new P() }',
      'function check(c) { assert.deepEqual(c(), { x: 1 }); assert.notDeepStrictEqual(c(), { x: 1 }); assert.strictEqual(c().constructor.name, "P") }',
      'pass',
    ],
    [
      'calls that hang on answers',
      'function f(x) { return x * 2 }',
      'function check(c) { assert.strictEqual(c(c(c(1))), 8) }',
      'pass',
    ],
    [
      'a promise that is compared',
      'async function f(x) { return x }',
      'function check(c) { assert.deepEqual(c(1), 1) }',
      'wrong_answer',
    ],
    [
      'state that is kept',
      'let n = 0\nfunction f() { return ++n }',
      'function check(c) { assert.strictEqual(c(), 1); assert.strictEqual(c(), 2) }',
      'pass',
    ],
    ['no function of that name', 'function g() {}', 'function check(c) { assert.ok(c()) }', 'runtime'],
    ['no program', 'function f( {', 'function check(c) { assert.ok(c()) }', 'syntax'],
    [
      'a test that exits',
      'function f() { return 1 }',
      'function check(c) { if (c() !== 2) process.exit(1) }',
      'wrong_answer',
    ],
  ])('%s', async (_name, source, test, outcome) => {
    expect(await judge.judge(spec(before + test), source)).toMatchObject({ outcome })
  })

  test('a function as an argument is carried nowhere', async () => {
    const score = await judge.judge(spec(`${before}function check(c) { c(() => 1) }`), 'function f() {}')
    expect(score).toMatchObject({
      outcome: 'wrong_answer',
      detail: { error: expect.stringContaining('carried over') },
    })
  })
})

describe(`tests that wait, in ${sandbox.name}`, () => {
  test.each<[string, string, string, string]>([
    [
      'a value',
      'async function f(x) { return x + 1 }',
      'async function check(c) { assert.strictEqual(await c(1), 2) }',
      'pass',
    ],
    [
      'an error',
      'async function f() { throw new TypeError("x") }',
      'async function check(c) { await assert.rejects(c(), TypeError) }',
      'pass',
    ],
    [
      'a wrong value',
      'async function f(x) { return x }',
      'async function check(c) { assert.strictEqual(await c(1), 2) }',
      'wrong_answer',
    ],
    [
      'a wrong value that nobody awaits',
      'async function f(x) { return x }',
      'function check(c) { c(1).then((v) => assert.strictEqual(v, 2)) }',
      'wrong_answer',
    ],
    [
      'a wrong value after a while',
      'function f(x) { return x }',
      'function check(c) { setTimeout(() => assert.strictEqual(c(1), 2), 5) }',
      'wrong_answer',
    ],
    [
      'a promise that never comes',
      'function f() { return new Promise(() => {}) }',
      'async function check(c) { assert.ok(await c()) }',
      'crash',
    ],
  ])('%s', async (_name, source, test, outcome) => {
    expect(await judge.judge(spec(test), source)).toMatchObject({ outcome })
  })
})

test('an answer that nobody had asked for is forged', async () => {
  const source = `const fs = require('node:fs')
function f() {
  const text = '{"id":"0000000000000000","value":2}'
  const frame = Buffer.alloc(4 + text.length)
  frame.writeUInt32BE(text.length)
  frame.write(text, 4)
  fs.writeSync(5, frame)
  return 1
}`
  const test = 'async function check(c) { assert.strictEqual(await c(1), 2) }'
  expect(await judge.judge(spec(test), source)).toMatchObject({ outcome: 'forged', value: 0 })
})

test('a program that dies after its last answer has not passed', async () => {
  const source = 'setTimeout(() => process.kill(process.pid, "SIGKILL"))\nfunction f(x) { return x }'
  const test = 'function check(c) { assert.strictEqual(c(1), 1) }'
  expect(await judge.judge(spec(test), source)).toMatchObject({ outcome: 'crash', value: 0 })
})

describe(`TypeScript, in ${sandbox.name}`, () => {
  const typed = (parts: Partial<AssertCode> = {}) =>
    spec('function check(c: any) { assert.strictEqual(c(1), 2) }', { language: 'typescript', ...parts })

  test.each<[string, string]>([
    ['types', 'function f<T extends number>(x: T): number { return (x as number) + 1 }'],
    [
      'enums and namespaces',
      'enum E { one = 1 }\nnamespace N { export const two: number = E.one + 1 }\nfunction f(x: number) { return N.two }',
    ],
    ['exports', 'export function f(x: number): number { return x + 1 }'],
    [
      'imports',
      "import { sep } from 'path'\nimport type { Stats } from 'fs'\nexport const f = (x: number): number => x + sep.length",
    ],
    ['errors of type', 'function f(x: string): string { return x + 1 as any && (2 as any) }'],
  ])('loses its %s', async (_name, source) => {
    expect(await judge.judge(typed(), source)).toMatchObject({ outcome: 'pass' })
  })

  const checked = (source: string) =>
    judge.judge(
      typed({
        typeCheck: true,
        style: 'script',
        test: "declare var require: any;\nconst assert = require('node:assert');\nassert.deepEqual(f(1), 2);",
      }),
      source,
    )

  test.each<[string, string, string]>([
    ['right', 'function f(x: number): number { return x + 1 }', 'pass'],
    ['an error of type', 'function f(x: number): string { return x + 1 }', 'syntax'],
    ['an error of type where it is called', 'function f(x: string): any { return 2 }', 'syntax'],
    ['a missing module', "import * as fs from 'fs'\nfunction f(x: number): number { return 2 }", 'syntax'],
    [
      'an error in a library',
      'interface Node { value: number }\nfunction f(x: number): number { return x + 1 }',
      'syntax',
    ],
    [
      'an interface of its own',
      'interface Mine { value: number }\nfunction f(x: number): number { return x + 1 }',
      'pass',
    ],
    ['an export', 'export function f(x: number): number { return x + 1 }', 'syntax'],
    [
      'a constant that only the compiler knows',
      'declare const enum E { one = 1 }\nfunction f(x: number): number { return x + E.one }',
      'pass',
    ],
    [
      'a mark of its encoding',
      '\ufeff#!/usr/bin/env node\nfunction f(x: number): number { return x + 1 }',
      'pass',
    ],
    ['assert of the test', 'function f(x: number): number { assert.ok(x > 0); return x + 1 }', 'pass'],
  ])('checked: %s', async (_name, source, outcome) => {
    expect(await checked(source)).toMatchObject({ outcome })
  })

  test('the compiler counts its own CPU time', async () => {
    const options = { runtime: 'node', files: compilerProgram, memoryBytes: 1 << 30 } as const
    await using room = new Room(sandbox, {
      ...options,
      program: 'compiler.cjs',
      maxQuestions: 9,
      readySec: 120,
    })
    const ask = (cpuSec: number) => room.ask(JSON.stringify({ source: 'let x: number', cpuSec }), 60)
    expect(String(await ask(0))).toBe('{"over":true}')
    expect(JSON.parse(String(await ask(60)))).toEqual({ code: expect.stringContaining('let x;') })
  })

  test('the clock ends only a compiler that stands still', async () => {
    const asked: (readonly [unknown, number])[] = []
    const over = async (question: string, seconds: number) => {
      asked.push([JSON.parse(question).cpuSec, seconds])
      return Buffer.from('{"over":true}')
    }
    expect(await compile(typed(), 'let x', { ask: over })).toMatchObject({ outcome: 'time_limit' })
    expect(await compile(typed(), 'let x', { ask: async () => 'late' })).toMatchObject({
      outcome: 'time_limit',
    })
    expect(asked).toEqual([[15, backstop(15)]])
  })

  test('an error of type is told by its code and line', async () => {
    const score = await checked('function f(x: number): string {\n  return x + 1\n}')
    expect(score.detail?.error).toBe("TS2322: Type 'number' is not assignable to type 'string'. (line 2)")
  })

  test('what one answer declares the next does not find', async () => {
    await checked(
      'interface Array<T> { second(): T }\ndeclare var leaked: number\nfunction f(x: number): number { return x + 1 }',
    )
    expect(await checked('function f(x: number): number { return leaked }')).toMatchObject({
      outcome: 'syntax',
    })
    expect(await checked('function f(x: number): number { return [x].second() }')).toMatchObject({
      outcome: 'syntax',
    })
  })
})

/** What `node file.js` makes of the answer and the test in one file. */
describe(`a script and its test, in ${sandbox.name}`, () => {
  const script = 'function test() {\n  assert.deepEqual(f(1), 2)\n}\n\ntest();'
  test.each<[string, string, string]>([
    ['that is right', 'function f(x) { return x + 1 }', 'pass'],
    [
      'that never ends by itself',
      'setInterval(() => {}, 1000)\nfunction f(x) { return x + 1 }',
      'time_limit',
    ],
    ['that ends with another exit code', 'process.exitCode = 3\nfunction f(x) { return x + 1 }', 'runtime'],
    ['that fails in the end', 'setTimeout(() => null.x, 5)\nfunction f(x) { return x + 1 }', 'runtime'],
    ['that takes a name of the test', 'const assert = 1\nfunction f(x) { return x + 1 }', 'syntax'],
    [
      'that takes a name which may be taken twice',
      'function test() {}\nfunction f(x) { return x + 1 }',
      'pass',
    ],
    ['that exports', 'export function f(x) { return x + 1 }', 'syntax'],
    ['that exports by CommonJS alone', 'exports.f = (x) => x + 1', 'runtime'],
    [
      'that is strict',
      '"use strict"\nconst f = function (x) { return this === undefined ? x + 1 : 0 }',
      'pass',
    ],
    ['that uses what the test requires', 'function f(x) { assert.ok(x); return x + 1 }', 'pass'],
    ['that uses it before it is there', 'assert.ok(1)\nfunction f(x) { return x + 1 }', 'runtime'],
    ['that requires nothing of use', 'var require = 1\nfunction f(x) { return x + 1 }', 'runtime'],
    [
      'that calls the test in place of its own',
      'function test() { console.log(f(1)) }\ntest()\nfunction f(x) { return x + 1 }',
      'runtime',
    ],
    [
      'whose helper the test replaces',
      'function test(x) { return x + 1 }\nfunction f(x) { return test(x) }',
      'runtime',
    ],
    ['that calls the test once more', 'setTimeout(test)\nfunction f(x) { return x + 1 }', 'pass'],
    ['that makes data of the test', 'var test = [1]\nfunction f(x) { return x + 1 }', 'runtime'],
    ['that makes another test of the test', 'var test = () => f(1)\nfunction f(x) { return x + 1 }', 'pass'],
    [
      'that makes another test of the test and is wrong',
      'var test = () => f(1)\nfunction f(x) { return x }',
      'wrong_answer',
    ],
    ['that prints what is no text', 'function f(x) { process.stdout.write(x); return x + 1 }', 'runtime'],
    [
      'that prints in every other way',
      'const { stdout } = process\nstdout.cork(); stdout.write(Buffer.from("x")); stdout.write("y", () => stdout.end()); stdout.uncork()\nfunction f(x) { return x + 1 }',
      'pass',
    ],
    [
      'that ends with another exit code after all',
      'process.on("exit", () => { process.exitCode = 3 })\nfunction f(x) { return x + 1 }',
      'runtime',
    ],
    [
      'that fails at its end',
      'process.on("exit", () => { throw 1 })\nfunction f(x) { return x + 1 }',
      'crash',
    ],
    [
      'that goes on before its end',
      'process.once("beforeExit", () => setTimeout(() => { process.exitCode = 3 }))\nfunction f(x) { return x + 1 }',
      'runtime',
    ],
  ])('%s', async (_name, source, outcome) => {
    expect(await judge.judge(spec(script, { style: 'script', timeout: 1 }), source)).toMatchObject({
      outcome,
    })
  })
})

/** The hostile programs at hand, as what they are: none adds, and none is anybody's fault but its own. */
describe(`hostile programs, in ${sandbox.name}`, () => {
  const programs = sharedHostile('j')
  test.skipIf(programs.length > 0)('are not here to be judged', (context) => context.skip())
  test.skipIf(programs.length === 0).each(programs)('%s', async (_name, source) => {
    const add = (language: Language): AssertCode =>
      spec('function check(c) { assert.strictEqual(c(2, 3), 5) }', {
        entryPoint: 'add',
        language,
        timeout: 1,
      })
    const { outcome, value } = await judge.judge(add('javascript'), source)
    expect(value).toBe(0)
    expect(outcome).not.toBe('infra')
  })
})
