import { z } from 'zod'
import { quoted } from './faults.js'
import { strict, text } from './json-value.js'
import type { Language, ProjectCode } from './spec.js'

const files = z.record(text, z.string())

const visible = strict({ tests: z.array(text).min(1), passes: z.number().int().min(1) })

/** A case that is judged by a project's own tests, as people write it. */
export const projectCode = strict({
  answer: z.array(text).min(1),
  files: files.optional(),
  tests: files.refine((tests) => Object.keys(tests).length > 0, 'expected at least one test file'),
  runner: z.enum(['pytest', 'unittest', 'node:test', 'vitest']).optional(),
  passes: z.number().int().min(1),
  visible: visible.optional(),
  timeout: z.number().positive().optional(),
  self_judged: z.boolean().optional(),
}).check(({ value: { tests, visible: shown }, issues }) => {
  for (const [index, path] of (shown?.tests ?? []).entries()) {
    if (Object.hasOwn(tests, path)) continue
    const message = `${quoted(path)} is none of "tests": ${Object.keys(tests).join(', ')}`
    issues.push({ code: 'custom', input: path, path: ['visible', 'tests', index], message })
  }
})

export function toProjectCode(written: z.infer<typeof projectCode>): ProjectCode {
  const { answer, tests, runner = 'pytest', passes, timeout = 5 } = written
  return {
    kind: 'project',
    language: languageOf(runner, answer),
    ...(written.files !== undefined && { files: written.files }),
    answer,
    tests,
    runner,
    passes,
    ...(written.visible !== undefined && { visible: written.visible }),
    timeout,
    ...(written.self_judged !== undefined && { selfJudged: written.self_judged }),
  }
}

function languageOf(runner: ProjectCode['runner'], answer: readonly string[]): Language {
  if (runner === 'pytest' || runner === 'unittest') return 'python'
  return answer.some((path) => /\.[cm]?tsx?$/.test(path)) ? 'typescript' : 'javascript'
}
