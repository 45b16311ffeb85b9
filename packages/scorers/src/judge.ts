import { availableParallelism } from 'node:os'
import type { CodeSpec, Language } from '@bench/datasets'
import type { SandboxDriver } from '@bench/sandbox'
import { ScorerError } from './errors.js'
import { judgeAlone } from './execution/alone.js'
import { compilerBytes, judgeCompiled, keptTests } from './execution/compiled.js'
import { evaluator, judgeExpression, keptLiterals } from './execution/expression.js'
import { judgeIo } from './execution/io.js'
import { NodeJudge } from './execution/js/node.js'
import { PythonAsserts } from './execution/python-assert.js'
import { judgeReference, keptReferences } from './execution/reference.js'
import { memoryBytes, referenceBytes } from './execution/runtime.js'
import { Servers } from './execution/servers.js'
import { language } from './languages/registry.js'
import type { LanguageSupport } from './languages/spec.js'
import type { Judge, Score } from './spec.js'

export interface JudgeOptions {
  /** Boxes at once, one job at a time in each; as many as there are cores where absent. */
  readonly size?: number
  /** Jobs after which a box is replaced by a fresh one; 2,000 where absent. */
  readonly maxJobs?: number
  /** Opens what makes judging Python's assertions quick before the first verdict, not behind it. */
  readonly eager?: boolean
}

/**
 * A judge over a driver. Nothing is opened before there is code to judge. Where the driver cannot fork (WebAssembly) each case gets
 * a box of its own, and code that brings its own assertions cannot be judged.
 */
export function openJudge(driver: SandboxDriver, options: JudgeOptions = {}): Judge {
  const { size = availableParallelism(), maxJobs = 2000, eager = false } = options
  const pools = new Map<string, Servers>()
  const references = keptReferences()
  const literals = keptLiterals()
  const tests = keptTests()
  const node = new NodeJudge(driver)
  const asserts = new PythonAsserts(driver, { size, eager })

  /** One pool for each runtime and size: a box for Python holds no Node. */
  const poolOf = (support: LanguageSupport, bytes: number): Servers => {
    const kin = kindred(support)
    const key = `${kin[0]!.name} ${bytes}`
    const pool = pools.get(key) ?? new Servers(driver, kin, { size, maxJobs, memoryBytes: bytes })
    pools.set(key, pool)
    return pool
  }

  const judge = async (
    spec: CodeSpec,
    code: string,
    suite?: 'base',
    signal?: AbortSignal,
  ): Promise<Score> => {
    const support = supportOf(spec)
    if (driver.forkServer === undefined) return judgeAlone(spec, code, driver, literals, signal)
    const { compiled } = support
    if (compiled !== undefined) {
      if (spec.kind !== 'assert') throw notJudged(spec)
      return judgeCompiled(spec, code, { compiled, servers: poolOf(support, compilerBytes), tests, signal })
    }
    const pool = poolOf(support, spec.kind === 'reference' ? referenceBytes : memoryBytes)
    if (support.runtime === 'node') return node.judge(spec, code, support, pool, signal)
    if (spec.kind === 'io') return judgeIo(spec, code, support, pool, signal)
    if (spec.kind === 'assert') return asserts.judge(spec, code, support, pool, signal)
    if (spec.kind === 'expression')
      return judgeExpression(spec, code, evaluator(spec, pool), literals, signal)
    if (spec.kind === 'reference') return judgeReference(spec, code, pool, references, { suite, signal })
    throw notJudged(spec)
  }

  return {
    driver,
    judge: (spec, code, { suite, signal } = {}) => judge(spec, code, suite, signal),
    async [Symbol.asyncDispose]() {
      await Promise.all([node, asserts, ...pools.values()].map((one) => one[Symbol.asyncDispose]()))
    },
  }
}

/** The languages whose programs share a box. */
function kindred(support: LanguageSupport): readonly LanguageSupport[] {
  if (support.compiled !== undefined) return [support]
  const { runtime } = support
  const names: readonly Language[] = ['python', 'shell', 'javascript', 'typescript']
  const all = names.flatMap((name) => language(name) ?? [])
  const node = runtime === 'node'
  return all.filter((one) => (one.runtime === 'node') === node)
}

/** @throws ScorerError `bad_options` where nobody here judges such code. */
function supportOf(spec: CodeSpec): LanguageSupport {
  const support = language(spec.language)
  const needed = spec.kind === 'io' ? ['calls'] : spec.kind === 'assert' ? ['candidate', 'tester'] : []
  if (support?.compiled !== undefined) return support
  const roles: Readonly<Record<string, string | undefined>> = support?.roles ?? {}
  if (support && needed.every((role) => roles[role] !== undefined)) return support
  throw notJudged(spec)
}

const notJudged = ({ kind, language: name }: CodeSpec): ScorerError =>
  new ScorerError('bad_options', `code in ${name} with tests of kind ${kind} is not judged`)
