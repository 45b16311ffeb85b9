import { z } from 'zod'
import { checkIoCode, type IoCodeInput, ioCodeKeys, toIoCode } from './io-code.js'
import { strict, text } from './json-value.js'
import type { AssertCode, CodeSpec } from './spec.js'

const languages = ['python', 'javascript', 'typescript', 'shell'] as const

/** A case whose reply is code, as people write it: judged by `test_cases`, or by assertions of one's own in `test`. */
export const nativeCode = strict({
  ...ioCodeKeys,
  entry_point: z
    .string()
    .regex(/^[\p{L}_$][\p{L}\p{N}_$]*$/u, 'expected the name of a function')
    .optional(),
  test_cases: ioCodeKeys.test_cases.optional(),
  language: z.enum(languages).optional(),
  test: text.optional(),
  visible_test: text.optional(),
  style: z.enum(['check', 'script']).optional(),
  timeout: z.number().positive().optional(),
  type_check: z.boolean().optional(),
}).check((context) => {
  const { value, issues } = context
  const refuse = (key: keyof NativeCode, message: string) =>
    issues.push({ code: 'custom', input: value, path: [key], message })
  const { language = 'python', entry_point: entry, test_cases: cases, test } = value
  if (language === 'python' && entry?.includes('$'))
    refuse('entry_point', 'expected the name of a Python function')
  if (language === 'shell' && test !== undefined)
    refuse('test', 'cannot be in shell, which is judged by "test_cases"')
  else if (language === 'shell' && entry !== undefined)
    refuse(
      'entry_point',
      'has no meaning for shell, whose programs read standard input and write standard output',
    )
  if (cases !== undefined && test !== undefined)
    refuse('test', 'cannot stand beside "test_cases": choose one')
  if (cases !== undefined) {
    checkIoCode({ ...context, value: { ...value, test_cases: cases } })
    for (const key of ['style', 'timeout', 'type_check', 'visible_test'] as const)
      if (value[key] !== undefined) refuse(key, `belongs to "test"; test_cases ${otherwise[key]}`)
  } else if (test === undefined) {
    refuse('test_cases', 'is missing')
  } else {
    if (entry === undefined && language !== 'shell')
      refuse('entry_point', 'is missing: the name that the test calls')
    if (value.tolerance !== undefined)
      refuse('tolerance', 'belongs to "test_cases"; the test compares by itself')
    if (value.type_check !== undefined && language !== 'typescript')
      refuse('type_check', 'has a meaning for TypeScript only')
  }
})
type NativeCode = {
  [Key in keyof IoCodeInput]?: IoCodeInput[Key] | undefined
} & {
  language?: (typeof languages)[number] | undefined
  test?: string | undefined
  visible_test?: string | undefined
  style?: AssertCode['style'] | undefined
  timeout?: number | undefined
  type_check?: boolean | undefined
}

const otherwise = {
  style: 'have none',
  timeout: 'have one each',
  type_check: 'compare values alone',
  visible_test: 'are marked "visible" one by one',
} as const

export function toNativeCode(written: NativeCode): CodeSpec {
  const {
    language = 'python',
    entry_point: entryPoint = '',
    test_cases,
    tolerance,
    test = '',
    style,
  } = written
  if (test_cases !== undefined)
    return toIoCode({ entry_point: written.entry_point, test_cases, tolerance }, language)
  return {
    kind: 'assert',
    language,
    entryPoint,
    prompt: '',
    test,
    ...(written.visible_test !== undefined && { visibleTest: written.visible_test }),
    style: style ?? (language === 'python' ? 'check' : 'script'),
    ...(written.type_check !== undefined && { typeCheck: written.type_check }),
    timeout: written.timeout ?? 5,
  }
}
