import type { CodeSpec, IoCode, Language } from '@bench/datasets'
import { afterAll, describe, expect, test } from 'vitest'
import { openJudge } from '../src/index.js'
import { nodeDriver } from './boxes.js'
import { forgeries, honest, typedForgeries } from './js-forgeries.js'
import { inside, typedInside } from './js-forgeries-inside.js'
import { inPairs } from './setup.js'

/** Programs that try to pass without the right answer, and to be nobody's fault: none may. */

const sandbox = await nodeDriver()
const judge = openJudge(sandbox, { size: 2 })
afterAll(() => judge[Symbol.asyncDispose]())

const script = `const assert = require('node:assert');

function test() {
  let candidate = add;
  assert.deepEqual(candidate(2, 3), 5);
  assert.deepEqual(candidate(-1, 1), 0);
  assert.deepStrictEqual(candidate(10, 32), 42);
}

test();`

/** Seconds: some of the forged run without end, and what is honest has time enough on a busy machine. */
const time = { forged: 0.3, honest: 1 } as const

const base = { kind: 'assert', entryPoint: 'add', prompt: '' } as const
const declared = 'declare var require: any;\n'

/** Played on the stage, joined to the candidate's process, and compared on the host. */
const ways: Readonly<Record<string, (language: Language, timeout: number) => CodeSpec>> = {
  'a script': (language, timeout) => ({
    ...base,
    language,
    timeout,
    style: 'script',
    test: (language === 'typescript' ? declared : '') + script,
    ...(language === 'typescript' ? { typeCheck: true } : {}),
  }),
  'a test that waits': (language, timeout) => ({
    ...base,
    language,
    timeout,
    test: `const { deepStrictEqual } = require('assert')\nasync function check(candidate${language === 'typescript' ? ': any' : ''}) {
  deepStrictEqual(candidate(2, 3), 5)\n  deepStrictEqual(candidate(-1, 1), 0)\n  deepStrictEqual(candidate(10, 32), 42)\n}`,
  }),
  'inputs and outputs': (language, timeout): IoCode => ({
    kind: 'io',
    language,
    entryPoint: 'add',
    cases: [
      [2, 3, 5],
      [10, 32, 42],
    ].map(([a, b, expected]) => ({ input: [a!, b!], expected: expected!, timeout, weight: 1 })),
  }),
}

/** What is right where values are compared one by one: a promise is waited for, and a call knows of no other. */
const right: Readonly<Record<string, readonly string[]>> = {
  'inputs and outputs': ['gives a promise of the value'],
}

async function passing(programs: Readonly<Record<string, string>>, spec: CodeSpec) {
  const names = Object.keys(programs)
  const scores = await inPairs(names, async (name) => ({
    name,
    ...(await judge.judge(spec, programs[name]!)),
  }))
  const counts: Record<string, number> = {}
  for (const { outcome } of scores) counts[outcome] = (counts[outcome] ?? 0) + 1
  console.log(`${names.length} programs in ${spec.language}, ${spec.kind}: ${JSON.stringify(counts)}`)
  return scores
}

const untyped = Object.fromEntries(
  Object.entries(forgeries).map(([name, code]) => [name, `// @ts-nocheck\n${code}`]),
)
const suites = {
  javascript: { forged: { ...forgeries, ...inside }, honest },
  typescript: {
    forged: { ...untyped, ...typedForgeries, ...typedInside },
    honest: Object.fromEntries(
      Object.entries(honest).map(([name, code]) => [name, `// @ts-nocheck\n${code}`]),
    ),
  },
} as const

describe.each(['javascript', 'typescript'] as const)(`forgeries in %s, in ${sandbox.name}`, (language) => {
  const { forged, honest: controls } = suites[language]

  test('there are enough of them', () => {
    expect(Object.keys(forged).length).toBeGreaterThanOrEqual(60)
  })

  test.each(Object.keys(ways))('%s: none passes, none is our fault', { timeout: 600_000 }, async (way) => {
    const scores = await passing(forged, ways[way]!(language, time.forged))
    const allowed = right[way] ?? []
    expect(scores.filter(({ name, value }) => value === 1 && !allowed.includes(name))).toEqual([])
    expect(scores.filter(({ outcome }) => outcome === 'infra')).toEqual([])
    expect(await passing(controls, ways[way]!(language, time.honest))).toEqual(
      Object.keys(controls).map((name) => expect.objectContaining({ name, outcome: 'pass', value: 1 })),
    )
  })
})
