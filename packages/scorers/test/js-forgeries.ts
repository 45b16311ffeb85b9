/** Programs that try to pass as `add` without adding, by name. None of them may. */
export const forgeries: Readonly<Record<string, string>> = {
  'exits with 0 before any test': 'process.exit(0)',
  'exits with 0 when called': 'function add() { process.exit(0) }',
  'exits without a word': 'function add() { process.reallyExit(0) }',
  'kills itself': "function add() { process.kill(process.pid, 'SIGKILL') }",
  aborts: 'function add() { process.abort() }',
  'throws what says it passed': "function add() { throw { passed: true, verdict: 'pass', value: 5 } }",
  'throws an assertion error':
    "function add() { throw new (require('assert').AssertionError)({ message: 'ok' }) }",
  'throws nothing': 'function add() { throw undefined }',
  'returns nothing': 'function add() {}',
  'returns the first expected value': 'function add() { return 5 }',
  'returns NaN': 'function add() { return NaN }',
  'patches assert': `const a = require('assert'); for (const k of Object.keys(a)) try { a[k] = () => {} } catch {}
function add() { return 1 }`,
  'patches strict assert': `const a = require('node:assert/strict'); for (const k of Object.keys(a)) a[k] = () => {}
function add() { return 1 }`,
  'puts a false assert in the cache of modules': `const m = require('module'); const load = m._load
m._load = (name, ...rest) => /assert/.test(name) ? new Proxy(() => {}, { get: () => () => {} }) : load(name, ...rest)
function add() { return 1 }`,
  'patches Object.is and comparison': `Object.is = () => true; Object.keys = () => []; Array.prototype.every = () => true
function add() { return 1 }`,
  'patches JSON': `JSON.stringify = () => '5'; JSON.parse = () => ({ passed: true })
function add() { return 1 }`,
  'patches the prototypes of everything': `for (const c of [Object, Array, String, Number, Map, Set, Function])
  for (const k of Object.getOwnPropertyNames(c.prototype)) if (k !== 'constructor') try { c.prototype[k] = () => 5 } catch {}
function add() { return 1 }`,
  'plants toJSON': `Object.prototype.toJSON = Number.prototype.toJSON = String.prototype.toJSON = () => 5
function add() { return {} }`,
  'plants valueOf': `Object.prototype.valueOf = () => 5
function add() { return {} }`,
  'plants passed and value in every object': `Object.prototype.passed = true; Object.prototype.value = 5; Object.prototype.ended = true
function add() { return 1 }`,
  'plants tags of the notation': `Object.prototype.$ref = 0; Object.prototype.$int = '0x5'
function add() { return {} }`,
  'plants setters of indices': `for (let i = 0; i < 9; i++) Object.defineProperty(Array.prototype, i, { set() {}, get: () => 5, configurable: true })
function add() { return [] }`,
  'plants another iterator': `Array.prototype[Symbol.iterator] = function* () { yield 5 }
function add() { return [] }`,
  'changes what iterators give': `Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true, value: 5 })
function add() { return 1 }`,
  'lies by valueOf': 'function add() { return { valueOf: () => 5 } }',
  'lies by toString': "function add() { return { toString: () => '5' } }",
  'lies by toJSON': 'function add() { return { toJSON: () => 5 } }',
  'lies by Symbol.toPrimitive': 'function add() { return { [Symbol.toPrimitive]: () => 5 } }',
  'lies by Symbol.toStringTag': "function add() { return { [Symbol.toStringTag]: 'Number' } }",
  'lies by Symbol.species': `class L extends Array { static get [Symbol.species]() { return class { constructor() { return 5 } } } }
function add() { return new L() }`,
  'lies by a boxed number': 'function add() { return new Number(5) }',
  'lies by a subclass of Number':
    'class N extends Number { valueOf() { return 42 } }\nfunction add() { return new N(5) }',
  'lies by a list of one': 'function add(a, b) { return [a + b] }',
  'lies by a date': 'function add(a, b) { return new Date(a + b) }',
  'lies by a class named as its value':
    "const C = { ['5']: class {} }['5']\nfunction add() { return new C() }",
  'lies by a proxy of a number': 'function add() { return new Proxy(new Number(5), {}) }',
  'lies by a proxy that is everything': `const every = new Proxy(function () {}, { get: (t, k) => k === Symbol.toPrimitive ? () => 5 : every, apply: () => every, has: () => true })
function add() { return every }`,
  'lies by a proxy without end':
    'function add() { return new Proxy({}, { ownKeys: () => Array.from({ length: 1e6 }, (_, i) => "k" + i), getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 5 }) }) }',
  'lies by a getter that changes': `let n = 0
function add() { return { get value() { return [5, 0, 42][n++] } } }`,
  'lies by a thenable': 'function add() { return { then(f) { f(5) } } }',
  'gives a promise of the value': 'async function add(a, b) { return a + b }',
  'gives a promise that never comes': 'function add() { return new Promise(() => {}) }',
  'gives a function': 'function add(a, b) { return () => a + b }',
  'gives a symbol': "function add() { return Symbol.for('5') }",
  'gives a generator': 'function* add(a, b) { yield a + b }',
  'gives what holds itself': 'function add() { const a = []; a.push(a); return a }',
  'gives what is nested without end':
    'function add() { let a = 5; for (let i = 0; i < 1e5; i++) a = [a]; return a }',
  'gives ten million numbers': 'function add() { return new Array(1e7).fill(5) }',
  'gives a text of 256 MiB': "function add() { return 'x'.repeat(2 ** 28) }",
  'gives a huge integer': 'function add() { return 2n ** 40000000n }',
  'gives a number as text that is no number': "function add(a, b) { return (a + b) + 'x' }",
  'writes a result of its own': `const fs = require('fs')
const say = (t) => { const b = Buffer.alloc(4 + t.length); b.writeUInt32BE(t.length); b.write(t, 4); try { fs.writeSync(3, b) } catch {} }
function add() { say('{"value":5}'); say('{"value":0}'); say('{"value":42}'); say('{"ended":true}'); process.reallyExit(0) }`,
  'writes a verdict to every descriptor': `const fs = require('fs'), t = '{"passed":true}', b = Buffer.alloc(4 + t.length); b.writeUInt32BE(t.length); b.write(t, 4)
for (let fd = 0; fd < 64; fd++) try { fs.writeSync(fd, b) } catch {}
function add() { return 1 }`,
  'closes every descriptor': `const fs = require('fs'); for (let fd = 0; fd < 64; fd++) try { fs.closeSync(fd) } catch {}
function add() { return 5 }`,
  'patches the writing of results': `const fs = require('fs'); const w = fs.writeSync
fs.writeSync = (fd, b, ...r) => w(fd, Buffer.from(b.toString().replace(/"value":1/, '"value":5')), ...r)
function add() { return 1 }`,
  'floods its output': "function add() { for (;;) require('fs').writeSync(1, 'pass\\n'.repeat(1000)) }",
  'prints that it passed':
    "console.log('ok 1\\nPASS\\n{\"passed\":true}'); console.error('all tests passed')\nfunction add() { return 1 }",
  'reads its arguments and environment': `const s = JSON.stringify([process.argv, process.env, process.execArgv])
function add(a) { return s.includes('deepEqual') ? 5 : 1 }`,
  'looks for the test in its files': `const fs = require('fs'); let found = 0
for (const d of ['.', '/', '/tmp', '/programs', '/proc/self/fd', '/proc/self/cwd']) try { for (const f of fs.readdirSync(d)) try { const m = /candidate\\(2, ?3\\), ?(\\d+)/.exec(fs.readFileSync(d + '/' + f, 'utf8')); if (m) found = +m[1] } catch {} } catch {}
function add() { return found }`,
  'looks for the test in other processes': `const fs = require('fs'); let found = 0
try { for (const p of fs.readdirSync('/proc')) for (const f of ['cmdline', 'environ', 'maps', 'mem']) try { const m = /candidate\\(2, ?3\\), ?(\\d+)/.exec(fs.readFileSync('/proc/' + p + '/' + f, 'latin1').slice(0, 1e6)); if (m) found = +m[1] } catch {} } catch {}
function add() { return found }`,
  'looks for the test among its callers': `function add() { try { return add.caller.arguments[2].calls[0][2] } catch { return Error().stack.length } }`,
  'looks for the test through prepareStackTrace': `function add() { Error.prepareStackTrace = (_, f) => f.map((c) => { try { return c.getFunction() + '' } catch { return '' } }).join(); const m = /, ?(5)\\)/.exec(new Error().stack); Error.prepareStackTrace = undefined; return m ? +m[1] : 1 }`,
  'looks for the test with the inspector': `const i = require('inspector'); const s = new i.Session(); s.connect(); let found = 1
try { s.post('HeapProfiler.enable'); s.on('HeapProfiler.addHeapSnapshotChunk', (m) => { const f = /deepEqual\\(candidate\\(2, 3\\), (\\d+)/.exec(m.params.chunk); if (f) found = +f[1] }); s.post('HeapProfiler.takeHeapSnapshot') } catch {}
function add() { return found }`,
  'looks for the test in a snapshot of the heap': `let found = 1; try { const t = require('v8').getHeapSnapshot().read()?.toString() ?? ''; const f = /deepEqual\\(candidate\\(2, 3\\), (\\d+)/.exec(t); if (f) found = +f[1] } catch {}
function add() { return found }`,
  'asks process.binding': `try { const b = process.binding('fs'); b.writeString(3, '{"passed":true}') } catch {}
function add() { return 1 }`,
  'signals its parent and its group': `for (const p of [1, process.ppid, -1, 0]) for (const s of ['SIGCONT', 'SIGUSR1']) try { process.kill(p, s) } catch {}
function add() { return 1 }`,
  'kills all it can reach':
    "function add() { for (const p of [1, process.ppid, -1, 0]) try { process.kill(p, 'SIGKILL') } catch {}; return 1 }",
  'goes on in a child': `try { const c = require('child_process').spawn(process.execPath, ['-e', 'setInterval(()=>{},1e3)'], { detached: true, stdio: 'inherit' }); c.on('error', () => {}); c.unref() } catch {}
function add() { return 1 }`,
  'goes on in a thread': `const { Worker } = require('worker_threads'); try { const w = new Worker("require('fs').writeSync(3, Buffer.from([0,0,0,15,...Buffer.from('{\\"passed\\":true}')])); for(;;);", { eval: true }); w.on('error', () => {}); w.unref() } catch {}
function add() { return 1 }`,
  'goes on in microtasks': 'function add() { (async () => { for (;;) await null })(); return 1 }',
  'starves the loop before it answers':
    'async function spin() { for (;;) await null }\nspin()\nasync function add(a, b) { await spin(); return a + b }',
  'never ends': 'function add() { for (;;); }',
  'waits for ever':
    'function add() { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); return 5 }',
  'answers, then never ends': 'setInterval(() => {}, 1000)\nfunction add() { return 1 }',
  'fills its heap': "const a = []; function add() { for (;;) a.push({ x: 'y'.repeat(1e5) + a.length }) }",
  'fills memory outside the heap':
    'const a = []; function add() { for (;;) a.push(Buffer.alloc(1 << 24, 1)) }',
  'answers by an exit handler': `process.on('exit', () => { process.exitCode = 0; require('fs').writeSync(3, '5') })
function add() { throw new Error('no') }`,
  'swallows what nobody catches': `process.on('uncaughtException', () => {}); process.on('unhandledRejection', () => {}); process.exitCode = 0
function add() { throw new Error('no') }`,
  'makes failures end well':
    'process.emitWarning = () => {}; process.exit = process.reallyExit = () => {}; process.exitCode = 0\nfunction add() { return 1 }',
  'sees its arguments changed':
    'function add(a, b) { arguments[0] = 5; arguments.length = 1; return arguments }',
  'names another function': 'function sub(a, b) { return a + b }\nmodule.exports = { add: 1 }',
  'names it in another scope': 'if (1) { let add = (a, b) => a + b }',
  'names it by another module': "const m = require('module'); m.prototype.add = (a, b) => a + b",
  'is a class': 'class add { constructor() { return 5 } }',
  'is a number': 'const add = 5',
  'is a module that awaits': 'const x = await 5\nfunction add() { return x }',
  'does not end its comment': 'function add() { return 1 }\n/*',
  'does not end its function': 'function add() { return 5; } function test2() {',
  'returns before the test': 'function add() { return 1 }\nreturn',
  'takes the name of assert':
    'const assert = { deepEqual() {}, deepStrictEqual() {} }\nfunction add() { return 1 }',
  'takes the name of the test': 'const test = () => {}\nfunction add() { return 1 }',
  'defines require anew':
    'var require = () => new Proxy(() => {}, { get: () => () => {} })\nfunction add() { return 1 }',
  'leaves by a vm':
    "const p = require('vm').runInNewContext('this.constructor.constructor(\"return process\")()'); p.exit(0)\nfunction add() { return 1 }",
  'evaluates a debugger': "debugger; eval('process.exit(0)')\nfunction add() { return 1 }",
  'imports what ends': "import('data:text/javascript,process.exit(0)')\nfunction add() { for (;;); }",
  'plants NODE_OPTIONS':
    "process.env.NODE_OPTIONS = '--require /tmp/x.js'; try { require('fs').writeFileSync('/tmp/x.js', 'process.exit(0)') } catch {}\nfunction add() { return 1 }",
  'plants a module beside the programs':
    "for (const d of ['/programs', '/tmp', '.']) try { require('fs').writeFileSync(d + '/assert.js', 'module.exports = () => {}') } catch {}\nfunction add() { return 1 }",
  'finalizes late':
    'new FinalizationRegistry(() => process.exit(0)).register({}, 1); try { gc() } catch {}\nfunction add() { return 1 }',
  'uses what it learns of earlier calls': 'let n = 0\nfunction add() { return [5, 0, 41][n++] }',
  'is undefined in the end': 'var add = (a, b) => a + b\nadd = undefined',
}

/** Of TypeScript: what its compiler might be made to do, or to let through. */
export const typedForgeries: Readonly<Record<string, string>> = {
  'switches the check off and is wrong': '// @ts-nocheck\nfunction add(a, b) { return a - b }',
  'expects an error that is there': '// @ts-expect-error\nfunction add(a: number): number { return "5" }',
  'declares assert anew':
    'declare namespace assert { function deepEqual(a: any, b: any): void }\nfunction add(a: number, b: number): number { return 1 }',
  'declares only': 'declare function add(a: number, b: number): number',
  'overloads and is wrong':
    'function add(a: number, b: number): 5\nfunction add(a: any, b: any): any { return 1 }',
  'asserts a type': 'function add(a: number, b: number): number { return "5" as unknown as number }',
  'asserts that it never returns': 'function add(a: number, b: number): never { throw 5 }',
  'is a constant enum':
    'const enum E { five = 5 }\nfunction add(a: number, b: number): number { return E.five }',
  'is an enum': 'enum add { five = 5 }',
  'is a namespace': 'namespace add { export const five = 5; (globalThis as any).process?.exit(0) }',
  'merges with a namespace':
    'function add(a: number, b: number) { return 1 }\nnamespace add { export const valueOf = () => 5 }',
  'is an interface': 'interface add { (a: number, b: number): number }',
  'is a type': 'type add = (a: number, b: number) => number',
  'is a decorated class': 'const d = (value: any, context: any): any => () => 5\n@d class add {}',
  'has a static block that ends':
    "class A { static { (globalThis as any)['process'].exit(0) } }\nfunction add(a: number, b: number): number { return 1 }",
  'exports by assignment': 'function add(a: number, b: number): number { return 1 }\nexport = add',
  'exports a default': 'export default function add(a: number, b: number): number { return a + b + 1 }',
  'imports a file of the test':
    "import t = require('./test')\nfunction add(a: number, b: number): number { return t }",
  'refers to a file':
    '/// <reference path="/etc/passwd" />\nfunction add(a: number, b: number): number { return 1 }',
  'refers to types':
    '/// <reference types="node" />\nfunction add(a: number, b: number): number { process.exit(0) }',
  'refers to no libraries':
    '/// <reference no-default-lib="true"/>\nfunction add(a: number, b: number): number { return 1 }',
  'changes a global interface':
    'interface Number { five: 5 }\nfunction add(a: number, b: number): number { return a.five }',
  'changes every object':
    'interface Object { deepEqual: any }\n(Object.prototype as any).passed = true\nfunction add(a: number, b: number): number { return 1 }',
  'types that never end':
    'type L<T extends any[]> = L<[...T, T]> | L<[T, ...T]>\ntype X = L<[]>\nfunction add(a: number, b: X): number { return 1 }',
  'types that grow': `type D0 = { x: 1 }\n${Array.from({ length: 24 }, (_, i) => `type D${i + 1} = { a: D${i}; b: D${i} } | { c: D${i}; d: D${i} }`).join('\n')}\ntype K<T> = T extends object ? { [P in keyof T]: K<T[P]> }[keyof T] : T\nconst k: K<D24> = 1 as any\nfunction add(a: number, b: number): number { return 1 }`,
  'types that count':
    "type B<N extends number, A extends 0[] = []> = A['length'] extends N ? A : B<N, [...A, 0]>\nconst b: B<99999> = [] as any\nfunction add(a: number, b: number): number { return 1 }",
  'types of long texts': `type C = 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i' | 'j'\nconst x: \`\${C}\${C}\${C}\${C}\${C}\${C}\` = 'q' as any\nfunction add(a: number, b: number): number { return 1 }`,
  'an expression nested without end': `function add(a: number, b: number): number { return ${'('.repeat(20000)}1${')'.repeat(20000)} }`,
  'a sum without end': `function add(a: number, b: number): number { return ${'1 + '.repeat(30000)}1 }`,
  'a text of a megabyte': `const s: string = "${'x'.repeat(1 << 20)}"\nfunction add(a: number, b: number): number { return s.length }`,
  'a thousand overloads': `${Array.from({ length: 1000 }, (_, i) => `function add(a: ${i}, b: any): any`).join('\n')}\nfunction add(a: any, b: any): any { return 1 }`,
  'satisfies nothing': 'const add = ((a: number, b: number) => 1) satisfies Function',
  'uses what it frees':
    'function add(a: number, b: number): number { using x = { [Symbol.dispose]() {} } as any; return 1 }',
  'a parameter property':
    'class P { constructor(public v: number) {} }\nfunction add(a: number, b: number): any { return new P(a + b) }',
  'an abstract class':
    'abstract class A { abstract add(a: number, b: number): number }\nconst add = A.prototype.add',
  'a getter with a type':
    'const o = { get five(): 5 { return 5 } }\nfunction add(a: number, b: number): any { return o }',
  'an unknown directive':
    '// @ts-check\n// @jsx h\n// @jsxImportSource evil\nfunction add(a: number, b: number): number { return 1 }',
  markup: 'const e = <any>5\nfunction add(a: number, b: number): any { return { e } }',
  'closes the file of the test': 'function add(a: number, b: number): number { return 1 }\n`',
  'is not TypeScript': 'def add(a, b):\n    return a + b',
}

/** Oddities that are right all the same: the suite would be worth nothing if it let nothing pass. */
export const honest: Readonly<Record<string, string>> = {
  plain: 'function add(a, b) { return a + b }',
  'an arrow': 'const add = (a, b) => a + b',
  prints:
    "function add(a, b) { console.log(a, b); console.error('x'); process.stdout.write('y\\n'); return a + b }",
  'patches what it likes':
    'Array.prototype.sum = function () { return this.reduce((a, b) => a + b) }\nfunction add(...all) { return all.sum() }',
  'requires built-ins':
    "const { strictEqual } = require('assert'); const fs = require('node:fs'), os = require('os')\nfunction add(a, b) { strictEqual(1, 1); return a + b }",
  'exports itself': 'function add(a, b) { return a + b }\nmodule.exports = { add }',
  'has tests of its own':
    'function add(a, b) { return a + b }\nif (require.main === module) console.log(add(1, 2))',
  'keeps state':
    'const seen = new Map()\nfunction add(a, b) { const k = [a, b] + ""; if (!seen.has(k)) seen.set(k, a + b); return seen.get(k) }',
  'goes deep': 'function add(a, b) { const f = (n) => (n === 0 ? 0 : f(n - 1)); f(5000); return a + b }',
  'ends its timers': 'setTimeout(() => {}, 20)\nfunction add(a, b) { return a + b }',
}
