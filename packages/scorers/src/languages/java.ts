import type { AssertCode } from '@bench/datasets'
import { compiledSource } from '../compiled.js'
import { pythonSources } from '../python.js'
import { openBraces, splitList, splitPrompt, splitTest } from './braces.js'
import type { Build } from './compiled.js'
import { tupleClasses } from './java-tuples.js'
import type { LanguageSupport } from './spec.js'
import { word } from './word.js'

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

/** Where a method begins: a type and the name, parameters in parentheses, and a brace; what stands before it on its line is its own. */
const method = (name: string) =>
  new RegExp(
    `(?<=^|[{};])(?![ \\t]*(?:return|throw|new|else)\\b)(?:[ \\t]*@\\w+(?:\\([^)\\n]*\\))?)*[^;=(){}\\n]*[\\w>\\]][ \\t]+${word(name)}[ \\t]*\\([^;{}]*\\)[^;{}()]*\\{`,
    'mu',
  )

function defines(code: string, name: string): boolean {
  return method(name).test(code)
}

const importing = /^[ \t]*import\b[^\n;]*;/

/**
 * A class that has the method gets the imports; a method that stands in none the prompt's class as well; other code is the body that the
 * prompt leaves open.
 */
function complete({ prompt, entryPoint }: Pick<AssertCode, 'prompt' | 'entryPoint'>, code: string): string {
  const at = code.search(method(entryPoint))
  if (at < 0) return prompt + unclosed(prompt, code)
  const imports = prompt.split('\n').filter((line) => importing.test(line))
  const own = code.replace(/^[ \t]*package[ \t]+[\w.]+[ \t]*;/m, '')
  if (openBraces(code.slice(0, at)) > 0) return [...imports, own].join('\n')
  const lines = own.split('\n')
  const declared = lines.filter((line) => importing.test(line))
  const rest = lines.filter((line) => !importing.test(line)).map((line) => line.replace(beside, 'static '))
  return [...imports, ...declared, 'class Problem {', ...rest, '}'].join('\n')
}

/** A class beside the method: within the prompt's class it needs no object of that. */
const beside = /^(?=(?:(?:public|private|protected|final|abstract|strictfp)[ \t]+)*class[ \t])/

/** A body as the set's harness takes it: its method and the class are closed by what follows. */
function unclosed(prompt: string, code: string): string {
  let body = code
  for (let open = openBraces(prompt + code); open < openBraces(prompt) && body.includes('}'); open++)
    body = body.slice(0, body.lastIndexOf('}'))
  return body
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

/**
 * An answer that goes on from the prompt is what the set's own harness compiles, with nothing in the test. Any other is a file by itself,
 * named as Java wants it.
 */
async function answer(spec: AssertCode, source: string, compiler: string): Promise<Build> {
  const joined = source.startsWith(spec.prompt)
  const { closing } = splitTest(spec.test, main)
  const parameters = parametersOf(spec.prompt).map((parameter) => parameter.replace(/\s+\w+\s*$/, ''))
  // The test's own method is there, and calls what it would call, as both have to compile.
  const call = `${spec.entryPoint}(${parameters.map(nothing).join(', ')})`
  const rest = `${closing}    public static void main(String[] args) {\n    if (args == null) ${call};\n    }\n}\n`
  const whole = joined ? `${source}\n${rest}` : source
  const [, named = 'Problem'] = publicClass.exec(whole) ?? []
  const file = `${joined ? 'Problem' : named}.java`
  const types = parameters.map((type) => type.replace(/<.*>/, ''))
  return {
    files: { [file]: whole },
    command: compile(compiler, file),
    keep: ['.class'],
    run: run(compiler, 'serve', spec.entryPoint, ...types),
  }
}

/** A value of a type, for code that does not run. */
const nothing = (type: string): string =>
  type === 'boolean' ? 'false' : /^[a-z]\w*$/.test(type) ? `(${type}) 0` : `(${type}) null`

const publicClass =
  /^[ \t]*public[ \t]+(?:(?:final|abstract|strictfp)[ \t]+)*(?:class|record|enum|interface)[ \t]+(\w+)/m

const parametersOf = (prompt: string): string[] => {
  const [, all = ''] = /\((.*)\)\s*(?:throws .*)?\{\s*$/.exec(splitPrompt(prompt).signature) ?? []
  return splitList(all).map((parameter) => parameter.trim())
}

async function test({ prompt, entryPoint, test: script }: AssertCode, compiler: string): Promise<Build> {
  const { signature } = splitPrompt(prompt)
  const [, result = 'Object'] = /public static\s+(.+?)\s+\w+\(/.exec(signature) ?? []
  const names = parametersOf(prompt).map((parameter) => /(\w+)\s*$/.exec(parameter)?.[1] ?? '')
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
