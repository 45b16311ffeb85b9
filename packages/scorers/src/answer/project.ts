import type { ProjectCode } from '@bench/datasets'
import type { Answer } from '../spec.js'
import { findCode } from './code.js'
import { readFiles } from './files.js'

/**
 * The files of a reply to a task that asks for some: {@link readFiles}; where the task asks for one file only and the reply
 * names none, its code (rule as for `io`). Faults are of the reply as a whole: with any, no file is taken.
 */
export function readProject({ answer, language }: ProjectCode, text: string): Omit<Answer, 'text'> {
  if (text.trim() === '') return {}
  const { files, faults, notes, none } = readFiles(text)
  const [only, ...more] = answer
  if (none && only !== undefined && more.length === 0) {
    const [found, ...alternatives] = findCode(text, { language })
    if (found)
      return {
        files: { [only]: found.code },
        rule: found.rule,
        ...(alternatives.length > 0 && { alternatives }),
      }
  }
  if (faults.length > 0) return { faults }
  return { files, rule: 'files', ...(notes.length > 0 && { notes }) }
}
