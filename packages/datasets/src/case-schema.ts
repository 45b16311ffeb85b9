import { z } from 'zod'
import { quoted } from './faults.js'
import { json, jsonObject, strict, text } from './json-value.js'
import { nativeCode, toNativeCode } from './native-code.js'
import { projectCode, toProjectCode } from './project-code.js'
import type { CodeSpec, ScorerRef, TaskConfig } from './spec.js'
import { variableName } from './template.js'

/** What people write in dataset files: strict, so that a slip is told and never ignored. */

const settings = {
  temperature: z.number().min(0).max(2).optional(),
  max_tokens: z.number().int().min(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  stop: z
    .union([text, z.array(z.string().min(1)).min(1)], 'expected a string or a list of strings')
    .optional(),
}
export const defaults = strict(settings)
const config = strict({ model: text.optional(), ...settings })

const scorerRef = z.custom<ScorerRef>(
  (value) => jsonObject.safeParse(value).success && text.safeParse((value as ScorerRef).name).success,
)
export const scorer = z.union(
  [text, scorerRef, z.array(z.union([text, scorerRef])).min(1)],
  "expected a scorer's name, an object with its name and options, or a list of these",
)

const variables = jsonObject.superRefine((value, context) => {
  for (const name of Object.keys(value)) {
    if (variableName.test(name)) continue
    context.addIssue({
      code: 'custom',
      message: `${quoted(name)} is no variable name; use letters, digits and _`,
    })
  }
})

export const difficulty = z.enum(['easy', 'medium', 'hard', 'extreme'])

/** One native case. */
export const caseSchema = strict({
  id: text,
  category: text.optional(),
  difficulty: difficulty.optional(),
  prompt: text,
  system: text.optional(),
  variables: variables.optional(),
  expected: z.string().optional(),
  references: z.array(z.string()).min(1).optional(),
  scorer: scorer.optional(),
  solution: z.string().optional(),
  code: nativeCode.optional(),
  project: projectCode.optional(),
  config: config.optional(),
  metadata: jsonObject.optional(),
}).check(({ value, issues }) => {
  if (value.code === undefined || value.project === undefined) return
  issues.push({
    code: 'custom',
    input: value,
    path: ['project'],
    message: 'cannot stand beside "code": choose one',
  })
})
export type NativeCase = z.infer<typeof caseSchema>

/** A native file but for its cases, which are read one by one. */
export const headerSchema = strict({
  name: text,
  description: z.string().optional(),
  version: text,
  defaults: defaults.optional(),
  scorer: scorer.optional(),
  system: text.optional(),
  metadata: jsonObject.optional(),
  test_cases: z.array(json),
})
export type NativeHeader = z.infer<typeof headerSchema>

export function toScorers(written: z.infer<typeof scorer>): readonly ScorerRef[] {
  const list = Array.isArray(written) ? written : [written]
  return list.map((entry) => (typeof entry === 'string' ? { name: entry } : entry))
}

/** What a case is judged by where code or files of a reply have to run; undefined where none do. */
export function toCode({ code, project }: NativeCase): CodeSpec | undefined {
  if (project !== undefined) return toProjectCode(project)
  return code === undefined ? undefined : toNativeCode(code)
}

/** The case's settings over the dataset's; undefined where neither says anything. */
export function toConfig(
  own: z.infer<typeof config> | undefined,
  common: z.infer<typeof defaults> | undefined,
): TaskConfig | undefined {
  const { model, temperature, max_tokens, top_p, stop }: z.infer<typeof config> = { ...common, ...own }
  const merged: TaskConfig = {
    ...(model !== undefined && { model }),
    ...(temperature !== undefined && { temperature }),
    ...(max_tokens !== undefined && { maxTokens: max_tokens }),
    ...(top_p !== undefined && { topP: top_p }),
    ...(stop !== undefined && { stop: typeof stop === 'string' ? [stop] : stop }),
  }
  return Object.keys(merged).length === 0 ? undefined : merged
}
