import type { CodeSpec } from '@bench/datasets'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAnswer } from '../src/index.js'
import { hostile, pieces } from './hostile-replies.js'
import { makeCompletion, makeTask } from './setup.js'

/** That reading takes a bounded number of passes over a reply, told by counting characters looked at, not time. */

const specs: CodeSpec[] = [
  { kind: 'io', language: 'python', entryPoint: 'f', cases: [] },
  { kind: 'io', language: 'typescript', cases: [] },
  {
    kind: 'assert',
    language: 'python',
    entryPoint: 'f',
    prompt: 'def f(x):\n',
    test: '',
    timeout: 1,
    stop: ['\ndef', '\n#'],
  },
  {
    kind: 'assert',
    language: 'javascript',
    entryPoint: 'f',
    prompt: 'function f(x){\n',
    test: '',
    timeout: 1,
  },
  { kind: 'expression', language: 'python', setup: '', expected: '1', timeout: 1 },
  {
    kind: 'project',
    language: 'python',
    answer: ['a.py'],
    tests: {},
    runner: 'unittest',
    passes: 1,
    timeout: 1,
  },
]

/** Passes over a reply that all stages together may take. */
const passes = 60

test.each(specs.map((code) => [`${code.kind}, ${code.language}`, code] as const))(
  '%s: no reply is gone over more than a fixed number of times',
  (_, code) => {
    const replies = hostile(20_000)
    for (const reply of replies) check(code, reply)
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }), (mixed) => {
        const piece = mixed.join('')
        check(code, piece.repeat(Math.ceil(10_000 / piece.length)))
      }),
      { numRuns: 200, seed: 3 },
    )
  },
)

function check(code: CodeSpec, reply: string) {
  for (const form of ['chat', 'continuation'] as const) {
    const looked = work(() => readAnswer(makeTask({ code }), makeCompletion(reply, { form })))
    if (looked > passes * (reply.length + 1000))
      expect.fail(
        `${form} ${JSON.stringify(reply.slice(0, 60))}…: ${(looked / reply.length).toFixed()} passes`,
      )
  }
}

test('the count sees a reader that is not linear', () => {
  const text = '<a'.repeat(10_000)
  const quadratic = () => {
    for (const { index } of text.matchAll(/</g)) text.indexOf('>', index)
  }
  expect(work(quadratic)).toBeGreaterThan(passes * text.length)
})

/** Characters that the built-in functions of strings and patterns go over while `run` runs. */
function work(run: () => unknown): number {
  let looked = 0
  const restore: (() => void)[] = []
  const patch = <T extends object>(
    proto: T,
    name: keyof T & string,
    cost: (self: never, args: never, result: never) => number,
  ) => {
    const original = proto[name] as (...args: unknown[]) => unknown
    const patched = function (this: unknown, ...args: unknown[]) {
      const result = original.apply(this, args)
      looked += 1 + cost(this as never, args as never, result as never)
      return result
    }
    Object.defineProperty(proto, name, { value: patched, configurable: true, writable: true })
    restore.push(() =>
      Object.defineProperty(proto, name, { value: original, configurable: true, writable: true }),
    )
  }
  patch(RegExp.prototype, 'exec', (self: RegExp, [text]: [string], found: RegExpExecArray | null) => {
    if (found) return found[0].length + 1
    // One that is bound to a place fails there.
    return self.sticky || (self.source.startsWith('^') && !self.multiline) ? 1 : String(text).length
  })
  const found = (self: string, [, from = 0]: [string, number?], at: number) =>
    at < 0 ? self.length - from : at - from
  patch(String.prototype, 'indexOf', found)
  patch(
    String.prototype,
    'lastIndexOf',
    (self: string, _: unknown, at: number) => self.length - Math.max(at, 0),
  )
  patch(String.prototype, 'includes', (self: string) => self.length)
  patch(String.prototype, 'split', (self: string) => self.length)
  patch(String.prototype, 'replaceAll', (self: string) => self.length)
  for (const name of ['slice', 'trim', 'trimStart', 'trimEnd'] as const)
    patch(String.prototype, name, (_self: string, _args: unknown, result: string) => result.length)
  patch(Array.prototype, 'join', (_self: unknown[], _args: unknown, result: string) => result.length)
  try {
    run()
  } finally {
    for (const undo of restore) undo()
  }
  return looked
}
