import type { AssertCode } from '@bench/datasets'
import { compiledSource } from '../compiled.js'
import { pythonSources } from '../python.js'
import { openBraces, splitList, splitPrompt, splitTest } from './braces.js'
import type { Build } from './compiled.js'
import type { LanguageSupport } from './spec.js'
import { word } from './word.js'

export const rust: LanguageSupport = {
  name: 'rust',
  fences: ['rust', 'rs'],
  runtime: 'python',
  roles: {},
  compiled: { toolChain: 'rust', compiler: 'rustc', memoryBytes: 512 << 20, answer, test },
  programs: () => pythonSources(['compiler.py', 'compiled.py']),
  defines,
  complete,
}

function defines(code: string, name: string): boolean {
  return new RegExp(
    `^[ \\t]*(?:pub(?:\\([^)]*\\))?[ \\t]+)?(?:const[ \\t]+|unsafe[ \\t]+)*fn[ \\t]+${word(name)}\\b`,
    'mu',
  ).test(code)
}

/** Code that defines the function gets what the prompt uses and it does not; other code is the body that the prompt leaves open. */
function complete({ prompt, entryPoint }: Pick<AssertCode, 'prompt' | 'entryPoint'>, code: string): string {
  if (!defines(code, entryPoint)) return prompt + code
  const uses = prompt.split('\n').filter((line) => /^use\b/.test(line) && !isUsed(lastName(line), code))
  // What is said of the whole file has to stay in front.
  const [inner] = /^(?:\s*(?:#!\[.*\]|\/\/!.*)\s*?(?:\n|$))*/.exec(code)!
  return [...(inner === '' ? [] : [inner.trimEnd()]), ...uses, code.slice(inner.length)].join('\n')
}

const lastName = (use: string) => /(\w+)\s*;/.exec(use)?.[1] ?? use

/** Whether code has a name by a `use` of its own, alone or with others: a second one would be an error. */
const isUsed = (name: string, code: string) =>
  [...code.matchAll(/^[ \t]*(?:pub[ \t]+)?use\b([^;]*);/gm)].some(([, names = '']) =>
    new RegExp(`\\b${name}\\b(?!\\s*(?:::|as\\b))`).test(names),
  )

const main = /^fn main\(\) \{/m

/** As MultiPL-E's own harness calls it, and without the symbols, which are most of its bytes. */
const build = (files: Build['files'], compiler: string): Build => ({
  files,
  command: [compiler, '-A', 'warnings', '-C', 'strip=symbols', 'answer.rs', '-o', 'program'],
  keep: ['program'],
  run: ['./program'],
})

async function answer(spec: AssertCode, source: string, compiler: string): Promise<Build> {
  const { closing } = splitTest(spec.test, main)
  const program = [
    // On one line, so that the compiler's numbers are those of the answer.
    `#![no_main] ${openBraces(source) > 0 ? `${source}\n${closing}` : source}`,
    'mod bench_judge;',
    `fn bench_judge_run() { bench_judge::serve(${spec.entryPoint} as ${typeOf(spec, () => '_')}) }`,
  ].join('\n')
  return build({ 'answer.rs': program, 'bench_judge.rs': await compiledSource('bench_judge.rs') }, compiler)
}

async function test(spec: AssertCode, compiler: string): Promise<Build> {
  const { rest } = splitTest(spec.test, main)
  const program = [
    '#![no_main]',
    'macro_rules! assert_eq { ($left:expr, $right:expr $(,)*) => {',
    '    crate::bench_judge::check($left == $right, concat!(stringify!($left), " == ", stringify!($right)))',
    '} }',
    'mod bench_judge;',
    `${spec.prompt}\n    unimplemented!()\n}`,
    rest
      .replace(main, 'fn bench_judge_run() {')
      .replace(
        new RegExp(`let candidate = ${word(spec.entryPoint)};`),
        () => `let candidate = bench_judge::remote(${spec.entryPoint} as ${typeOf(spec)});`,
      ),
  ].join('\n')
  return build({ 'answer.rs': program, 'bench_judge.rs': await compiledSource('bench_judge.rs') }, compiler)
}

/**
 * The type of the prompt's function as a pointer.
 * @param write each of the types in it
 */
function typeOf({ prompt }: AssertCode, write = (type: string) => type): string {
  const { signature } = splitPrompt(prompt)
  const [, parameters = '', result = '()'] =
    /\((.*)\)\s*->\s*(.*?)\s*\{$/.exec(signature) ?? /\((.*)\)\s*\{$/.exec(signature) ?? []
  const types = splitList(parameters).map((parameter) => parameter.slice(parameter.indexOf(':') + 1).trim())
  return `fn(${types.map(write).join(', ')}) -> ${write(result)}`
}
