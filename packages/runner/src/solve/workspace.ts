import type { Task } from '@bench/datasets'
import { checkPath, SandboxError } from '@bench/sandbox'
import type { Answer } from '@bench/scorers'
import { sourceName } from './source-name.js'
import type { Workspace } from './spec.js'
import { wellFormed } from './text.js'

/** A file cannot be read or written as asked. The message is for the model: what happened, and what to do instead. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError'
}

/** Bytes of one file, and of all that are written. */
const fileCap = 1 << 20
const totalCap = 4 << 20

/** What an attempt's files are at its beginning, and what they come to. */
interface Plan {
  /** There from the beginning. */
  readonly given: ReadonlyMap<string, string>
  /** Those that may be written. */
  readonly writable: readonly string[]
  answer(files: ReadonlyMap<string, string>): Answer
}

/**
 * @param read how a reply's text is read for the task, where the answer is an expression
 */
export function openWorkspace(task: Task, read: (text: string) => Answer): Workspace {
  const { given, writable, answer } = planOf(task, read)
  const files = new Map(given)
  let written = false
  const sized = (path: string): number => Buffer.byteLength(files.get(path) ?? '')
  return {
    list: () =>
      [...new Set([...files.keys(), ...writable])].sort().map((path) => ({
        path,
        bytes: sized(path),
        exists: files.has(path),
        writable: writable.includes(path),
      })),
    read(path) {
      check(path)
      const text = files.get(path)
      if (text !== undefined) return text
      const there = [...files.keys()].sort().join(', ')
      throw new WorkspaceError(`there is no file ${JSON.stringify(path)}; there are: ${there || 'none'}`)
    },
    write(path, content) {
      check(path)
      if (!writable.includes(path))
        throw new WorkspaceError(
          `${JSON.stringify(path)} cannot be written; the files to write are: ${writable.join(', ')}`,
        )
      const bytes = Buffer.byteLength(content)
      if (bytes > fileCap)
        throw new WorkspaceError(`${bytes} bytes are too many; a file has at most ${fileCap}`)
      const others = writable.filter((other) => other !== path)
      if (others.reduce((sum, other) => sum + sized(other), bytes) > totalCap)
        throw new WorkspaceError(`all files together have at most ${totalCap} bytes; write less`)
      files.set(path, wellFormed(content))
      written = true
    },
    get written() {
      return written
    },
    answer: () => answer(files),
  }
}

/** A path that could mean anything but a file below the project is refused in words of its own, whatever the files are. */
function check(path: string): void {
  try {
    checkPath(path)
  } catch (error) {
    if (error instanceof SandboxError) throw new WorkspaceError(error.message)
    throw error
  }
}

function planOf({ code }: Task, read: (text: string) => Answer): Plan {
  if (code?.kind === 'project') {
    const shown = Object.entries(code.tests).filter(([path]) => code.visible?.tests.includes(path))
    return {
      given: new Map([...Object.entries(code.files ?? {}), ...shown]),
      writable: code.answer,
      answer(files) {
        const given = code.answer.flatMap((path) => {
          const text = files.get(path)
          return text === undefined ? [] : [[path, text] as const]
        })
        return { text: '', files: Object.fromEntries(given), rule: 'workspace' }
      },
    }
  }
  const name = code === undefined || code.kind === 'expression' ? 'answer.txt' : sourceName(code.language)
  const prompt = code !== undefined && 'prompt' in code ? code.prompt : ''
  return {
    given: new Map(prompt === '' ? [] : [[name, prompt]]),
    writable: [name],
    answer(files) {
      const text = files.get(name) ?? ''
      if (code === undefined || text.trim() === '') return { text }
      return code.kind === 'expression' ? read(text) : { text, code: text, rule: 'workspace' }
    },
  }
}
