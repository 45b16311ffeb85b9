import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DatasetError, type DatasetErrorCode, openDataset } from '@bench/datasets'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Every way a file can be wrong, with the one line a person reads. Printed at the end, to be read as a whole. */

const good = { id: 'a', prompt: 'Say hi.' }
const file = (more: object, cases: unknown = [good]) =>
  JSON.stringify({ name: 'n', version: '1', test_cases: cases, ...more })
const oneCase = (more: object) => file({}, [{ ...good, ...more }])
const python = (more: object) =>
  JSON.stringify({
    name: 'p',
    version: '1',
    tasks: [
      {
        id: 'add',
        difficulty: 'easy',
        prompt: 'Add.',
        entry_point: 'add',
        test_cases: [{ input: [1, 2], expected_output: 3 }],
        reference_solution: 'def add(a, b):\n    return a + b\n',
        ...more,
      },
    ],
  })
const humaneval = (more: object) =>
  JSON.stringify({
    task_id: 'H/0',
    prompt: 'def f():\n',
    canonical_solution: '    return 1\n',
    test: 'def check(candidate):\n    assert candidate() == 1\n',
    entry_point: 'f',
    ...more,
  })

type Row = [what: string, name: string, content: string | Uint8Array, code: DatasetErrorCode, message: string]

const rows: Row[] = [
  // Files
  ['empty file', 'e.json', '', 'invalid', 'e.json: the file is empty'],
  ['empty YAML', 'e.yaml', '', 'invalid', 'e.yaml: the file is empty'],
  ['empty JSONL', 'e.jsonl', '', 'invalid', 'e.jsonl: the file is empty'],
  ['only blanks', 'b.json', ' \n\n', 'syntax', 'b.json:3:1: not valid JSON: nothing but white space'],
  ['only blank lines', 'b.jsonl', '\n \n', 'invalid', 'b.jsonl: has no cases; a dataset needs at least one'],
  ['only a YAML comment', 'c.yaml', '# soon\n', 'invalid', 'c.yaml: expected an object, got null'],
  [
    'binary',
    'p.json',
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0, 1),
    'unreadable',
    'p.json: a binary file, not a dataset',
  ],
  [
    'binary after 64 KiB',
    'q.jsonl',
    Buffer.concat([Buffer.alloc(70_000, ' '), Buffer.from([0xc3, 0x28])]),
    'unreadable',
    'q.jsonl: not UTF-8 text; save it as UTF-8',
  ],
  [
    'Latin-1 in JSON',
    'l.json',
    Buffer.from(file({ description: 'é' }), 'latin1'),
    'unreadable',
    'l.json: not UTF-8 text; save it as UTF-8',
  ],
  [
    'Latin-1 in YAML',
    'l.yaml',
    Buffer.from('name: é', 'latin1'),
    'unreadable',
    'l.yaml: not UTF-8 text; save it as UTF-8',
  ],
  [
    'UTF-16',
    'u.json',
    Buffer.from(`\ufeff${file({})}`, 'utf16le'),
    'unreadable',
    'u.json: not UTF-8 text; save it as UTF-8',
  ],
  [
    'truncated gzip',
    't.jsonl.gz',
    gzipSync(humaneval({})).subarray(0, -12),
    'unreadable',
    't.jsonl.gz: the gzip file is cut off; fetch it again',
  ],
  [
    'damaged gzip',
    'd.jsonl.gz',
    Buffer.concat([gzipSync('x').subarray(0, 10), Buffer.alloc(40, 0xff)]),
    'unreadable',
    'd.jsonl.gz: the gzip file is damaged; fetch it again',
  ],
  [
    'unknown ending',
    'x.xlsx',
    'a,b',
    'unknown_format',
    'x.xlsx: no dataset format reads ".xlsx"; known endings: …',
  ],
  [
    "another set's JSONL",
    'm.jsonl',
    '{"question": "1+1?", "answer": "2"}\n',
    'bad_option',
    'm.jsonl: say which column is asked: #prompt=question; its columns are "question", "answer"',
  ],
  // Syntax
  [
    'JSON: a missing value',
    's.json',
    '{"name": "é",\n "𝄞": 1, "version": ,}',
    'syntax',
    's.json:2:21: not valid JSON: unexpected ","',
  ],
  [
    'JSON: a comma too many',
    's1.json',
    '{\n  "test_cases": [{"id": "a"},]\n}',
    'syntax',
    's1.json:2:30: not valid JSON: unexpected "]"',
  ],
  [
    'JSON: cut off',
    's2.json',
    '{"name": "n", "test_cases": [{"id"',
    'syntax',
    's2.json:1:35: not valid JSON: the text ends before every quote and bracket is closed',
  ],
  [
    'JSON: cut off in a string',
    's2b.json',
    '{"name": "n',
    'syntax',
    's2b.json:1:12: not valid JSON: the text ends before every quote and bracket is closed',
  ],
  [
    'JSON: single quotes',
    's3.json',
    "{'name': 'n'}",
    'syntax',
    `s3.json:1:2: not valid JSON: unexpected character "'"`,
  ],
  [
    'JSON: a line break in a string',
    's4.json',
    '{"name": "a\nb"}',
    'syntax',
    's4.json:1:12: not valid JSON: line break in a string',
  ],
  [
    'JSON: two documents',
    's5.json',
    `${file({})}\n{}`,
    'syntax',
    's5.json:2:1: not valid JSON: unexpected "{"',
  ],
  [
    'JSON: a comment',
    's6.json',
    '// hi\n{}',
    'syntax',
    's6.json:1:1: not valid JSON: unexpected character "/"',
  ],
  [
    'JSON: a list',
    'list.json',
    JSON.stringify([good]),
    'invalid',
    'list.json: expected an object, got a list',
  ],
  ['JSON: a string', 'str.json', '"x"', 'invalid', 'str.json: expected an object, got "x"'],
  [
    'JSONL: bad line',
    'j.jsonl',
    `${JSON.stringify(good)}\n{"id": "é𝄞", "prompt" "p"}\n`,
    'syntax',
    'j.jsonl:2:23: not valid JSON: unexpected "p"',
  ],
  [
    'JSONL: cut off',
    'j2.jsonl',
    `${JSON.stringify(good)}\n{"id": "b", "pro`,
    'syntax',
    'j2.jsonl:2:17: not valid JSON: the text ends before every quote and bracket is closed',
  ],
  [
    'JSONL: a list on a line',
    'j3.jsonl',
    `${JSON.stringify(good)}\n[1]\n`,
    'invalid',
    'j3.jsonl: line 2: expected an object, got a list',
  ],
  [
    'YAML: bad indent',
    'y.yaml',
    'name: n\nversion: "1"\n  test_cases: []\n',
    'syntax',
    'y.yaml:3:1: not valid YAML: …',
  ],
  ['YAML: open quote', 'y2.yaml', 'name: "n\nversion: 1\n', 'syntax', 'y2.yaml:3:1: not valid YAML: …'],
  ['YAML: a tab', 'y3.yaml', 'name: n\ntest_cases:\n\t- id: a\n', 'syntax', 'y3.yaml:3:1: not valid YAML: …'],
  [
    'YAML: duplicate key',
    'y4.yaml',
    'name: n\nname: m\n',
    'syntax',
    'y4.yaml:2:1: not valid YAML: Map keys must be unique',
  ],
  [
    'YAML: two documents',
    'y5.yaml',
    'name: n\n---\nname: m\n',
    'syntax',
    'y5.yaml:2:1: not valid YAML: several documents in one file',
  ],
  [
    'YAML: a foreign tag',
    'y6.yaml',
    'name: !!python/object:os.system n\n',
    'syntax',
    'y6.yaml:1:7: not valid YAML: Unresolved tag: tag:yaml.org,2002:python/object:os.system',
  ],
  [
    'YAML: alias bomb',
    'bomb.yaml',
    `a: &a [x]\n${[...'bcdefghij'].map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(', ')}]`).join('\n')}\n`,
    'invalid',
    'bomb.yaml: aliases cannot be resolved: …',
  ],
  [
    'YAML: unknown alias',
    'y7.yaml',
    'name: *n\n',
    'invalid',
    'y7.yaml: aliases cannot be resolved: Unresolved alias (the anchor must be set before the alias): n',
  ],
  [
    'YAML: alias to itself',
    'y8.yaml',
    'name: n\nversion: "1"\nmetadata: &m\n  self: *m\ntest_cases: [{id: a, prompt: p}]\n',
    'invalid',
    'y8.yaml: metadata: …',
  ],
  [
    'YAML: above 8 MiB',
    'big.yaml',
    Buffer.concat([Buffer.from('name: n\n# '), Buffer.alloc(9 * 1024 * 1024, 'x')]),
    'invalid',
    'big.yaml: YAML above 8 MiB is not read; convert it to JSON or JSONL',
  ],
  [
    'YAML: nested too deeply',
    'deep.yaml',
    `name: ${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    'syntax',
    'deep.yaml:1:…',
  ],
  [
    'YAML: infinity',
    'inf.yaml',
    'name: n\nversion: "1"\ntest_cases: [{id: a, prompt: p, metadata: {x: .inf}}]\n',
    'invalid',
    'inf.yaml: test_cases[0] ("a"): metadata: holds what JSON cannot: an infinite or too large number, or more than 100 levels',
  ],
  // Header
  [
    'unknown key',
    'h.json',
    file({ desciption: 'x' }),
    'invalid',
    'h.json: unknown key "desciption"; did you mean "description"?',
  ],
  [
    'misspelt list',
    'h2.json',
    JSON.stringify({ name: 'n', version: '1', testcases: [good] }),
    'invalid',
    'h2.json: unknown key "testcases"; did you mean "test_cases"? (and 1 more)',
  ],
  [
    'no name',
    'h3.json',
    JSON.stringify({ version: '1', test_cases: [good] }),
    'invalid',
    'h3.json: "name" is missing',
  ],
  ['empty name', 'h4.json', file({ name: ' ' }), 'invalid', 'h4.json: name: must not be empty'],
  [
    'version a number',
    'h5.yaml',
    'name: n\nversion: 1.0\ntest_cases: [{id: a, prompt: p}]\n',
    'invalid',
    'h5.yaml: version: expected a string, got 1; put quotes around it',
  ],
  ['no cases', 'h6.json', file({}, []), 'invalid', 'h6.json: has no cases; a dataset needs at least one'],
  [
    'cases an object',
    'h7.json',
    file({}, { a: good }),
    'invalid',
    'h7.json: test_cases: expected a list, got an object',
  ],
  [
    'unknown default',
    'h8.json',
    file({ defaults: { temprature: 1 } }),
    'invalid',
    'h8.json: defaults: unknown key "temprature"; did you mean "temperature"?',
  ],
  [
    'default out of range',
    'h9.json',
    file({ defaults: { temperature: 3 } }),
    'invalid',
    'h9.json: defaults.temperature: must be at most 2',
  ],
  [
    'max_tokens a fraction',
    'h10.json',
    file({ defaults: { max_tokens: 1.5 } }),
    'invalid',
    'h10.json: defaults.max_tokens: expected a whole number, got 1.5',
  ],
  [
    'max_tokens 0',
    'h11.json',
    file({ defaults: { max_tokens: 0 } }),
    'invalid',
    'h11.json: defaults.max_tokens: must be at least 1',
  ],
  [
    'stop a number',
    'h12.json',
    file({ defaults: { stop: 1 } }),
    'invalid',
    'h12.json: defaults.stop: expected a string or a list of strings',
  ],
  [
    'scorer a number',
    'h13.json',
    file({ scorer: 4 }),
    'invalid',
    "h13.json: scorer: expected a scorer's name, an object with its name and options, or a list of these",
  ],
  [
    'scorer without a name',
    'h14.json',
    file({ scorer: { pattern: 'x' } }),
    'invalid',
    "h14.json: scorer: expected a scorer's name, an object with its name and options, or a list of these",
  ],
  ['no scorers', 'h15.json', file({ scorer: [] }), 'invalid', 'h15.json: scorer: must not be empty'],
  [
    'many unknown keys',
    'h16.json',
    file({ a: 1, b: 2, c: 3, d: 4 }),
    'invalid',
    'h16.json: unknown keys "a", "b", "c" and 1 more; known are name, description, version, defaults, scorer, system, metadata, test_cases',
  ],
  [
    'two lists of cases',
    'h17.json',
    file({}).replace('{', '{"test_cases": [{"id": "b", "prompt": "p"}], '),
    'invalid',
    'h17.json: test_cases[0]: a second list of the same name; keep one',
  ],
  // Cases
  [
    'unknown key in a case',
    'c.json',
    file({}, [good, { id: 'case-4', promt: 'x' }]),
    'invalid',
    'c.json: test_cases[1] ("case-4"): unknown key "promt"; did you mean "prompt"? (and 1 more)',
  ],
  [
    'unknown key like none',
    'c1.json',
    oneCase({ zzzzzz: 1 }),
    'invalid',
    'c1.json: test_cases[0] ("a"): unknown key "zzzzzz"',
  ],
  [
    '__proto__ as a key',
    'c2.json',
    file({}, []).replace('[]', '[{"id": "a", "prompt": "p", "__proto__": {"polluted": 1}}]'),
    'invalid',
    'c2.json: test_cases[0] ("a"): unknown key "__proto__"',
  ],
  [
    'case a string',
    'c3.json',
    file({}, ['hi']),
    'invalid',
    'c3.json: test_cases[0]: expected an object, got "hi"',
  ],
  [
    'case null',
    'c4.json',
    file({}, [null]),
    'invalid',
    'c4.json: test_cases[0]: expected an object, got null',
  ],
  ['no id', 'c5.json', file({}, [{ prompt: 'p' }]), 'invalid', 'c5.json: test_cases[0]: "id" is missing'],
  [
    'empty prompt',
    'c6.json',
    oneCase({ prompt: '' }),
    'invalid',
    'c6.json: test_cases[0] ("a"): prompt: must not be empty',
  ],
  [
    'id a number',
    'c7.json',
    oneCase({ id: 7 }),
    'invalid',
    'c7.json: test_cases[0]: id: expected a string, got 7; put quotes around it',
  ],
  [
    'expected a number',
    'c8.yaml',
    'name: n\nversion: "1"\ntest_cases:\n  - {id: a, prompt: p, expected: 4}\n',
    'invalid',
    'c8.yaml: test_cases[0] ("a"): expected: expected a string, got 4; put quotes around it',
  ],
  [
    'references a string',
    'c9.json',
    oneCase({ references: 'x' }),
    'invalid',
    'c9.json: test_cases[0] ("a"): references: expected a list, got "x"',
  ],
  [
    'references empty',
    'c10.json',
    oneCase({ references: [] }),
    'invalid',
    'c10.json: test_cases[0] ("a"): references: must not be empty',
  ],
  [
    'difficulty misspelt',
    'c11.json',
    oneCase({ difficulty: 'hrad' }),
    'invalid',
    'c11.json: test_cases[0] ("a"): difficulty: expected one of easy, medium, hard, extreme, got "hrad"; did you mean "hard"?',
  ],
  [
    'variables a list',
    'c12.json',
    oneCase({ variables: [1] }),
    'invalid',
    'c12.json: test_cases[0] ("a"): variables: expected an object, got a list',
  ],
  [
    'variable with a dash',
    'c13.json',
    oneCase({ variables: { 'user-name': 'x' } }),
    'invalid',
    'c13.json: test_cases[0] ("a"): variables: "user-name" is no variable name; use letters, digits and _',
  ],
  [
    'config with an unknown key',
    'c14.json',
    oneCase({ config: { modell: 'x' } }),
    'invalid',
    'c14.json: test_cases[0] ("a"): config: unknown key "modell"; did you mean "model"?',
  ],
  [
    'number too large',
    'c15.json',
    file({}, []).replace('[]', '[{"id": "a", "prompt": "p", "metadata": {"n": 1e999}}]'),
    'invalid',
    'c15.json: test_cases[0] ("a"): metadata: holds what JSON cannot: an infinite or too large number, or more than 100 levels',
  ],
  [
    'metadata too deep',
    'c16.json',
    file({}, []).replace(
      '[]',
      `[{"id": "a", "prompt": "p", "metadata": {"n": ${'['.repeat(50_000)}${']'.repeat(50_000)}}}]`,
    ),
    'invalid',
    'c16.json: test_cases[0] ("a"): metadata: holds what JSON cannot: an infinite or too large number, or more than 100 levels',
  ],
  [
    'duplicate id',
    'dup.json',
    file({}, [good, { id: 'b', prompt: 'p' }, good]),
    'invalid',
    'dup.json: test_cases[2]: id "a" is already that of test_cases[0]; ids are unique',
  ],
  [
    'duplicate id in JSONL',
    'dup.jsonl',
    `${JSON.stringify(good)}\n\n${JSON.stringify(good)}\n`,
    'invalid',
    'dup.jsonl: line 3: id "a" is already that of line 1; ids are unique',
  ],
  [
    'duplicate id once filled',
    'dup2.json',
    file({}, [
      { id: 'q-{{n}}', prompt: 'p', variables: { n: 1 } },
      { id: 'q-1', prompt: 'p' },
    ]),
    'invalid',
    'dup2.json: test_cases[1]: id "q-1" is already that of test_cases[0]; ids are unique',
  ],
  [
    'many faults',
    'many.json',
    file(
      { naem: 1 },
      Array.from({ length: 300 }, () => ({ id: 'a', prompt: 1 })),
    ),
    'invalid',
    'many.json: unknown key "naem"; did you mean "name"? (and 300 more)',
  ],
  [
    'a key of a megabyte',
    'long.json',
    oneCase({ ['k'.repeat(1_000_000)]: 1 }),
    'invalid',
    `long.json: test_cases[0] ("a"): unknown key "${'k'.repeat(60)}…"`,
  ],
  [
    'an id of a megabyte',
    'long2.json',
    oneCase({ id: 'i'.repeat(1_000_000), promt: 1 }),
    'invalid',
    `long2.json: test_cases[0] ("${'i'.repeat(60)}…"): unknown key "promt"; did you mean "prompt"?`,
  ],
  [
    'a line above 64 MiB',
    'line.jsonl',
    Buffer.alloc(65 * 1024 * 1024, 'x'),
    'invalid',
    'line.jsonl: a line longer than 64 MiB',
  ],
  // Code
  [
    'code without tests',
    'k.json',
    oneCase({ code: { entry_point: 'f' } }),
    'invalid',
    'k.json: test_cases[0] ("a"): code: "test_cases" is missing',
  ],
  [
    'code with no tests',
    'k2.json',
    oneCase({ code: { test_cases: [] } }),
    'invalid',
    'k2.json: test_cases[0] ("a"): code.test_cases: must not be empty',
  ],
  [
    'arguments no list',
    'k3.json',
    oneCase({ code: { entry_point: 'f', test_cases: [{ input: 1, expected_output: 2 }] } }),
    'invalid',
    'k3.json: test_cases[0] ("a"): code.test_cases[0].input: expected the list of arguments of f',
  ],
  [
    'stdin no string',
    'k4.json',
    oneCase({ code: { test_cases: [{ input: '1', expected_output: 2 }] } }),
    'invalid',
    'k4.json: test_cases[0] ("a"): code.test_cases[0].expected_output: expected a string: without entry_point it is the text of stdin or stdout',
  ],
  [
    'timeout 0',
    'k5.json',
    oneCase({ code: { test_cases: [{ input: '', expected_output: '', timeout: 0 }] } }),
    'invalid',
    'k5.json: test_cases[0] ("a"): code.test_cases[0].timeout: must be more than 0',
  ],
  [
    'entry point no name',
    'k6.json',
    oneCase({ code: { entry_point: 'f(); import os', test_cases: [{ input: [], expected_output: '' }] } }),
    'invalid',
    'k6.json: test_cases[0] ("a"): code.entry_point: expected the name of a function',
  ],
  [
    'language unknown',
    'k10.json',
    oneCase({ code: { language: 'typscript', entry_point: 'f', test: 'x' } }),
    'invalid',
    'k10.json: test_cases[0] ("a"): code.language: expected one of python, javascript, typescript, shell, got "typscript"; did you mean "typescript"?',
  ],
  [
    'shell with a function',
    'k11.json',
    oneCase({
      code: { language: 'shell', entry_point: 'f', test_cases: [{ input: [], expected_output: 1 }] },
    }),
    'invalid',
    'k11.json: test_cases[0] ("a"): code.entry_point: has no meaning for shell, whose programs read standard input and write standard output',
  ],
  [
    'shell with assertions',
    'k12.json',
    oneCase({ code: { language: 'shell', test: 'x' } }),
    'invalid',
    'k12.json: test_cases[0] ("a"): code.test: cannot be in shell, which is judged by "test_cases"',
  ],
  [
    'assertions without a name',
    'k13.json',
    oneCase({ code: { test: 'x' } }),
    'invalid',
    'k13.json: test_cases[0] ("a"): code.entry_point: is missing: the name that the test calls',
  ],
  [
    'assertions beside cases',
    'k14.json',
    oneCase({ code: { entry_point: 'f', test: 'x', test_cases: [{ input: [], expected_output: 1 }] } }),
    'invalid',
    'k14.json: test_cases[0] ("a"): code.test: cannot stand beside "test_cases": choose one',
  ],
  [
    'a tolerance of assertions',
    'k15.json',
    oneCase({ code: { entry_point: 'f', test: 'x', tolerance: 1 } }),
    'invalid',
    'k15.json: test_cases[0] ("a"): code.tolerance: belongs to "test_cases"; the test compares by itself',
  ],
  [
    'types of what has none',
    'k16.json',
    oneCase({ code: { language: 'javascript', entry_point: 'f', test: 'x', type_check: true } }),
    'invalid',
    'k16.json: test_cases[0] ("a"): code.type_check: has a meaning for TypeScript only',
  ],
  [
    'one timeout for all cases',
    'k17.json',
    oneCase({ code: { timeout: 3, test_cases: [{ input: '', expected_output: '' }] } }),
    'invalid',
    'k17.json: test_cases[0] ("a"): code.timeout: belongs to "test"; test_cases have one each',
  ],
  [
    'a $ in Python',
    'k18.json',
    oneCase({ code: { entry_point: '$f', test_cases: [{ input: [], expected_output: 1 }] } }),
    'invalid',
    'k18.json: test_cases[0] ("a"): code.entry_point: expected the name of a Python function',
  ],
  [
    'integer beyond 2^53',
    'k7.json',
    oneCase({ code: { entry_point: 'f', test_cases: [{ input: [], expected_output: 0 }] } }).replace(
      '"expected_output":0',
      '"expected_output":9007199254740993',
    ),
    'invalid',
    'k7.json: test_cases[0] ("a"): code.test_cases[0].expected_output: holds a whole number beyond 2^53, which JSON readers round; test for it as a string',
  ],
  [
    'expected_output missing',
    'k8.json',
    oneCase({ code: { test_cases: [{ input: '' }] } }),
    'invalid',
    'k8.json: test_cases[0] ("a"): code.test_cases[0]: "expected_output" is missing',
  ],
  [
    'Python task without difficulty',
    'py.json',
    python({ difficulty: undefined }),
    'invalid',
    'py.json: tasks[0] ("add"): "difficulty" is missing',
  ],
  [
    'Python task without reference',
    'py2.json',
    python({ reference_solution: undefined }),
    'invalid',
    'py2.json: tasks[0] ("add"): "reference_solution" is missing',
  ],
  [
    'Python task, unknown key',
    'py3.json',
    python({ reference_solutions: 'x' }),
    'invalid',
    'py3.json: tasks[0] ("add"): unknown key "reference_solutions"; did you mean "reference_solution"?',
  ],
  [
    'Python task, arguments no list',
    'py4.json',
    python({ test_cases: [{ input: '1 2', expected_output: 3 }] }),
    'invalid',
    'py4.json: tasks[0] ("add"): test_cases[0].input: expected the list of arguments of add',
  ],
  [
    'HumanEval, wrong type',
    'he.jsonl',
    `${humaneval({})}\n${humaneval({ task_id: 'H/1', test: 3 })}\n`,
    'invalid',
    'he.jsonl: line 2 ("H/1"): test: expected a string, got 3; put quotes around it',
  ],
  [
    'HumanEval, twice',
    'he2.jsonl',
    `${humaneval({})}\n${humaneval({})}\n`,
    'invalid',
    'he2.jsonl: line 2: id "H/0" is already that of line 1; ids are unique',
  ],
]

let folder: string
const printed: string[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-datasets-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  process.stdout.write(`${printed.join('\n')}\n`)
})

async function messageOf(source: string, options = {}): Promise<DatasetError> {
  const error = await openDataset(source, options).then(
    () => new Error('it was accepted'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof DatasetError)) throw error
  const message = error.message.replaceAll(`${folder}/`, '')
  printed.push(message)
  expect(message).not.toMatch(/[\r\n]|\s+at .*:\d+:\d+\)/)
  expect(message.length).toBeLessThan(300)
  return error
}

/** Where a message ends in `…`, its beginning is what counts: the rest is a library's wording. */
function expectMessage(error: DatasetError, expected: string): void {
  const message = error.message.replaceAll(`${folder}/`, '')
  if (expected.endsWith('…')) expect(message.slice(0, expected.length - 1)).toBe(expected.slice(0, -1))
  else expect(message).toBe(expected)
}

describe('what is wrong is told in one line', () => {
  it.each(rows)('%s', async (_what, name, content, code, expected) => {
    const path = join(folder, name)
    await writeFile(path, content)
    const error = await messageOf(path)
    expectMessage(error, expected)
    expect(error.code).toBe(code)
  })
})
