import type { AssertCode } from '@bench/datasets'
import { pythonSources } from '../python.js'
import type { LanguageSupport } from './spec.js'
import { word } from './word.js'

export const python: LanguageSupport = {
  name: 'python',
  fences: ['python', 'py', 'python3', 'py3', 'python2', 'py2'],
  runtime: 'python',
  roles: { calls: 'calls.py', candidate: 'candidate.py', tester: 'tester.py' },
  programs: () =>
    pythonSources([
      'answers.py',
      'calls.py',
      'candidate.py',
      'expression.py',
      'inputs.py',
      'livecodebench.py',
      'remote.py',
      'tester.py',
    ]),
  defines: (code, name) => definition(name).test(code),
  complete,
}

const definition = (name: string) =>
  new RegExp(`^(?:(?:async[ \\t]+)?def|class)[ \\t]+${word(name)}\\b|^${word(name)}[ \\t]*=`, 'mu')

/**
 * Code that defines the entry point gets what the prompt has before it (imports, helpers) and the imports at the beginning of
 * the prompt's function; other code continues the prompt.
 */
function complete({ prompt, entryPoint }: AssertCode, code: string): string {
  if (!definition(entryPoint).test(code)) return prompt + code
  const at = prompt.search(definition(entryPoint))
  if (at < 0) return prompt === '' ? code : `${prompt}\n${code}`
  const body = prompt.slice(at).split('\n').slice(1)
  const end = body.findIndex((line) => !/^\s+(?:import|from)\s/.test(line))
  const imports = body.slice(0, end < 0 ? body.length : end).map((line) => `${line.trim()}\n`)
  return `${prompt.slice(0, at)}${imports.join('')}${code}`
}
