import type { ProjectCode } from '@bench/datasets'
import type { Sandbox } from '@bench/sandbox'
import { ScorerError } from '../errors.js'
import { Garbage, parse } from '../execution/codec.js'
import { asRecord } from '../execution/result.js'
import { pythonOf } from '../execution/runtime.js'
import { javascriptVerifiers, pythonVerifiers } from '../verify-programs.js'
import { pythonModules } from './plan.js'
import { type Runner, root, runnerSec } from './runner.js'

export const runnerOf = ({ runner }: ProjectCode): Runner => runners[runner]

const inPython = (program: string) => (box: Sandbox) => [
  pythonOf(box),
  '-s',
  '-B',
  '-m',
  `bench_verify.${program}`,
]

const python: Runner = {
  programs: pythonVerifiers,
  serve: inPython('serve'),
  test: inPython('run_tests'),
  async begin(answer, spec) {
    const { timeout, answer: files, tests, runner, selfJudged } = spec
    await answer.tell({ root, timeout })
    return {
      root,
      modules: pythonModules(files),
      runner,
      tests: Object.keys(tests).filter(python.isTest),
      timeout: timeout + runnerSec(spec),
      self_judged: selfJudged === true,
    }
  },
  isTest: (path) => /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/.test(path),
}

const node: Runner = {
  programs: ({ language }) => javascriptVerifiers(language === 'typescript'),
  serve: (box, { timeout }) => inNode(box, timeout, 'serve.mjs'),
  test: (box, spec) =>
    inNode(
      box,
      spec.timeout + runnerSec(spec),
      '--test-reporter=$PWD/bench_verify/reporter.mjs',
      '--test-reporter-destination=stdout',
      'run-tests.mjs',
    ),
  async begin(answer, { answer: files, tests, language }) {
    const typescript = language === 'typescript'
    await answer.tell({ root, modules: files, typescript })
    const reply = await answer.receive()
    if (reply === 'end') return answer.silence()
    if (reply === 'too_large') return { outcome: 'output_limit', error: 'more than 8 MiB came out' }
    try {
      const loaded = asRecord(asRecord(parse(reply)).loaded)
      const told = files.map((file) => [file, asRecord(loaded[file])])
      return {
        root,
        loaded: Object.fromEntries(told),
        tests: Object.keys(tests).filter(node.isTest),
        typescript,
      }
    } catch (error) {
      if (!(error instanceof Garbage)) throw error
      return { outcome: 'crash', error: `the answer is unreadable: ${error.message}` }
    }
  },
  isTest: (path) => /(?:^|\/)(?:test[-_.][^/]*|[^/]*[-_.](?:test|spec))\.[cm]?[jt]s$/.test(path),
}

const vitest: Runner = {
  ...node,
  test: (box, spec) => inNode(box, spec.timeout + runnerSec(spec), 'run-vitest.mjs'),
}

/**
 * CPU time is the kernel's to hold: its first signal tells that it was that, its second cannot be caught. It counts by its ticks, which
 * on a busy machine may be off by a good part of a second: one more is given.
 */
function inNode(box: Sandbox, seconds: number, ...args: readonly string[]): readonly string[] {
  const command = box.runtimes.node?.command
  if (command === undefined)
    throw new ScorerError('no_sandbox', 'the sandbox has no Node; install it or choose another driver')
  const whole = Math.ceil(seconds) + 1
  const program = args.map((arg) => (arg.startsWith('-') ? `"${arg}"` : `bench_verify/${arg}`)).join(' ')
  const script = `ulimit -S -t ${whole}; ulimit -H -t ${whole + 1}; "$0" ${program}; exit $?`
  return ['/bin/sh', '-c', script, command]
}

const runners: Readonly<Record<ProjectCode['runner'], Runner>> = {
  pytest: python,
  unittest: python,
  'node:test': node,
  vitest,
}
