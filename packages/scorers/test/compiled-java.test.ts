import type { AssertCode } from '@bench/datasets'
import { afterAll, describe, expect, test } from 'vitest'
import { openJudge, readAnswer } from '../src/index.js'
import { compilerDriver } from './boxes.js'
import { inPairs, makeCompletion, makeTask } from './setup.js'

const sandbox = await compilerDriver('java')
const judge = openJudge(sandbox, { size: 2 })
afterAll(() => judge[Symbol.asyncDispose]())

/** A task in the shape of MultiPL-E's. */
const shaped = (signature: string, asserts: readonly string[], timeout = 15): AssertCode => ({
  kind: 'assert',
  language: 'java',
  style: 'script',
  entryPoint: /(\w+)\(/.exec(signature)![1]!,
  prompt: `import java.util.*;\nimport org.javatuples.*;\nclass Problem {\n    // Does what its name says.\n    public static ${signature} {\n`,
  test: `    }\n    public static void main(String[] args) {\n${asserts.map((one) => `    assert(${one});\n`).join('')}    }\n\n}\n`,
  stop: ['\n    }\n'],
  timeout,
})

const add = shaped('long add(long a, long b)', ['add((2l), (3l)) == (5l)', 'add((-1l), (1l)) == (0l)'], 3)

async function judged(code: AssertCode, text: string, form: 'chat' | 'continuation' = 'continuation') {
  const answer = readAnswer(makeTask({ code }), makeCompletion(text, { form }))
  return judge.judge(code, answer.code ?? '')
}

/** All that these signatures are made of goes there and back. */
const everything = shaped(
  'Quartet<ArrayList<Object>, HashMap<String, Long>, Pair<Optional<String>, Boolean>, ArrayList<ArrayList<Float>>> echo(ArrayList<Object> l, HashMap<String, Long> m, Pair<Optional<String>, Boolean> p, ArrayList<ArrayList<Float>> f)',
  [
    'new ArrayList<Object>(Arrays.asList(1L, -2, 0.5f, 0.1, "é\\u0000😀", true, null, new ArrayList<>(), new HashMap<>()))',
    'new ArrayList<Object>()',
  ].map((list) => {
    const rest =
      'new HashMap<>(Map.of("a", 1L)), Pair.with(Optional.of("x"), true), new ArrayList<>(Arrays.asList(new ArrayList<>(Arrays.asList(-0f, Float.NaN, 1e-45f))))'
    return `echo(${list}, ${rest}).equals(Quartet.with(${list}, ${rest}))`
  }),
)

const right = '        return a + b;\n'

describe(`Java in ${sandbox.name}`, () => {
  test('values of each type cross both ways, and come back as they were', async () => {
    const echo = await judged(everything, '        return Quartet.with(l, m, p, f);\n')
    expect(echo).toMatchObject({ outcome: 'pass', value: 1 })
    const other = '        l.add(1);\n        return Quartet.with(l, m, p, f);\n'
    expect(await judged(everything, other)).toMatchObject({ outcome: 'wrong_answer' })
  })

  const outcomes: Readonly<Record<string, readonly [outcome: string, body: string, said?: string]>> = {
    'a right answer': ['pass', right],
    'one that prints': [
      'pass',
      `        System.out.println("}{\\"");\n        System.err.println(a);\n${right}`,
    ],
    'one with braces in text': [
      'pass',
      `        // }}}\n        String s = "}}" + '}' + """\n}\n""";\n${right}`,
    ],
    'own overloads': [
      'pass',
      '        return add(a, b, 0); }\n      static long add(long a, long b, int c) { return a + b; }\n      static int add(int a, int b) {\n        return 0;\n',
    ],
    'own names of the judge': [
      'pass',
      `${right}      }\n      static class Judge {}\n      static class Wire {}\n      static void test() {\n`,
    ],
    'a thread that stays': [
      'pass',
      `        new Thread(() -> { while (true) Thread.onSpinWait(); }).start();\n${right}`,
    ],
    'a wrong answer': ['wrong_answer', '        return a - b;\n', 'assert(add((2l), (3l)) == (5l));'],
    'an exception': [
      'runtime',
      '        return a / (b - b);\n',
      'java.lang.ArithmeticException: / by zero (line',
    ],
    'endless recursion': ['runtime', '        return add(a, b);\n', 'java.lang.StackOverflowError'],
    'an endless loop': ['time_limit', '        while (true) a++;\n', 'no result within'],
    'too much memory': [
      'memory',
      '        long[][] all = new long[99999][];\n        for (int i = 0; i < all.length; i++) all[i] = new long[1 << 20];\n        return 0;\n',
    ],
    'another type': [
      'syntax',
      '        return "5";\n',
      'incompatible types: String cannot be converted to long',
    ],
    'a main of its own': [
      'syntax',
      `${right}      }\n      public static void main(String[] args) {\n`,
      'main',
    ],
    'one brace too many': ['syntax', `${right}        }\n`],
    'a quick end': ['crash', '        System.exit(0);\n        return 0;\n'],
  }

  test('each outcome is told by its name', { timeout: 300_000 }, async () => {
    const scores = await inPairs(Object.entries(outcomes), async ([name, [, body]]) => {
      const { outcome, detail } = await judged(add, body)
      return [name, outcome, String(detail?.error ?? '')] as const
    })
    expect(scores).toEqual(
      Object.entries(outcomes).map(([name, [outcome, , said = '']]) => [
        name,
        outcome,
        expect.stringContaining(said),
      ]),
    )
  })

  const method = 'public static long add(long a, long b) {\n    return sum(List.of(a, b));\n}'
  const helper = 'static long sum(List<Long> all) {\n    return all.stream().mapToLong(x -> x).sum();\n}'
  const demo =
    'public static void main(String[] args) {\n        System.out.println(add(1, 2));\n        System.exit(3);\n    }'
  const chats: Readonly<Record<string, string>> = {
    'the method alone': `${method}\n${helper}`,
    'the body alone': 'return a + b;',
    'the body and what closes it': '    return a + b;\n    }\n}',
    'a class': `class Problem {\n${method}\n${helper}\n}`,
    'a public class of another name, and main': `public class Solution {\n${method}\n${helper}\n${demo}\n}`,
    'a package and imports': `package com.example;\n\nimport java.util.List;\n\npublic final class Solution {\n${method}\n${helper}\n}`,
    'a class on one line':
      'class Solution { @Deprecated public static long add(final long a, long b) { return a + b; } }',
    'a method of an object':
      'class Solution {\n    public long add(long a, long b) {\n        return a + b;\n    }\n}',
    'a class beside the method': `class Sum {\n    long total;\n}\n\npublic static long add(long a, long b) {\n    Sum sum = new Sum();\n    sum.total = a + b;\n    return sum.total;\n}`,
    'a helper class with a method of that name': `class Solution {\n    static class Adder {\n        long add(long a, long b) { return 0; }\n    }\n    public static long add(long a, long b) { return a + b; }\n}`,
  }

  test('what chat replies hold is put together', { timeout: 300_000 }, async () => {
    const scores = await inPairs(Object.entries(chats), async ([name, code]) => {
      const reply = `Here it is:\n\n\`\`\`java\n${code}\n\`\`\`\n\nIt runs as \`javac\`:\n\n\`\`\`sh\njava Solution\n\`\`\`\n`
      return [name, (await judged(add, reply, 'chat')).outcome]
    })
    expect(scores).toEqual(Object.keys(chats).map((name) => [name, 'pass']))
  })

  test('of two fences the one that has the method counts', async () => {
    const reply = `\`\`\`java\n${method}\n${helper}\n\`\`\`\nUse it:\n\`\`\`java\nSystem.out.println(add(1, 2));\n\`\`\`\n`
    expect(await judged(add, reply, 'chat')).toMatchObject({ outcome: 'pass' })
  })
})
