import { z } from 'zod'
import { strict, text } from './json-value.js'
import type { Language, ProjectCode } from './spec.js'

const files = z.record(text, z.string())

/** A case that is judged by a project's own tests, as people write it. */
export const projectCode = strict({
  answer: z.array(text).min(1),
  files: files.optional(),
  tests: files.refine((tests) => Object.keys(tests).length > 0, 'expected at least one test file'),
  runner: z.enum(['pytest', 'unittest', 'node:test', 'vitest']).optional(),
  passes: z.number().int().min(1),
  timeout: z.number().positive().optional(),
  self_judged: z.boolean().optional(),
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
    timeout,
    ...(written.self_judged !== undefined && { selfJudged: written.self_judged }),
  }
}

function languageOf(runner: ProjectCode['runner'], answer: readonly string[]): Language {
  if (runner === 'pytest' || runner === 'unittest') return 'python'
  return answer.some((path) => /\.[cm]?tsx?$/.test(path)) ? 'typescript' : 'javascript'
}
