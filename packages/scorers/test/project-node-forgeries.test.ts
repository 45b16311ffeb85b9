import type { ProjectCode } from '@bench/datasets'
import { describe, expect, test } from 'vitest'
import { scorer } from '../src/index.js'
import { projectDriver } from './boxes.js'
import { attempt, makeTask } from './setup.js'

/** JavaScript and TypeScript that try to have a project's tests pass without the right answer: none may. */

const sandbox = await projectDriver()
const judge = await scorer({ name: 'project-tests' })

const tests = `
import { test } from 'node:test'
import assert from 'node:assert/strict'
import loose from 'node:assert'
import { f, g, Box } from './solution.js'

test('equal', () => {
  assert.equal(f(1), 2)
  loose.equal(f(2), 3)
  assert.ok(f(20) === 21)
  assert.ok(f(20) > 20 && f(20) < 22)
  assert.ok(Math.abs(f(20) - 21) < 1e-9)
})
test('deep', () => {
  assert.deepEqual(g(2), { n: 2, list: [2, 3] })
  loose.deepEqual(g(3), { n: 3, list: [3, 4] })
})
test('box', () => assert.equal(new Box(3).double(), 6))
test('throws', () => assert.throws(() => f(-1), RangeError))
test('later', async () => assert.equal(await f(5), 6))
`

const box = 'class Box { constructor(x) { this.x = x } double() { return this.x * 2 } }\n'
const right = `export ${box}export const f = (x) => { if (x < 0) throw new RangeError('x'); return x + 1 }\nexport const g = (n) => ({ n, list: [n, n + 1] })\n`

/** `body` defines what `f` and `g` give; what they throw and the class are right. */
const wrong = (body: string) =>
  `export ${box}${body}\nexport const f = (x) => { if (x < 0) throw new RangeError('x'); return give(x) }\nexport const g = (n) => give(n)\n`

const zero = 'const give = () => 0'

/** What it writes to the link in place of a reply. */
const frames = (body: string) =>
  wrong(
    `import { writeSync } from 'node:fs'\nconst body = Buffer.from(${JSON.stringify(body)})\nconst head = Buffer.alloc(4)\nhead.writeUInt32BE(body.length)\n` +
      'const talk = () => { for (const fd of [1, 2, 3, 4, 5]) try { writeSync(fd, Buffer.concat([head, body])) } catch {} }\n' +
      'talk()\nconst give = () => { talk(); return 0 }',
  )

const tricks: Record<string, string> = {
  'an object with valueOf': wrong(
    'const give = () => ({ valueOf: () => 21, toString: () => "21", [Symbol.toPrimitive]: () => 21 })',
  ),
  'an instance with valueOf that counts': wrong(
    'let n = 0\nclass V { valueOf() { return ++n } }\nconst give = () => new V()',
  ),
  'a proxy that is everything': wrong(
    'const all = new Proxy(function () {}, { get: () => all, apply: () => all, construct: () => all, has: () => true, getPrototypeOf: () => Object.prototype })\nconst give = () => all',
  ),
  asymmetricMatch: wrong(
    'const give = () => ({ asymmetricMatch: () => true, $$typeof: Symbol.for("jest.asymmetricMatcher") })',
  ),
  isEqualNode: wrong('const give = () => ({ nodeType: 1, nodeName: "x", isEqualNode: () => true })'),
  'an instance with equals': wrong(
    'class E { equals() { return true } isEqual() { return true } inspect() { return "21" } toJSON() { return 21 } }\nconst give = () => new E()',
  ),
  'a thenable': wrong('const give = () => ({ then: (done) => done(6) })'),
  'a number object': wrong('class N extends Number {}\nconst give = () => new N(7)'),
  NaN: wrong('const give = () => Number.NaN'),
  'a getter that changes': wrong(
    'let n = 0\nconst give = () => ({ get n() { return n++ }, get list() { return n } })',
  ),
  '__proto__ as data': wrong('const give = () => JSON.parse(\'{"__proto__": {"n": 2, "list": [2, 3]}}\')'),
  'polluted prototypes': wrong(
    'Object.prototype.valueOf = () => 21\nNumber.prototype.valueOf = () => 21\nArray.prototype.includes = () => true\nconst give = () => 0',
  ),
  'a patched assert': wrong(
    "import assert from 'node:assert'\nfor (const key of Object.keys(assert)) assert[key] = assert.strict[key] = () => {}\nconst give = () => 0",
  ),
  'a patched node:test': wrong(
    "import * as t from 'node:test'\nt.default.test = () => {}\nt.test('equal', () => {})\nt.test('deep', () => {})\nconst give = () => 0",
  ),
  'a patched JSON': wrong(
    'const stringify = JSON.stringify\nJSON.stringify = (x) => stringify(x && "value" in x ? { verdict: { passed: 5, failed: 0, skipped: 0 } } : x)\nconst give = () => 0',
  ),
  'process.exit(0)': `process.exit(0)\n${wrong(zero)}`,
  'process.exit(0) in the function': wrong('const give = () => process.exit(0)'),
  'process.reallyExit': wrong('const give = () => process.reallyExit(0)'),
  'an abort': wrong('const give = () => process.abort()'),
  'an error named like an assertion’s': wrong(
    'const give = () => { const e = new Error("x"); e.name = "AssertionError"; e.code = "ERR_ASSERTION"; e.generatedMessage = true; throw e }',
  ),
  'throw undefined': wrong('const give = () => { throw undefined }'),
  'throw a proxy': wrong('const give = () => { throw new Proxy({}, { get() { throw 1 } }) }'),
  'a promise that never ends': wrong('const give = (x) => x === 5 ? new Promise(() => {}) : x + 1'),
  'a promise for everything': wrong('const give = async (x) => x + 1'),
  'a rejection': wrong('const give = () => Promise.reject(new Error("x"))'),
  'a frame with a verdict': frames(
    '{"verdict": {"passed": 5, "failed": 0, "skipped": 0, "failures": [], "skips": []}}',
  ),
  'a verdict and a value': frames('{"value": 2, "verdict": {"passed": 5, "failed": 0, "skipped": 0}}'),
  'a verdict in a value': frames('{"value": {"verdict": {"passed": 5}}}'),
  'modules that it has not': frames(
    '{"loaded": {"solution.js": {"id": 0, "names": ["f", "g", "Box", "test", "assert", "x from \'fs\'; process.exit(0); //"], "common": true}}}',
  ),
  'modules that are none': frames(
    '{"loaded": {"../../bench_verify/reporter.mjs": {"id": 0, "names": []}, "solution.js": {"id": 0, "names": ["a\\u0000"]}}}',
  ),
  'no modules': frames('{"loaded": null}'),
  garbage: frames('nonsense'),
  'an unknown tag': frames('{"value": {"$require": "fs"}}'),
  'a reference that is none': frames('{"value": {"$ref": {"id": "__proto__", "kind": "function"}}}'),
  'a reference of an odd kind': frames('{"value": {"$ref": {"id": 1, "kind": "module"}}}'),
  'an error of an odd kind': frames('{"error": {"builtin": "__proto__", "message": 1}}'),
  'an error that is null': frames('{"error": null}'),
  'a callback that was never given': frames('{"callback": 0, "args": []}'),
  'a callback by a name': frames('{"callback": "constructor", "args": ["return process"]}'),
  'a callback of everything': frames('{"callback": "__proto__", "args": null}'),
  'a regular expression without end': frames('{"value": {"$regexp": ["(a+)+$", "g"]}}'),
  'a buffer of an odd kind': frames('{"value": {"$bytes": ["constructor", "AA=="]}}'),
  'deep data': frames(`{"value": ${'['.repeat(5000)}${']'.repeat(5000)}}`),
  'arguments that it never had': frames('{"value": 2, "args": [[1], {"__proto__": 1}, null]}'),
  'the link in a thread': wrong(
    "import { Worker } from 'node:worker_threads'\nnew Worker(\"const fs = require('fs'); const b = Buffer.from('{\\\"value\\\": 2}'); const h = Buffer.alloc(4); h.writeUInt32BE(b.length); for (;;) fs.writeSync(1, Buffer.concat([h, b]))\", { eval: true })\nconst give = () => 0",
  ),
  'our programs on disk': wrong(
    "import fs from 'node:fs'\nfor (const dir of ['../bench_verify', '.', '/tmp', '/tmp/work/bench_verify']) try { for (const name of fs.readdirSync(dir)) try { fs.writeFileSync(dir + '/' + name, '') } catch {} } catch {}\nconst give = () => 0",
  ),
  'our programs in memory': wrong(
    "const give = () => 0\nprocess.stdout.write = () => true\nglobalThis[Symbol.for('bench.verify')] = () => ({ get: () => (x) => x + 1 })",
  ),
  'a child': wrong(
    "import { spawn } from 'node:child_process'\ntry { spawn(process.execPath, ['-e', 'setInterval(() => {}, 1)'], { stdio: 'inherit', detached: true }).on('error', () => {}) } catch {}\nconst give = () => 0",
  ),
  'a signal to its parents': wrong(
    'for (const pid of [process.ppid, 1]) try { process.kill(pid, "SIGKILL") } catch {}\nconst give = () => 0',
  ),
  'SIGXCPU ignored': wrong('process.on("SIGXCPU", () => {})\nconst give = () => { for (;;); }'),
  'the environment': wrong(
    'process.env.NODE_OPTIONS = "--require ./evil.js"\nprocess.env.NODE_TEST_CONTEXT = "child"\nconst give = () => 0',
  ),
  'an answer by what was asked before': wrong(
    'const seen = []\nconst give = (x) => { seen.push(x); return seen[0] + 1 }',
  ),
  'exports for the tests’ own names': `${wrong(zero)}export const test = () => {}\nexport default { test }\nexport const assert = () => {}`,
}

const besides: Record<string, string> = {
  'package.json': '{"type": "module", "scripts": {"test": "true"}, "imports": {"node:assert": "./evil.js"}}',
  '.npmrc': 'script-shell=/bin/true',
  '.env': 'NODE_OPTIONS=--require ./evil.js',
  'tsconfig.json': '{"compilerOptions": {"paths": {"node:test": ["./evil.js"]}}}',
  'vitest.config.ts': 'export default { test: { include: [] } }',
  'vite.config.js': 'export default {}',
  'node_modules/node:test/index.js': 'export const test = () => {}',
  'node_modules/assert/index.js': 'module.exports = () => {}',
  'evil.js': 'process.exit(0)',
  'bench_verify/reporter.mjs': 'export default async function* () {}',
  'solution.test.js': '',
  'Solution.test.js': '',
  'solution.test.JS': '',
  'solution.te\u017ft.js': '',
  'other.test.js': "import { test } from 'node:test'\ntest('x', () => {})",
  'solution.test.js/x': 'x',
  'solution.ts': right,
  'Solution.js': right,
  'solution.js/index.js': right,
}

describe.each(['javascript', 'typescript'] as const)('%s', (language) => {
  const ending = language === 'javascript' ? 'js' : 'ts'
  const verdict = (files: Record<string, string>) => {
    const reply = Object.entries(files).map(
      ([path, text]) => `<file path="${path}">\n${text || '//'}\n</file>`,
    )
    const code: ProjectCode = {
      kind: 'project',
      language,
      files: { 'package.json': '{"type": "module"}' },
      answer: [`solution.${ending}`],
      tests: { [`solution.test.${ending}`]: tests },
      runner: 'node:test',
      passes: 5,
      timeout: 1,
    }
    return judge.score(attempt(makeTask({ code }), reply.join('\n')), { sandbox })
  }
  const untyped = (source: string) => (language === 'javascript' ? source : `// @ts-nocheck\n${source}`)

  test('the right answer passes', async () => {
    expect(await verdict({ [`solution.${ending}`]: untyped(right) })).toMatchObject({
      outcome: 'pass',
      detail: { passed: 5 },
    })
  })

  test.concurrent.each(Object.entries(tricks))('%s', async (_, trick) => {
    const { outcome, value } = await verdict({ [`solution.${ending}`]: untyped(trick) })
    expect(value).toBe(0)
    expect(outcome).not.toBe('pass')
    expect(outcome).not.toBe('infra')
  })

  // What is left out is so in any language.
  const others = language === 'javascript' ? Object.entries(besides) : []
  test.concurrent.each(others)('beside the answer: %s', async (path, text) => {
    const { outcome, value, detail } = await verdict({
      [`solution.${ending}`]: untyped(wrong(zero)),
      [path]: text,
    })
    expect({ outcome: outcome === 'pass' ? outcome : 'failed', value }).toEqual({
      outcome: 'failed',
      value: 0,
    })
    expect(detail?.faults ?? detail?.left_out).toHaveLength(1)
  })
})

test.each([
  'package.json',
  '.npmrc',
  'vitest.config.ts',
  'tsconfig.build.json',
  'node_modules/x/index.js',
  'Solution.test.js',
])('a task that declares %s as the answer is refused', async (path) => {
  const code: ProjectCode = {
    kind: 'project',
    language: 'javascript',
    answer: [path],
    tests: { 'solution.test.js': tests },
    runner: 'node:test',
    passes: 5,
    timeout: 1,
  }
  const score = judge.score(attempt(makeTask({ code }), '<file path="a.js">1</file>'), { sandbox })
  await expect(score).rejects.toMatchObject({ code: 'bad_options' })
})
