import type { AssertCode } from '@bench/datasets'
import { compiledSource } from '../compiled.js'
import { pythonSources } from '../python.js'
import { openBraces, splitPrompt, splitTest } from './braces.js'
import type { Build } from './compiled.js'
import type { LanguageSupport } from './spec.js'
import { word } from './word.js'

export const cpp: LanguageSupport = {
  name: 'cpp',
  fences: ['cpp', 'c++', 'cc', 'cxx', 'hpp', 'c'],
  runtime: 'python',
  roles: {},
  compiled: { toolChain: 'cpp', compiler: 'g++', memoryBytes: 512 << 20, answer, test },
  programs: () => pythonSources(['compiler.py', 'compiled.py']),
  defines,
  complete,
}

/** A line that begins with a type, then the name and an opening parenthesis; no call, which begins with the name or `return`. */
function defines(code: string, name: string): boolean {
  return new RegExp(
    `^(?!\\s*(?:return|else|throw)\\b)[ \\t]*[\\p{L}_][^;=(){}\\n]*[\\s*&>]${word(name)}[ \\t]*\\([^;]*?\\)[^;{]*\\{`,
    'mu',
  ).test(code)
}

/** Code that defines the function gets the prompt's includes and unions; other code is the body that the prompt leaves open. */
function complete({ prompt, entryPoint }: Pick<AssertCode, 'prompt' | 'entryPoint'>, code: string): string {
  if (!defines(code, entryPoint)) return prompt + code
  const includes = prompt.split('\n').filter((line) => /^\s*#\s*include\b/.test(line))
  const unions = unionsOf(prompt).filter(({ name }) => !new RegExp(`\\bunion\\s+${name}\\b`).test(code))
  return [...includes, ...unions.map(({ text }) => text), code].join('\n')
}

const main = /^[ \t]*int main\(\) \{/m

/** As MultiPL-E's own harness calls it. */
const build = (files: Build['files'], compiler: string, ...flags: string[]): Build => ({
  files,
  command: [compiler, '-std=c++17', '-w', ...flags, 'program.cpp', '-o', 'program'],
  keep: ['program'],
  run: ['./program'],
})

async function answer(spec: AssertCode, source: string, compiler: string): Promise<Build> {
  const { closing } = splitTest(spec.test, main)
  const whole = openBraces(source) > 0 ? `${source}\n${closing}` : source
  const program = [
    '#define BENCH_JUDGE_ANSWER',
    '#include "bench_judge.hpp"',
    '#line 1 "answer.cpp"',
    whole,
    '#line 1 "bench_judge_serve.cpp"',
    ...unionsOf(spec.prompt).map(heldUnion),
    `void bench_judge_serve() { bench_judge::serve(&::${spec.entryPoint}); }`,
  ].join('\n')
  return build(
    { 'program.cpp': program, 'bench_judge.hpp': await compiledSource('bench_judge.hpp') },
    compiler,
  )
}

async function test({ prompt, entryPoint, test: script }: AssertCode, compiler: string): Promise<Build> {
  const { before, signature } = splitPrompt(prompt)
  const { rest } = splitTest(script, main)
  const declared = unionsOf(before).reduce(
    (text, union) => text.replace(union.text, () => remoteUnion(union)),
    before,
  )
  const program = [
    '#include "bench_judge.hpp"',
    declared,
    `${signature.replace(/\{\s*$/, '')};`,
    '#undef assert',
    '#define assert(expression) bench_judge::check(static_cast<bool>(expression), #expression)',
    rest
      .replace(main, 'void bench_judge_test() {')
      .replace(
        new RegExp(`auto candidate = ${word(entryPoint)};`),
        () => `bench_judge::Function<decltype(&::${entryPoint})> candidate;`,
      ),
  ].join('\n')
  return build(
    { 'program.cpp': program, 'bench_judge.hpp': await compiledSource('bench_judge.hpp') },
    compiler,
  )
}

/** A union as the set writes it: members `f0`, `f1`, … and a comparison with a value of each one's type. */
interface Union {
  readonly text: string
  readonly name: string
  readonly members: readonly string[]
}

function unionsOf(prompt: string): Union[] {
  return [...prompt.matchAll(/^union (\w+)\{\n(.*?)^\};/gms)].map(([text, name = '', body = '']) => ({
    text,
    name,
    members: [...body.matchAll(/^ {4}(\S.*?) f\d+;/gm)].map(([, type = '']) => type),
  }))
}

/** The answer's: it stays where it is, and its members are told one by one. */
const heldUnion = ({ name, members }: Union) => `
template <> struct bench_judge::HeldUnion<${name}> : bench_judge::Held {
  ${name} value;
  template <class Call> explicit HeldUnion(Call &&call) : value(call()) {}
  bench_judge::Bytes member(std::uint32_t number) override {
    bench_judge::Bytes out;
    switch (number) {
${members.map((type, n) => `      case ${n}: bench_judge::Codec<${type}>::put(out, value.f${n}); break;`).join('\n')}
    }
    return out;
  }
};`

/** The test's: which member is compared is known, as the set's own comparison knows it, by the type on the other side. */
const remoteUnion = ({ name, members }: Union) => `
struct ${name} : bench_judge::Remote {
${members.map((type, n) => `  bool operator==(${type} f) const { return member<${type}>(${n}) == f; }`).join('\n')}
};`
