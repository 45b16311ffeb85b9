import type { AssertCode, Task } from '@bench/datasets'
import { afterAll, describe, expect, test } from 'vitest'
import { openJudge, readAnswer } from '../src/index.js'
import { compilerDriver } from './boxes.js'
import { makeCompletion, makeTask } from './setup.js'

const sandbox = await compilerDriver('cpp')
const judge = openJudge(sandbox, { size: 2 })
afterAll(() => judge[Symbol.asyncDispose]())

const spec = (entryPoint: string, prompt: string, asserts: string): AssertCode => ({
  kind: 'assert',
  language: 'cpp',
  style: 'script',
  entryPoint,
  prompt: `#include<assert.h>\n#include<bits/stdc++.h>\n${prompt}\n`,
  test: `}\nint main() {\n    auto candidate = ${entryPoint};\n${asserts.replace(/^/gm, '    ')}\n}\n`,
  stop: ['\n}'],
  timeout: 2,
})

const next = spec('next', '// The next number\nlong next(long x) {', 'assert(candidate((1)) == (2));')

/** One task for all of them: each type crosses twice. */
const types = `std::tuple<bool, long, int, unsigned long, char, float, double, std::string, std::vector<long>,
  std::vector<std::vector<std::string>>, std::map<std::string, long>, std::optional<long>, std::optional<std::string>,
  std::tuple<long, std::string>, std::pair<float, bool>, std::vector<bool>, std::set<long>, std::deque<double>>`.replace(
  /\s+/g,
  ' ',
)
const value = `${types}(true, -9007199254740993L, -7, 18446744073709551615UL, 'c', 0.1f, 0.1, std::string("a\\0\\xff\\"", 4),
  {1, 2}, {{}, {"x", ""}}, {{"k", -1}}, std::nullopt, "", {3, "three"}, {-0.0f, false}, {true, false}, {3, 1}, {1e308, 5e-324})`

describe(`C++ in ${sandbox.name}`, () => {
  test('values of every type cross both ways', { timeout: 120_000 }, async () => {
    const echo = spec(
      'echo',
      `using All = ${types};\nAll echo(All all) {`,
      `All all = ${value.replace(types, 'All')};\nassert(candidate(all) == all);\nassert(std::signbit(std::get<14>(candidate(all)).first));`,
    )
    expect(await judge.judge(echo, `${echo.prompt}return all;`)).toMatchObject({ outcome: 'pass' })
  })

  test('texts, null and what std::any holds cross', { timeout: 120_000 }, async () => {
    const kinds = spec(
      'kinds',
      'std::string kinds(std::vector<std::any> values) {',
      `assert(candidate((std::vector<std::any>({1, 2L, 2.5f, "c", (std::string)"s", std::map<long,long>(), std::vector<long>()}))) == ("ilfcsmv"));
assert(candidate((std::vector<std::any>())) == (""));`,
    )
    const body = `    std::string all;
    for (auto &one : values) {
        auto &type = one.type();
        all += type == typeid(int) ? 'i' : type == typeid(long) ? 'l' : type == typeid(float) ? 'f'
             : type == typeid(const char *) ? 'c' : type == typeid(std::string) ? 's'
             : type == typeid(std::map<long, long>) ? 'm' : type == typeid(std::vector<long>) ? 'v' : '?';
    }
    return all;`
    expect(await judge.judge(kinds, kinds.prompt + body)).toMatchObject({ outcome: 'pass' })
  })

  test('of a union the member is compared that the test names', { timeout: 120_000 }, async () => {
    const union = `union Union_std_string_long{
    std::string f0;
    long f1;    Union_std_string_long(std::string _f0) : f0(_f0) {}
    Union_std_string_long(long _f1) : f1(_f1) {}
    ~Union_std_string_long() {}
    bool operator==(std::string f) {
        return f0 == f ;
    }    bool operator==(long f) {
        return f1 == f ;
    }
};`
    const name = spec(
      'name',
      `${union}\nUnion_std_string_long name(long n) {`,
      'assert(candidate((1)) == "one");\nassert(candidate((2)) == 2);',
    )
    const whole = 'Union_std_string_long name(long n) { if (n == 1) return std::string("one"); return n; }'
    const task = makeTask({ code: name })
    const { code } = readAnswer(task, makeCompletion(`\`\`\`cpp\n${whole}\n\`\`\``))
    expect(await judge.judge(name, code!)).toMatchObject({ outcome: 'pass' })
    const score = await judge.judge(name, code!.replace('return n', 'return n + 1'))
    expect(score).toMatchObject({
      outcome: 'wrong_answer',
      detail: { error: 'candidate((2)) == 2', input: '[2]', got: '3' },
    })
  })

  test.each<[string, string, string, string?]>([
    ['is right', 'return x + 1;', 'pass'],
    ['is off by one', 'return x + 2;', 'wrong_answer', 'candidate((1)) == (2)'],
    ['throws', 'throw std::out_of_range("too far");', 'runtime', 'too far'],
    ['throws something else', 'throw 7;', 'runtime', 'something that is no std::exception was thrown'],
    ['does not compile', 'return y;', 'syntax', "answer.cpp:5:8: error: 'y' was not declared in this scope"],
    ['aborts', 'std::abort();', 'crash', 'the process ended without a result, ended by SIGABRT'],
    ['ends', 'std::exit(0);', 'crash', 'the process ended without a result'],
    [
      'takes a null',
      'return *(long *)nullptr;',
      'crash',
      'the process ended without a result, ended by SIGSEGV',
    ],
    ['never ends', 'for (volatile long i = 0;; i = i + 1) {}', 'time_limit'],
    ['takes all memory', 'std::vector<std::string> all; for (;;) all.emplace_back(1 << 24, 1);', 'memory'],
    ['closes its function', 'return x + 1; }', 'pass'],
    ['has a helper behind it', 'return x + 1;\n}\nstatic long after(long x) {\nreturn x;', 'pass'],
    [
      'has braces in texts',
      'const char *a = R"b(}"}{{)b", *c = "}"; char d = \'}\'; long e = 1\'000; /* } */ return x + 1; // }',
      'pass',
    ],
  ])('a function that %s', { timeout: 120_000 }, async (_name, body, outcome, error) => {
    const score = await judge.judge(next, next.prompt + body)
    expect(score).toMatchObject({ outcome, value: outcome === 'pass' ? 1 : 0 })
    if (error !== undefined) expect(String(score.detail?.error).replace(/[‘’]/g, "'")).toContain(error)
  })
})

const whole = 'long next(long x) {\n    return x + 1;\n}'
const includes = '#include<assert.h>\n#include<bits/stdc++.h>\n'

describe('C++ in replies', () => {
  const read = (text: string, form: 'chat' | 'continuation' = 'chat'): string | undefined => {
    const task: Task = makeTask({ code: next })
    return readAnswer(task, makeCompletion(text, { form })).code?.trimEnd()
  }
  const own = '#include <iostream>\nusing namespace std;\n'

  test.each<[string, string, string]>([
    ['the function alone', `\`\`\`cpp\n${whole}\n\`\`\``, includes + whole],
    ['a whole file', `Sure:\n\`\`\`c++\n${own}${whole}\n\`\`\`\nIt adds.`, includes + own + whole],
    [
      'another way of braces',
      `\`\`\`\n${whole.replace(' {', '\n{')}\n\`\`\``,
      includes + whole.replace(' {', '\n{'),
    ],
    ['its body', '```cpp\n    return x + 1;\n```', `${next.prompt}    return x + 1;`],
    [
      'what is called elsewhere',
      '```cpp\nlong y = 0;\nreturn next(y);\n```',
      `${next.prompt}long y = 0;\nreturn next(y);`,
    ],
    [
      'a demonstration in a fence of its own',
      `\`\`\`cpp\n${whole}\n\`\`\`\nTry it:\n\`\`\`cpp\nint main() { std::cout << next(1); }\n\`\`\``,
      includes + whole,
    ],
    ['no fence', `${own}${whole}`, includes + own + whole],
    ['words and no fence', `Here it is:\n\n${whole}\n\nIt adds one (of course).`, includes + whole],
  ])('%s', (_name, reply, code) => {
    expect(read(reply)).toBe(code)
  })

  test('text that goes on from the prompt ends where the harness ends it', () => {
    expect(read('    return x + 1;\n}\nint main() { return 1; }', 'continuation')).toBe(
      `${next.prompt}    return x + 1;`,
    )
    expect(read(whole, 'continuation')).toBe(whole.slice(0, -2))
  })
})
