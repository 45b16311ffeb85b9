import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { AssertCode, CodeSpec, Dataset, ReferenceCode, Task } from '@bench/datasets'

/** A file of the shared data, read in place. Where it is absent its tests are skipped, but never under CI. */
export function published(file: string): { readonly path: string; readonly absent: boolean } {
  const path = fileURLToPath(new URL(`../../../../shared/data/${file}`, import.meta.url))
  const absent = !existsSync(path) && !process.env.CI
  if (absent) console.warn(`skipped: the tests of ${file} need ${path}`)
  return { path, absent }
}

export function lines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('')
}

export async function tasksOf(dataset: Dataset): Promise<readonly Task[]> {
  const tasks: Task[] = []
  for await (const task of dataset.tasks()) tasks.push(task)
  return tasks
}

export const assertOf = (task: Task | undefined): AssertCode => codeOf(task, 'assert')
export const referenceOf = (task: Task | undefined): ReferenceCode => codeOf(task, 'reference')

export function codeOf<K extends CodeSpec['kind']>(
  task: Task | undefined,
  kind: K,
): Extract<CodeSpec, { kind: K }> {
  if (task?.code?.kind !== kind) throw new Error(`${task?.id} has no code of the kind ${kind}`)
  return task.code as Extract<CodeSpec, { kind: K }>
}
