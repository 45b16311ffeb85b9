import { statSync } from 'node:fs'
import { type Dataset, DatasetError, loadFolder } from '@bench/datasets'
import { clean } from '@bench/report'
import { ScorerError, scorer } from '@bench/scorers'
import { openNamed } from '../bench/hub.js'
import type { MappingOptions } from '../bench/mapping.js'
import { type ExitCode, exit } from '../exit.js'
import { check } from '../terminal/table.js'
import type { DatasetsOptions } from './datasets.js'

const print = (text: string) => process.stdout.write(text)
const printJson = (value: object) => print(`${JSON.stringify(value)}\n`)

/** Opens each source and names every fault, scorers that no one could make included. Exit 2 if there is any. */
export async function validate(
  sources: readonly string[],
  options: MappingOptions & DatasetsOptions,
): Promise<ExitCode> {
  let faulty = false
  for (const source of sources) {
    for (const { name, dataset, faults } of await checked(source, options)) {
      faulty ||= faults.length > 0
      if (options.json === true)
        printJson({
          source: name,
          ok: faults.length === 0,
          tasks: dataset?.size,
          hash: dataset?.hash,
          faults,
        })
      else if (dataset !== undefined && faults.length === 0)
        print(
          check(
            'ok',
            `${name}: ${dataset.name} ${dataset.version}, ${dataset.size} ${dataset.size === 1 ? 'task' : 'tasks'}`,
          ),
        )
      else {
        print(check('bad', `${name}: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`))
        for (const fault of faults) print(`  ${clean(fault)}\n`)
      }
    }
  }
  return faulty ? exit.usage : exit.complete
}

interface Checked {
  readonly name: string
  readonly dataset?: Dataset
  readonly faults: readonly string[]
}

async function checked(source: string, options: MappingOptions): Promise<readonly Checked[]> {
  if (statSync(source, { throwIfNoEntry: false })?.isDirectory() === true) {
    const bad: Checked[] = []
    const good = await loadFolder(source, {
      onWarning: (fault) => bad.push({ name: source, faults: [fault] }),
    })
    return [...bad, ...(await Promise.all(good.map((dataset) => withScorers(dataset.source, dataset))))]
  }
  try {
    return [await withScorers(source, await openNamed(source, options))]
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error
    return [
      { name: source, faults: error.faults.length > 0 ? error.faults : [withoutName(error.message, source)] },
    ]
  }
}

/** Makes every distinct scorer that the tasks name, as a run would. */
async function withScorers(name: string, dataset: Dataset): Promise<Checked> {
  const faults: string[] = []
  const made = new Set<string>()
  for await (const task of dataset.tasks()) {
    if (task.error !== undefined) faults.push(`${task.id}: ${task.error}`)
    for (const ref of task.scorers) {
      const key = JSON.stringify(ref)
      if (made.has(key)) continue
      if (made.size < 1000) made.add(key)
      await scorer(ref).catch((error: unknown) => {
        if (!(error instanceof ScorerError)) throw error
        faults.push(`${task.id}: ${error.message}`)
      })
    }
    if (faults.length >= 100) break
  }
  return { name, dataset, faults }
}

const withoutName = (message: string, name: string) =>
  message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message
