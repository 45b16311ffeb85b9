// Runs a project's tests by vitest, as `run-tests.mjs` does by node:test. Vitest comes with the prepared modules. Its tests run in one thread of this
// process, where the stand-ins use the link while all else waits.
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { receive, send } from './link.mjs'
import { over } from './proxies.mjs'
import { writeStubs } from './stubs.mjs'

// The link is on standard output: what tests print goes nowhere.
process.stdout.write = process.stderr.write = () => true
send({ hello: true })
const { root, loaded, tests } = receive()
process.chdir(root)
for (const [file, told] of Object.entries(loaded)) {
  if (!('error' in told)) continue
  const { type, message } = told.error ?? {}
  const failure = { test: file, message: `${type}: ${message}`, error: told.error }
  over({ passed: 0, failed: 1, skipped: 0, runner: 'vitest', failures: [failure], skips: [] })
}
writeStubs(loaded)

const verdict = { passed: 0, failed: 0, skipped: 0, runner: 'vitest', failures: [], skips: [] }
const fail = (test, errors) => {
  verdict.failed++
  const message = errors?.[0] ? `${errors[0].name}: ${errors[0].message}` : 'failed'
  verdict.failures.push({ test: String(test).slice(0, 300), message: message.slice(0, 1500) })
}
const reporter = {
  onTestCaseResult(test) {
    const { state, errors } = test.result()
    if (state === 'passed') verdict.passed++
    else if (state === 'failed') fail(test.fullName, errors)
    else {
      verdict.skipped++
      verdict.skips.push(String(test.fullName).slice(0, 300))
    }
  },
  onTestSuiteResult: (suite) => suite.errors?.().length > 0 && fail(suite.fullName, suite.errors()),
  onTestModuleEnd: (file) => file.errors().length > 0 && fail(file.relativeModuleId, file.errors()),
  onTestRunEnd(_modules, unhandled) {
    for (const error of unhandled) fail('unhandled', [error])
  },
}

try {
  const api = createRequire(path.resolve('package.json')).resolve('vitest/node')
  const { startVitest, version } = await import(pathToFileURL(api).href)
  verdict.runner = `vitest ${version}`
  const options = { root: process.cwd(), config: false, watch: false, include: tests, reporters: [reporter] }
  const threads = { pool: 'threads', maxWorkers: 1, fileParallelism: false, isolate: false, cache: false }
  await startVitest(
    'test',
    [],
    { ...options, ...threads },
    { cacheDir: path.resolve('../cache'), configFile: false },
  )
} catch (error) {
  over({ broken: String(error?.stack ?? error).slice(0, 1000) })
}
verdict.failures.splice(20)
verdict.skips.splice(20)
over(verdict)
