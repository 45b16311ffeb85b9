import { type CodeSpec, type Task, visibleCode } from '@bench/datasets'
import { type Answer, type Score, type ScorerDeps, scorer, typeCheck } from '@bench/scorers'
import { noReply } from './no-reply.js'
import { sourceName } from './source-name.js'
import type { Check, CheckKind } from './spec.js'
import { plainText } from './text.js'

/**
 * Runs what a task lets a model see of its checks. Tests are judged as the final answer is, with the same scorers in boxes of the same
 * kind, but over the marked part alone: what is not marked is in no place that the outcome or its words could come from.
 * @throws what a box throws that fails: no fault of the answer
 */
export async function check(
  task: Task,
  answer: Answer,
  boxes: ScorerDeps,
  kind: CheckKind | undefined,
): Promise<Check> {
  if (kind === 'types') return checkTypes(task.code, answer, boxes)
  if (kind === 'tests') return checkTests(task, answer, boxes)
  const types = await checkTypes(task.code, answer, boxes)
  if (types.outcome === 'failed') return types
  const tests = await checkTests(task, answer, boxes)
  return tests.outcome === 'none' ? types : tests
}

async function checkTypes(code: CodeSpec | undefined, answer: Answer, boxes: ScorerDeps): Promise<Check> {
  const none = (text: string): Check => ({ outcome: 'none', kind: 'types', text })
  if (code === undefined || code.kind === 'expression') return none('The task has no code to check.')
  const files = filesOf(code, answer)
  if (files === undefined) return none('There is no code to check yet.')
  if (boxes.sandbox === undefined) return none('There is no sandbox to check it in.')
  const trusted = code.kind === 'project' ? { ...code.files, ...visibleTests(code) } : {}
  const modules = code.kind === 'project' && code.modules !== undefined ? { modules: code.modules } : {}
  const found = await typeCheck(
    boxes.sandbox,
    { language: code.language, files: { ...trusted, ...files }, check: Object.keys(files), ...modules },
    boxes.signal,
  )
  if (found.tool === undefined) return none(`Nothing here checks ${code.language} without running it.`)
  return found.passed
    ? { outcome: 'passed', kind: 'types', text: `${found.tool} finds no error.` }
    : { outcome: 'failed', kind: 'types', text: `${found.tool} finds errors:\n${plainText(found.errors)}` }
}

function filesOf(code: CodeSpec, answer: Answer): Readonly<Record<string, string>> | undefined {
  if (code.kind === 'project') {
    const given = Object.entries(answer.files ?? {}).filter(([path]) => code.answer.includes(path))
    return given.length === 0 ? undefined : Object.fromEntries(given)
  }
  return answer.code === undefined ? undefined : { [sourceName(code.language)]: answer.code }
}

function visibleTests(code: Extract<CodeSpec, { kind: 'project' }>): Readonly<Record<string, string>> {
  const shown = visibleCode(code)
  return shown?.kind === 'project' ? shown.tests : {}
}

async function checkTests(task: Task, answer: Answer, boxes: ScorerDeps): Promise<Check> {
  const none = (text: string): Check => ({ outcome: 'none', kind: 'tests', text })
  const code = visibleCode(task.code)
  if (code === undefined) return none('The task has no tests that you may run.')
  if (boxes.sandbox === undefined) return none('There is no sandbox to run tests in.')
  const judge = await scorer({ name: code.kind === 'project' ? 'project-tests' : 'code-tests' })
  const shown: Task = { id: task.id, prompt: task.prompt, scorers: task.scorers, code }
  const score = await judge.score({ task: shown, completion: noReply, answer }, boxes)
  if (score.outcome === 'infra')
    throw new Error(`the visible tests of task ${task.id} could not be run: ${String(score.detail?.error)}`)
  return { outcome: score.outcome === 'pass' ? 'passed' : 'failed', kind: 'tests', text: tell(score) }
}

/** What a model is told of a score's detail. Times are left out: they differ each time. */
const told = ['test', 'at', 'input', 'expected', 'got', 'error', 'faults', 'skips'] as const

function tell({ outcome, detail = {} }: Score): string {
  const { passed, total, failed } = detail
  const tally = typeof passed === 'number' && typeof total === 'number' ? `${passed} of ${total} pass. ` : ''
  if (outcome === 'pass') return 'All visible tests pass.'
  const first = typeof failed === 'object' && failed !== null ? (failed as typeof detail) : {}
  const facts = told.flatMap((name) => {
    const value = first[name] ?? detail[name]
    if (value === undefined) return []
    return [`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`]
  })
  return plainText([`Visible tests fail (${outcome}). ${tally}The first that fails:`, ...facts].join('\n'))
}
