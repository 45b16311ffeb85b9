import type { Language } from '@bench/datasets'
import { language } from '../languages/registry.js'

/** Labels and file endings that models put on a fence, beside those that the language itself names. */
const others: Readonly<Partial<Record<Language, readonly string[]>>> = {
  python: ['py', 'python', 'ipython', 'pyi', 'cpython', 'gyp'],
  javascript: ['js', 'javascript', 'node', 'nodejs', 'mjs', 'cjs', 'jsx', 'ecmascript', 'es6'],
  typescript: ['ts', 'typescript', 'tsx', 'mts', 'cts', 'deno'],
  shell: ['sh', 'bash', 'shell', 'zsh', 'ksh', 'dash'],
}

/** `python title="a.py"`, `python{1-3}`, `{.python}` and `Python3.11` are Python all the same; so is `solution.py`. */
export function isLabel(info: string, name: Language): boolean {
  const label = labelOf(info)
  const known = [...(others[name] ?? []), ...(language(name)?.fences ?? [])]
  return known.includes(label) || known.includes(label.replace(/[\d.]+$/, ''))
}

/** The first word of a fence's info, in lower case; of a path its ending. */
export function labelOf(info: string): string {
  const word = /^\{?\.?([^\s{}:,=]*)/.exec(info.slice(0, 200))![1]!.toLowerCase()
  const ending = /[^/]\.([a-z]\w*)$/.exec(word)
  return ending ? ending[1]! : word
}
