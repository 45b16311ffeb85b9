import type { CodeSpec, Task } from '@bench/datasets'
import type { Completion } from '@bench/providers'
import { findCode, type Reading } from './answer/code.js'
import { continueFrom } from './answer/continuation.js'
import { definitionsOnly } from './answer/definitions.js'
import { findExpression } from './answer/expression.js'
import { readProject } from './answer/project.js'
import { withoutReasoning } from './answer/reasoning.js'
import { language } from './languages/registry.js'
import type { Answer } from './spec.js'

/**
 * Reads a reply. Pure: the same reply gives the same answer, in time that grows as its length does. `docs/extraction.md` has the
 * rule of each kind of task and data set.
 *
 * Text: the reply without what the model thought aloud. Code, where the task asks for some, by the completion's form:
 * - `program`: the reply as it is (rule `raw`).
 * - `continuation`: the task's prompt, where the set gives one, and the reply as it is (rule `raw`), cut where the set's own
 *   harness cuts it.
 * - `chat`: found in the reply; where it is a body only, the prompt goes before it.
 *
 * Whatever other rules would have read stands beside it as `alternatives`.
 */
export function readAnswer(task: Task, completion: Completion): Answer {
  const text = withoutReasoning(completion.text)
  const { code } = task
  if (code === undefined) return { text }
  if (code.kind === 'project') return { text, ...readProject(code, text) }
  const [reading, ...alternatives] = readings(task, code, text, completion)
  if (reading === undefined) return { text }
  return {
    text,
    code: reading.code,
    rule: reading.rule,
    ...(alternatives.length > 0 && { alternatives }),
  }
}

function readings(
  task: Task,
  code: Exclude<CodeSpec, { kind: 'project' }>,
  text: string,
  completion: Completion,
): Reading[] {
  const { form = 'chat' } = completion
  if (code.kind === 'expression')
    return findExpression(form === 'chat' ? text : completion.text, code, form !== 'chat')
  if (form === 'program') return completion.text.trim() === '' ? [] : [{ rule: 'raw', code: completion.text }]
  if (form === 'continuation') return continueFrom(code, completion.text, task.config?.stop)
  const found = findCode(text, {
    language: code.language,
    entryPoint: 'entryPoint' in code ? code.entryPoint : undefined,
  })
  if (code.kind === 'io') return found
  const support = language(code.language)
  const less = found[0] && definitionsOnly(found[0].code, code.language)
  const all = less === undefined ? found : [...found, { rule: 'definitions', code: less }]
  return support ? all.map(({ rule, code: part }) => ({ rule, code: support.complete(code, part) })) : all
}
