import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { AssertCode, Task } from '@bench/datasets'
import type { Completion } from '@bench/providers'
import type { Scorable } from '../src/index.js'
import { readAnswer } from '../src/index.js'

const shared = new URL('../../../../shared/data/', import.meta.url)

/** A file of the shared data; undefined where it is absent, which fails in CI and is told elsewhere. */
export function sharedData(path: string): string | undefined {
  const file = new URL(path, shared)
  if (existsSync(file)) {
    const bytes = readFileSync(file)
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  }
  if (process.env.CI) throw new Error(`missing ${file.pathname}`)
  console.log(`skipped: no ${file.pathname}`)
  return undefined
}

/** The hostile programs whose names begin so: name and text. */
export function sharedHostile(prefix: string): [string, string][] {
  if (sharedData('hostile/INDEX.md') === undefined) return []
  const folder = new URL('hostile/', shared)
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix) && /\d\d_/.test(name))
  return names.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')])
}

export const jsonLines = (text: string | undefined): Record<string, string>[] =>
  (text ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

export function humanEval(): Map<string, Task> {
  const lines = jsonLines(sharedData('humaneval/HumanEval.jsonl.gz'))
  return new Map(lines.map((line) => [line.task_id!, humanEvalTask(line)]))
}

function humanEvalTask(line: Record<string, string>): Task {
  const code: AssertCode = {
    kind: 'assert',
    language: 'python',
    entryPoint: line.entry_point!,
    prompt: line.prompt!,
    test: line.test!,
    timeout: 3,
  }
  return makeTask({ id: line.task_id!, prompt: line.prompt!, solution: line.canonical_solution!, code })
}

export function makeTask(parts: Partial<Task>): Task {
  return { id: 't', prompt: 'p', scorers: [{ name: 'answered' }], ...parts }
}

export function makeCompletion(text: string, parts: Partial<Completion> = {}): Completion {
  const timing = { startedAt: '2026-01-01T00:00:00Z', totalMs: 1 }
  return { text, finish: 'stop', usage: {}, timing, tries: 1, warnings: [], ...parts }
}

export function attempt(task: Task, text: string, parts: Partial<Completion> = {}): Scorable {
  const completion = makeCompletion(text, parts)
  return { task, completion, answer: readAnswer(task, completion) }
}

/** Runs work on every item, two at a time. */
export async function inPairs<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const at = next++
      results[at] = await work(items[at]!)
    }
  }
  await Promise.all([worker(), worker()])
  return results
}
