// Counts what node:test tells of its tests, and sends the verdict. Suites are no tests; a test with others in it is one.
import { over, raised } from './proxies.mjs'

export default async function* reporter(events) {
  const verdict = {
    passed: 0,
    failed: 0,
    skipped: 0,
    runner: `node:test of Node ${process.version}`,
    failures: [],
    skips: [],
  }
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (data.details?.type === 'suite' && type === 'test:pass') continue
    if (data.skip !== undefined || data.todo !== undefined) {
      verdict.skipped++
      verdict.skips.push(String(data.name).slice(0, 300))
    } else if (type === 'test:pass') verdict.passed++
    else {
      verdict.failed++
      const error = data.details?.error?.cause ?? data.details?.error
      const told = raised.get(Object(error))
      const message = error?.message === undefined ? String(error) : `${error.name}: ${error.message}`
      verdict.failures.push({
        test: String(data.name).slice(0, 300),
        message: message.slice(0, 1500),
        ...(told ? { error: told } : {}),
      })
    }
  }
  verdict.failures.splice(20)
  verdict.skips.splice(20)
  over(verdict)
  yield ''
}
