import {
  caseSchema,
  headerSchema,
  type NativeCase,
  type NativeHeader,
  toCode,
  toConfig,
  toScorers,
} from './case-schema.js'
import type { Shape } from './document.js'
import type { ScorerRef, Task } from './spec.js'
import { fillTemplate } from './template.js'

/** How a task is judged that names no scorer. */
export function defaultScorers(task: {
  readonly code?: unknown
  readonly project?: unknown
  readonly expected?: unknown
  readonly references?: unknown
}): readonly ScorerRef[] {
  const { code } = task as { readonly code?: { readonly kind?: unknown } }
  if (task.project !== undefined || code?.kind === 'project') return [{ name: 'project-tests' }]
  if (task.code !== undefined) return [{ name: 'code-tests' }]
  return [{ name: task.expected !== undefined || task.references !== undefined ? 'contains' : 'answered' }]
}

/** What our own files mean, in whichever syntax. */
export const native: Shape<NativeHeader, NativeCase> = {
  header: headerSchema,
  item: caseSchema,
  describe: ({ name, version, description }) => ({ name, version, description }),
  id: (written) => fillTemplate(written.id, written.variables ?? {}).text,
  task: toTask,
}

/**
 * A native case as a task. A variable without a value makes it a task that cannot be asked: its `error` names the
 * variable and where it is used.
 */
function toTask(written: NativeCase, header: NativeHeader): Task {
  const missing = new Map<string, string>()
  const fill = (where: string, template: string): string => {
    const filled = fillTemplate(template, written.variables ?? {})
    for (const name of filled.missing) if (!missing.has(name)) missing.set(name, where)
    return filled.text
  }
  const id = fill('id', written.id)
  const prompt = fill('prompt', written.prompt)
  const system = optional(written.system ?? header.system, (text) => fill('system', text))
  const expected = optional(written.expected, (text) => fill('expected', text))
  const references = optional(written.references, (list) => list.map((text) => fill('references', text)))
  const solution = written.solution ?? expected ?? references?.[0]
  const code = toCode(written)
  const config = toConfig(written.config, header.defaults)
  const error = [...missing].map(
    ([name, where]) => `${where} uses {{${name}}}, which variables does not give`,
  )
  return {
    id,
    prompt,
    ...(system !== undefined && { system }),
    ...(written.category !== undefined && { category: written.category }),
    ...(written.difficulty !== undefined && { difficulty: written.difficulty }),
    ...(expected !== undefined && { expected }),
    ...(references !== undefined && { references }),
    ...(solution !== undefined && { solution }),
    scorers: scorersOf(written, header),
    ...(code !== undefined && { code }),
    ...(config !== undefined && { config }),
    ...(written.metadata !== undefined && { metadata: written.metadata }),
    ...(error.length > 0 && { error: error.join('; ') }),
  }
}

/** The dataset's scorer goes for cases without code: one that compares texts would pass over the tests of code. */
function scorersOf(written: NativeCase, header: NativeHeader): readonly ScorerRef[] {
  const runs = written.code !== undefined || written.project !== undefined
  const named = written.scorer ?? (runs ? undefined : header.scorer)
  return named === undefined ? defaultScorers(written) : toScorers(named)
}

function optional<T, R>(value: T | undefined, map: (value: T) => R): R | undefined {
  return value === undefined ? undefined : map(value)
}
