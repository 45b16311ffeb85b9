import type { AssertCode } from '@bench/datasets'
import { compiledSource } from '../compiled.js'
import { pythonSources } from '../python.js'
import { bare, openBraces } from './braces.js'
import type { Build } from './compiled.js'
import type { LanguageSupport } from './spec.js'
import { word } from './word.js'

export const go: LanguageSupport = {
  name: 'go',
  fences: ['go', 'golang'],
  runtime: 'python',
  roles: {},
  compiled: { toolChain: 'go', compiler: 'go', memoryBytes: 512 << 20, support, answer, test },
  programs: () => pythonSources(['compiler.py', 'compiled.py']),
  defines,
  complete,
}

function defines(code: string, name: string): boolean {
  return new RegExp(`^func[ \\t]+${word(name)}[ \\t]*[(\\[]`, 'mu').test(code)
}

/**
 * Code that defines the function is a file of its own, and gets the package's name and what the prompt imports where it is used and not
 * imported; other code is the body that the prompt leaves open.
 */
function complete({ prompt, entryPoint }: Pick<AssertCode, 'prompt' | 'entryPoint'>, code: string): string {
  if (!defines(code, entryPoint)) return closed(prompt + code)
  const own = code.replace(/^[ \t]*package[ \t]+\w+[ \t;]*$/m, '')
  const missing = importsOf(prompt).filter((path) => !importsOf(own).includes(path) && uses(own, path))
  const used = importsOf(prompt).filter((path) => importsOf(own).includes(path) && tested[path] !== undefined)
  return [
    `package ${packageOf(prompt)}`,
    ...missing.map((path) => `import "${path}"`),
    own,
    ...used.map((path) => `var _ = ${path}.${tested[path]}`),
  ].join('\n')
}

/** Names of what tests use: a file with both uses it too, and Go refuses what is not used. */
const tested: Readonly<Record<string, string>> = { fmt: 'Sprint', testing: 'Short' }

const closed = (code: string) => (openBraces(code) > 0 ? `${code}\n}\n` : code)

const packageOf = (prompt: string) => /^[ \t]*package[ \t]+(\w+)/m.exec(prompt)?.[1] ?? 'answer_test'

const imports = /^[ \t]*import\b[ \t]*(?:\(([^)]*)\)|((?:[\w.]+[ \t]+)?"[^"\n]+"))/gm

/** What a file imports under its own name. */
function importsOf(source: string): string[] {
  const declared = [...source.matchAll(imports)].map(([, several, one]) => several ?? one ?? '')
  return declared.flatMap((list) => [...list.matchAll(/^[ \t]*"([^"\n]+)"/gm)].map(([, path]) => path!))
}

const uses = (source: string, path: string) =>
  new RegExp(`\\b${word(path.split('/').at(-1)!)}\\.`).test(bare(source))

/** What `go test` lets no program pass without, in the order of https://pkg.go.dev/cmd/go#hdr-Test_packages. */
const vetted = '-atomic -bool -buildtags -errorsas -ifaceassert -nilfunc -printf -stringintconv'

/** Neither modules nor a network, and nothing but the folder to write to. */
const settings =
  'GO111MODULE=off GOFLAGS= GOPROXY=off CGO_ENABLED=0 GOTOOLCHAIN=local GOPATH="$PWD" GOCACHE="$PWD/.cache"'

const script = `export ${settings}; "$0" vet ${vetted} "$@" && "$0" test -c -ldflags="-s -w" -o program "$@"`

/** Go's tests are functions of a package in files whose names end so; the two are one package. */
function build(name: string, file: string, source: string, main: string, compiler: string): Build {
  const files = {
    [file]: source,
    'bench_main_test.go': `package ${name}

import (
	benchJudge "bench_judge"
	benchJudgeTesting "testing"
)

${main}
`,
  }
  return {
    files,
    command: ['/bin/sh', '-c', script, compiler, ...Object.keys(files)],
    keep: ['program'],
    run: ['./program'],
  }
}

const testMain = (work: string) => `func TestMain(m *benchJudgeTesting.M) { ${work} }`

/** What is compiled and vetted of Go's own packages lies in a cache, which all later programs begin with unless it is too large to carry. */
async function support(compiler: string): Promise<Build> {
  const source = 'package answer_test\n\nimport "fmt"\n\nfunc answer() string { return fmt.Sprint() }\n'
  const { files, command } = build(
    'answer_test',
    'answer_test.go',
    source,
    testMain('benchJudge.Serve(answer)'),
    compiler,
  )
  const [shell = '', flag = '', make = '', ...rest] = command
  const small = '[ "$(du -sk .cache | cut -f1)" -lt 5000 ] || rm -r .cache'
  return {
    files: { ...files, 'src/bench_judge/bench_judge.go': await compiledSource('bench_judge.go') },
    command: [shell, flag, `${make} && { ${small}; }`, ...rest],
    keep: ['/bench_judge.go', '-a', '-d', '/trim.txt'],
    run: [],
  }
}

/**
 * An answer that goes on from the prompt is what the set's own harness compiles, with nothing in the test: that uses what the prompt
 * imports for it, and takes a name.
 */
async function answer(
  { prompt, entryPoint, test: script }: AssertCode,
  source: string,
  compiler: string,
): Promise<Build> {
  const [, name] = /^func (Test\w+)\(t \*testing\.T\)/m.exec(script) ?? []
  const joined = source.startsWith(prompt) && name !== undefined
  const rest = `func ${name}(t *testing.T) { fmt.Sprint() }\n`
  return build(
    packageOf(prompt),
    'answer_test.go',
    joined ? `${source}\n${rest}` : source,
    testMain(`benchJudge.Serve(${entryPoint})`),
    compiler,
  )
}

async function test({ prompt, entryPoint, test: script }: AssertCode, compiler: string): Promise<Build> {
  const joined = script.replace(
    new RegExp(`candidate := ${word(entryPoint)}\\b`),
    () => `candidate := benchJudgeRemote(${entryPoint})`,
  )
  const source = `${prompt}\n\tpanic("it is called in another process")\n}\n\n${joined}`
  const remote = 'func benchJudgeRemote[F any](function F) F { return benchJudge.Remote(function) }'
  const main = `${testMain('benchJudge.Test(m.Run)')}\n\n${remote}`
  return build(packageOf(prompt), 'task_test.go', source, main, compiler)
}
