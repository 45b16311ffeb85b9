import type { AssertCode } from '@bench/datasets'
import { compiledSource } from '../compiled.js'
import { pythonSources } from '../python.js'
import type { Build } from './compiled.js'
import type { LanguageSupport } from './spec.js'

export const go: LanguageSupport = {
  name: 'go',
  fences: ['go', 'golang'],
  runtime: 'python',
  roles: {},
  compiled: { toolChain: 'go', compiler: 'go', memoryBytes: 512 << 20, answer, test },
  programs: () => pythonSources(['compiler.py', 'compiled.py']),
  defines,
  complete,
}

const word = (name: string) => name.replace(/[^\p{L}\p{N}_]/gu, '\\$&')

function defines(code: string, name: string): boolean {
  return new RegExp(`^func[ \\t]+${word(name)}[ \\t]*[(\\[]`, 'mu').test(code)
}

/**
 * Code that defines the function is a file of its own, and gets the package's name and, where it imports nothing, what the prompt does;
 * other code is the body that the prompt leaves open.
 */
function complete({ prompt, entryPoint }: Pick<AssertCode, 'prompt' | 'entryPoint'>, code: string): string {
  if (!defines(code, entryPoint)) return prompt + code
  const own = code.replace(/^[ \t]*package[ \t]+\w+[ \t;]*$/m, '')
  return `package ${packageOf(prompt)}\n${/^import\b/m.test(own) ? '' : importsOf(prompt)}${own}`
}

const packageOf = (prompt: string) => /^[ \t]*package[ \t]+(\w+)/m.exec(prompt)?.[1] ?? 'answer_test'

const importsOf = (prompt: string) => /^import\b[ \t]*(?:\([^)]*\)|"[^"]*")/m.exec(prompt)?.[0] ?? ''

/** What `go test` lets no program pass without, in the order of https://pkg.go.dev/cmd/go#hdr-Test_packages. */
const vetted = '-atomic -bool -buildtags -errorsas -ifaceassert -nilfunc -printf -stringintconv'

/** Neither modules nor a network, and nothing but the folder to write to. */
const settings = 'GO111MODULE=off GOFLAGS= GOPROXY=off CGO_ENABLED=0 GOTOOLCHAIN=local GOCACHE="$PWD/.cache"'

/** Go's tests are functions of a package in files whose names end so; the three are one package. */
async function build(
  prompt: string,
  file: string,
  source: string,
  run: string,
  compiler: string,
): Promise<Build> {
  const name = packageOf(prompt)
  const judge = await compiledSource('bench_judge.go')
  const files = {
    [file]: source,
    'bench_judge_test.go': judge.replace('package bench_judge_package', `package ${name}`),
    'bench_main_test.go': `package ${name}\n\nimport "testing"\n\nfunc TestMain(m *testing.M) { ${run} }\n`,
  }
  const script = `export ${settings}; "$0" vet ${vetted} "$@" && exec "$0" test -c -ldflags="-s -w" -o program "$@"`
  return {
    files,
    command: ['/bin/sh', '-c', script, compiler, ...Object.keys(files)],
    keep: ['program'],
    run: ['./program'],
  }
}

function answer({ prompt, entryPoint }: AssertCode, source: string, compiler: string): Promise<Build> {
  // What the prompt imports for its test is used there alone, and Go refuses what is not used.
  const borrowed = importsOf(prompt) !== '' && source.includes(importsOf(prompt))
  const used = borrowed
    ? [
        ...(importsOf(prompt).includes('"fmt"') ? ['var _ = fmt.Sprint'] : []),
        ...(importsOf(prompt).includes('"testing"') ? ['var _ testing.TB'] : []),
      ]
    : []
  return build(
    prompt,
    'answer_test.go',
    [source, ...used, ''].join('\n'),
    `benchJudgeServe(${entryPoint})`,
    compiler,
  )
}

function test({ prompt, entryPoint, test: script }: AssertCode, compiler: string): Promise<Build> {
  const joined = script.replace(
    new RegExp(`candidate := ${word(entryPoint)}\\b`),
    () => `candidate := benchJudgeRemote(${entryPoint})`,
  )
  const source = `${prompt}\n\tpanic("it is called in another process")\n}\n\n${joined}`
  return build(prompt, 'task_test.go', source, 'benchJudgeTest(m.Run)', compiler)
}
