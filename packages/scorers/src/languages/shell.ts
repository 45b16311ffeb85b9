import { pythonSources } from '../python.js'
import type { LanguageSupport } from './spec.js'

/** POSIX shell: programs that read standard input and write standard output. */
export const shell: LanguageSupport = {
  name: 'shell',
  fences: ['sh', 'bash', 'shell', 'zsh', 'console'],
  runtime: 'sh',
  roles: { calls: 'shell.py' },
  programs: () => pythonSources(['shell.py']),
  defines: (code, name) => code.includes(`${name}()`),
  complete: ({ prompt }, code) => prompt + code,
}
