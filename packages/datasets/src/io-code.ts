import { z } from 'zod'
import { exactJson, strict } from './json-value.js'
import type { IoCode, Language } from './spec.js'

const ioCase = strict({
  input: exactJson,
  expected_output: exactJson,
  timeout: z.number().positive().optional(),
  weight: z.number().positive().optional(),
  visible: z.boolean().optional(),
})
type IoCaseInput = z.infer<typeof ioCase>

/** Keys of code that is judged by input and output; shared by native cases and Python tasks. */
export const ioCodeKeys = {
  entry_point: z
    .string()
    .regex(/^[\p{L}_][\p{L}\p{N}_]*$/u, 'expected the name of a Python function')
    .optional(),
  test_cases: z.array(ioCase).min(1),
  tolerance: z.number().min(0).optional(),
}
export interface IoCodeInput {
  entry_point?: string | undefined
  test_cases: IoCaseInput[]
  tolerance?: number | undefined
}

/** With a function, `input` is its arguments; without, both are the text of standard input and output. */
export const checkIoCode: z.core.CheckFn<IoCodeInput> = ({ value, issues }) => {
  const refuse = (path: (string | number)[], message: string) =>
    issues.push({ code: 'custom', input: value, path: ['test_cases', ...path], message })
  for (const [index, test] of value.test_cases.entries()) {
    if (value.entry_point !== undefined) {
      if (!Array.isArray(test.input)) {
        refuse([index, 'input'], `expected the list of arguments of ${value.entry_point}`)
      }
      continue
    }
    for (const key of ['input', 'expected_output'] as const) {
      if (typeof test[key] !== 'string') {
        refuse([index, key], 'expected a string: without entry_point it is the text of stdin or stdout')
      }
    }
  }
}

export function toIoCode(written: IoCodeInput, language: Language = 'python'): IoCode {
  return {
    kind: 'io',
    language,
    ...(written.entry_point !== undefined && { entryPoint: written.entry_point }),
    cases: written.test_cases.map((test) => ({
      input: test.input,
      expected: test.expected_output,
      timeout: test.timeout ?? 5,
      weight: test.weight ?? 1,
      ...(test.visible && { visible: true as const }),
    })),
    ...(written.tolerance !== undefined && { tolerance: written.tolerance }),
  }
}
