import type { CodeSpec } from './spec.js'

/**
 * The part of a task's checks that a model may see while it works, as code to be judged by that part alone: the cases and
 * tests that the task marks. Nothing is visible unless it is marked; of code that is judged by a reference or as an
 * expression, nothing can be.
 * @returns undefined where nothing is marked
 */
export function visibleCode(code: CodeSpec | undefined): CodeSpec | undefined {
  if (code?.kind === 'io') {
    const cases = code.cases.filter(({ visible }) => visible)
    return cases.length === 0 ? undefined : { ...code, cases }
  }
  if (code?.kind === 'assert') {
    const { visibleTest, ...rest } = code
    return visibleTest === undefined ? undefined : { ...rest, test: visibleTest }
  }
  if (code?.kind === 'project') {
    const { visible, ...rest } = code
    if (visible === undefined) return undefined
    const tests = Object.entries(code.tests).filter(([path]) => visible.tests.includes(path))
    return { ...rest, tests: Object.fromEntries(tests), passes: visible.passes }
  }
  return undefined
}
