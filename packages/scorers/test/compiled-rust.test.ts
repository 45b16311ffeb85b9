import type { AssertCode } from '@bench/datasets'
import { afterAll, describe, expect, test } from 'vitest'
import { openJudge, readAnswer } from '../src/index.js'
import { compilerDriver } from './boxes.js'
import { makeCompletion, makeTask } from './setup.js'

const sandbox = await compilerDriver('rust')
const judge = openJudge(sandbox, { size: 2 })
afterAll(() => judge[Symbol.asyncDispose]())

const spec = (entryPoint: string, prompt: string, asserts: string): AssertCode => ({
  kind: 'assert',
  language: 'rust',
  style: 'script',
  entryPoint,
  prompt: `${prompt}\n`,
  test: `}\n\nfn main() {\n    let candidate = ${entryPoint};\n${asserts.replace(/^/gm, '    ')}\n}\n`,
  stop: ['\n}'],
  timeout: 2,
})

const next = spec('next', '/// The next number\nfn next(x: isize) -> isize {', 'assert_eq!(candidate(1), 2);')

/** One task for all of them: each type crosses twice. A tuple has six parts at most. */
const types =
  `((bool, isize, i8, u64, f32, f64), (char, String, Vec<isize>, Vec<Vec<String>>, HashMap<String, isize>),
  (Option<isize>, Option<String>, Option<Option<bool>>, (isize, String), HashSet<isize>, BTreeMap<isize, Vec<f64>>))`.replace(
    /\s+/g,
    ' ',
  )
const value = `((true, -9007199254740993, -7, u64::MAX, 0.1, 0.1),
  ('ß', String::from("a\\0\\u{1f600}\\""), vec![1, 2], vec![vec![], vec![String::from("x"), String::new()]], HashMap::from([(String::from("k"), -1)])),
  (None, Some(String::new()), Some(None), (3, String::from("three")), HashSet::from([3, 1]), BTreeMap::from([(1, vec![1e308, 5e-324])])))`

describe(`Rust in ${sandbox.name}`, () => {
  test('values of every type cross both ways', { timeout: 120_000 }, async () => {
    const echo = spec(
      'echo',
      `use std::collections::{BTreeMap, HashMap, HashSet};\ntype All = ${types};\nfn echo(all: All, zero: f64) -> (All, f64) {`,
      `let all: All = ${value};\nassert_eq!(candidate(all.clone(), -0.0), (all.clone(), 0.0));\nassert_eq!(candidate(all, -0.0).1.is_sign_negative(), true);`,
    )
    expect(await judge.judge(echo, `${echo.prompt}(all, zero)`)).toMatchObject({ outcome: 'pass' })
  })

  test.each<[string, string, string, string?]>([
    ['is right', 'x + 1', 'pass'],
    ['is off by one', 'x + 2', 'wrong_answer', 'candidate(1) == 2'],
    ['panics', 'panic!("too far")', 'runtime', "panicked at 'too far', answer.rs:3:1"],
    ['overflows', 'isize::MAX + x', 'runtime', 'attempt to add with overflow'],
    ['goes beyond the end', 'vec![1][x as usize]', 'runtime', 'index out of bounds'],
    ['does not compile', 'y', 'syntax', 'cannot find value `y` in this scope ·  --> answer.rs:3:1'],
    ['has another type', '"2"', 'syntax', 'mismatched types'],
    ['aborts', 'std::process::abort()', 'crash', 'the process ended without a result, ended by SIGABRT'],
    ['ends', 'std::process::exit(0)', 'crash', 'the process ended without a result'],
    ['never ends', 'loop { std::hint::spin_loop() }', 'time_limit'],
    ['takes all memory', 'let mut all = vec![]; loop { all.push(vec![1u8; 1 << 24]) }', 'memory'],
    ['closes its function', 'x + 1 }', 'pass'],
    ['has a helper behind it', 'x + 1\n}\nfn after(x: isize) -> isize {\nx', 'pass'],
    [
      'has braces in texts',
      "fn f<'a>(a: &'a str) -> &'a str { a }\nlet _ = (f(\"}\"), r#\"}\"}{{\"#, '}', b'{', '\\u{7d}'); /* } */ x + 1 // }",
      'pass',
    ],
  ])('a function that %s', { timeout: 120_000 }, async (_name, body, outcome, error) => {
    const score = await judge.judge(next, next.prompt + body)
    expect(score).toMatchObject({ outcome, value: outcome === 'pass' ? 1 : 0 })
    if (error !== undefined) expect(score.detail?.error).toContain(error)
  })

  test('what was asked and answered is shown', { timeout: 120_000 }, async () => {
    const score = await judge.judge(next, `${next.prompt}x + 2`)
    expect(score.detail).toMatchObject({ input: '[1]', got: '3' })
  })
})

const whole = 'fn next(x: isize) -> isize {\n    x + 1\n}'

describe('Rust in replies', () => {
  const counts = spec(
    'counts',
    'use std::collections::HashMap;\n\n/// How often each is there\nfn counts(all: Vec<isize>) -> HashMap<isize, isize> {',
    'assert_eq!(candidate(vec![]), HashMap::from([]));',
  )
  const read = (text: string, code = next, form: 'chat' | 'continuation' = 'chat'): string | undefined =>
    readAnswer(makeTask({ code }), makeCompletion(text, { form })).code?.trimEnd()

  test.each<[string, string, string]>([
    ['the function alone', `\`\`\`rust\n${whole}\n\`\`\``, whole],
    ['a function for all', `\`\`\`rs\npub ${whole}\n\`\`\``, `pub ${whole}`],
    ['its body', '```rust\n    x + 1\n```', `${next.prompt}    x + 1`],
    ['what is called elsewhere', '```rust\nlet y = 0;\nnext(y)\n```', `${next.prompt}let y = 0;\nnext(y)`],
    [
      'a demonstration in a fence of its own',
      `\`\`\`rust\n${whole}\n\`\`\`\nTry it:\n\`\`\`rust\nfn main() { println!("{}", next(1)); }\n\`\`\``,
      whole,
    ],
    ['no fence', `use std::fmt;\n\n${whole}`, `use std::fmt;\n\n${whole}`],
    ['words and no fence', `Here it is:\n\n${whole}\n\nIt adds one (of course).`, whole],
  ])('%s', (_name, reply, code) => {
    expect(read(reply)).toBe(code)
  })

  const body = 'fn counts(all: Vec<isize>) -> HashMap<isize, isize> {\n    HashMap::new()\n}'
  const use = 'use std::collections::HashMap;\n'
  test.each<[string, string, string]>([
    ['that does not use what it needs', body, use + body],
    ['that does', use + body, use + body],
    [
      'that uses it with others',
      `use std::collections::{BTreeMap, HashMap};\n${body}`,
      `use std::collections::{BTreeMap, HashMap};\n${body}`,
    ],
    [
      'that uses something below it',
      `use std::collections::hash_map::Entry;\n${body}`,
      `${use}use std::collections::hash_map::Entry;\n${body}`,
    ],
    ['that begins with attributes', `#![allow(unused)]\n${body}`, `#![allow(unused)]\n${use}${body}`],
  ])('a file %s', (_name, file, code) => {
    expect(read(`\`\`\`rust\n${file}\n\`\`\``, counts)).toBe(code)
  })

  test('text that goes on from the prompt ends where the harness ends it', () => {
    expect(read('    x + 1\n}\nfn main() {}', next, 'continuation')).toBe(`${next.prompt}    x + 1`)
    expect(read(whole, next, 'continuation')).toBe(whole.slice(0, -2))
  })
})
