import type { AssertCode } from '@bench/datasets'
import { javascriptPrograms } from '../javascript.js'
import type { LanguageSupport } from './spec.js'
import { word } from './word.js'

export const javascript: LanguageSupport = {
  name: 'javascript',
  fences: ['javascript', 'js', 'jsx', 'mjs', 'cjs', 'node', 'nodejs', 'ecmascript'],
  runtime: 'node',
  roles: { calls: 'node.cjs', candidate: 'node.cjs', tester: 'node.cjs' },
  programs: javascriptPrograms,
  defines,
  complete,
}

const definition = (name: string) =>
  new RegExp(
    `^(?:export[ \\t]+(?:default[ \\t]+)?)?(?:(?:async[ \\t]+)?function\\b[ \\t*]*|(?:abstract[ \\t]+)?class[ \\t]+|(?:const|let|var)[ \\t]+)${word(name)}(?![\\p{L}\\p{N}_$])`,
    'mu',
  )

/** Whether a function, class or binding of that name is declared at the beginning of a line, or where all lines begin. */
export function defines(code: string, name: string): boolean {
  return definition(name).test(outdented(code))
}

function outdented(code: string): string {
  const lines = code.split('\n')
  const [lead] = /^[ \t]*/.exec(lines.find((line) => line.trim() !== '') ?? '')!
  if (lead === '') return code
  const all = lines.every((line) => line.startsWith(lead) || line.trim() === '')
  return all ? lines.map((line) => line.slice(lead.length)).join('\n') : code
}

/**
 * Code that defines the entry point stands alone, as the sets of this family run it; other code is the body that the prompt, which ends
 * within its function, leaves open.
 */
export function complete(
  { prompt, entryPoint }: Pick<AssertCode, 'prompt' | 'entryPoint'>,
  code: string,
): string {
  return defines(code, entryPoint) ? code : prompt + code
}
