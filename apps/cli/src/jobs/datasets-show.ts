import { formatOptions, type Task } from '@bench/datasets'
import { clean } from '@bench/report'
import { openNamed } from '../bench/hub.js'
import type { MappingOptions } from '../bench/mapping.js'
import { type ExitCode, exit } from '../exit.js'
import { cut, excerpt } from '../terminal/fit.js'
import type { DatasetsOptions } from './datasets.js'

export interface ShowOptions extends DatasetsOptions, MappingOptions {
  readonly tasks: number
}

const print = (text: string) => process.stdout.write(text)
const printJson = (value: object) => print(`${JSON.stringify(value)}\n`)

/** What a dataset is: its figures, how it is judged, its options, its first tasks. */
export async function show(source: string, options: ShowOptions): Promise<ExitCode> {
  const dataset = await openNamed(source, options)
  const judged = new Map<string, number>()
  const categories = new Map<string, number>()
  const first: Task[] = []
  for await (const task of dataset.tasks()) {
    for (const { name } of task.scorers) judged.set(name, (judged.get(name) ?? 0) + 1)
    if (task.category !== undefined) categories.set(task.category, (categories.get(task.category) ?? 0) + 1)
    if (first.length < options.tasks) first.push(task)
  }
  const known = await formatOptions(dataset.format ?? '')
  const { name, version, hash, size, description } = dataset
  if (options.json === true) {
    printJson({
      ...{ name, version, source: dataset.source, hash, size, description, format: dataset.format },
      ...{ scorers: Object.fromEntries(judged), categories: Object.fromEntries(categories), options: known },
      tasks: first,
    })
    return exit.complete
  }
  const counted = (all: ReadonlyMap<string, number>) =>
    [...all]
      .sort(([, a], [, b]) => b - a)
      .slice(0, 6)
      .map(([what, count]) => (count === size ? what : `${what} (${count})`))
      .join(', ') + (all.size > 6 ? ` and ${all.size - 6} more` : '')
  print(`${clean(`${name} ${version}`)}\n`)
  if (description !== undefined) print(`${cut(description)}\n`)
  const facts = [
    ['tasks', String(size)],
    ['judged by', counted(judged)],
    ['categories', counted(categories)],
    ['format', dataset.format ?? 'code'],
    ['sha256', hash],
    ['source', dataset.source],
  ]
  for (const [label = '', value = ''] of facts)
    if (value !== '') print(`  ${label.padEnd(11)}${cut(value, 13)}\n`)
  for (const [option, { description, values }] of Object.entries(known))
    print(
      `  ${`#${option}=`.padEnd(14)}${cut(`${description}${values === undefined ? '' : `: ${values.join(', ')}`}`, 16)}\n`,
    )
  for (const task of first) printTask(task)
  return exit.complete
}

function printTask(task: Task): void {
  print(`\n${cut(`${task.id}${task.category === undefined ? '' : ` · ${task.category}`}`)}\n`)
  for (const line of excerpt(task.prompt)) print(`  ${line}\n`)
  const answer = task.expected ?? task.references?.[0]
  if (answer !== undefined) print(`  expected   ${cut(answer, 13)}\n`)
  for (const { name, ...how } of task.scorers) {
    const said = Object.keys(how).length === 0 ? '' : ` ${JSON.stringify(how)}`
    print(`  judged by  ${cut(`${name}${said}`, 13)}\n`)
  }
}
