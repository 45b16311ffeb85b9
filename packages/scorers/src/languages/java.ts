import type { AssertCode } from '@bench/datasets'
import { compiledSource } from '../compiled.js'
import { pythonSources } from '../python.js'
import { openBraces, splitList, splitPrompt, splitTest } from './braces.js'
import type { Build } from './compiled.js'
import { tupleClasses } from './java-tuples.js'
import type { LanguageSupport } from './spec.js'

export const java: LanguageSupport = {
  name: 'java',
  fences: ['java'],
  runtime: 'python',
  roles: {},
  compiled: { toolChain: 'java', compiler: 'javac', memoryBytes: 1024 ** 3, support, answer, test },
  programs: () => pythonSources(['compiler.py', 'compiled.py']),
  defines,
  complete,
}

const word = (name: string) => name.replace(/[^\p{L}\p{N}_]/gu, '\\$&')

/** A method: a type and the name, parameters in parentheses, and a brace. */
function defines(code: string, name: string): boolean {
  return new RegExp(
    `^(?!\\s*(?:return|throw|new)\\b)[^;=(){}\\n]*[\\w>\\]][ \\t]+${word(name)}[ \\t]*\\([^;{}]*\\)[^;{}]*\\{`,
    'mu',
  ).test(code)
}

const classes =
  /^[ \t]*(?:(?:public|final|abstract|static|strictfp)[ \t]+)*(?:class|record|enum|interface)[ \t]+(\w+)/m

/**
 * A class that has the method gets the imports; the method alone the prompt's class as well; other code is the body that the prompt
 * leaves open.
 */
function complete({ prompt, entryPoint }: Pick<AssertCode, 'prompt' | 'entryPoint'>, code: string): string {
  if (!defines(code, entryPoint)) return prompt + code
  const imports = prompt.split('\n').filter((line) => /^import\b/.test(line))
  const own = code.replace(/^[ \t]*package[ \t]+[\w.]+;/m, '')
  if (classes.test(own)) return [...imports, own].join('\n')
  const declared = own.split('\n').filter((line) => /^\s*import\b/.test(line))
  const rest = own.split('\n').filter((line) => !/^\s*import\b/.test(line))
  return [...imports, ...declared, 'class Problem {', ...rest, '}'].join('\n')
}

const main = /^[ \t]*public static void main\(String\[\] args\) \{/m

/** A short-lived compiler and program: one thread collects what is no longer used, and nothing is shared with other processes. */
const machine = ['-XX:+UseSerialGC', '-XX:-UsePerfData', '-Xmx640m']

const compile = (compiler: string, ...files: readonly string[]) => [
  compiler,
  ...[...machine, '-XX:TieredStopAtLevel=1'].map((flag) => `-J${flag}`),
  ...['-encoding', 'UTF8', '-nowarn', '-cp', '.'],
  ...files,
]

/** Beside the compiler. */
const run = (compiler: string, ...args: readonly string[]) => [
  compiler.replace(/javac$/, 'java'),
  ...machine,
  ...['-ea', '--add-opens', 'java.base/java.io=ALL-UNNAMED', '-cp', '.', 'bench_judge.Judge'],
  ...args,
]

/** What both processes have: compiled once. */
async function support(compiler: string): Promise<Build> {
  const own = await Promise.all(
    ['Judge', 'Garbage', 'Wire'].map(async (name) => [
      `bench_judge/${name}.java`,
      await compiledSource(`java/${name}.java`),
    ]),
  )
  const files: Record<string, string> = {
    ...Object.fromEntries(own),
    'org/javatuples/Tuple.java': await compiledSource('java/Tuple.java'),
    ...tupleClasses(),
  }
  return { files, command: compile(compiler, ...Object.keys(files)), keep: ['.class'], run: [] }
}

async function answer(spec: AssertCode, source: string, compiler: string): Promise<Build> {
  const { closing } = splitTest(spec.test, main)
  const open = openBraces(source)
  // The prompt leaves its method and its class open.
  const whole = open > 0 ? `${source}\n${open > 1 ? closing : ''}\n}\n` : source
  const [, name = 'Problem'] =
    /^[ \t]*public[ \t]+(?:(?:final|abstract|strictfp)[ \t]+)*(?:class|record|enum|interface)[ \t]+(\w+)/m.exec(
      whole,
    ) ?? []
  const file = `${name}.java`
  return {
    files: { [file]: whole },
    command: compile(compiler, file),
    keep: ['.class'],
    run: run(compiler, 'serve', spec.entryPoint),
  }
}

async function test({ prompt, entryPoint, test: script }: AssertCode, compiler: string): Promise<Build> {
  const { signature } = splitPrompt(prompt)
  const [, result = 'Object', parameters = ''] =
    /public static\s+(.+?)\s+\w+\((.*)\)\s*(?:throws .*)?\{\s*$/.exec(signature) ?? []
  const names = splitList(parameters).map((parameter) => /(\w+)\s*$/.exec(parameter)?.[1] ?? '')
  const call = [
    'bench_judge.Judge.call("',
    entryPoint,
    '"',
    ...names.map((name) => `, (Object) ${name}`),
    ')',
  ].join('')
  const files = { 'Problem.java': `${prompt}\n        return (${result}) ${call};\n${script}` }
  return {
    files,
    command: compile(compiler, 'Problem.java'),
    keep: ['.class', '.java'],
    run: run(compiler, 'test'),
  }
}
