import { statSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Dataset,
  DatasetError,
  formatOptions,
  knownSets,
  listBuiltins,
  loadFolder,
  openDataset,
  placeOf,
  pull,
  type Task,
} from '@bench/datasets'
import { clean } from '@bench/report'
import { ScorerError, scorer } from '@bench/scorers'
import { hubOptions } from '../bench/hub.js'
import { formatOptionsOf, type MappingOptions } from '../bench/mapping.js'
import { type ExitCode, exit } from '../exit.js'
import { builtins } from '../preset.js'
import { check, table } from '../terminal/table.js'
import type { DatasetsOptions } from './datasets.js'

export type { MappingOptions } from '../bench/mapping.js'
export interface ShowOptions extends DatasetsOptions, MappingOptions {
  readonly tasks: number
}
export interface PullOptions extends DatasetsOptions {
  readonly sha256?: string
}

const print = (text: string) => process.stdout.write(text)
const printJson = (value: object) => print(`${JSON.stringify(value)}\n`)

/** What is built in, what can be pulled by a short name, and what was fetched from the hub. */
export async function listDatasets({ json }: DatasetsOptions): Promise<ExitCode> {
  const own = await Promise.all(
    (await listBuiltins(builtins())).map(({ name }) => openDataset(name, { builtins: builtins() })),
  )
  const hub = hubOptions()
  const sets = await Promise.all(
    knownSets.map(async (set) => ({ ...set, here: await sizeOf(placeOf(set.name, hub)) })),
  )
  const fetched = await hubSets(join(hub.cache, 'hub'))
  if (json === true) {
    for (const { name, version, size, hash, description } of own)
      printJson({ kind: 'built-in', name, version, tasks: size, hash, description })
    for (const { name, title, tasks, licence, url, unpackedSha256, here } of sets)
      printJson({ kind: 'published', name, title, tasks, licence, url, hash: unpackedSha256, bytes: here })
    for (const set of fetched) printJson({ kind: 'hub', ...set })
    return exit.complete
  }
  const rows = own.map((each) => [each.name, each.version, String(each.size), each.description ?? ''])
  print(fit(table(['BUILT IN', 'VERSION', 'TASKS', 'WHAT IT MEASURES'], rows)))
  const published = sets.map(({ name, tasks, licence, here, title }) => [
    name,
    String(tasks),
    licence,
    here === undefined ? '–' : bytes(here),
    title,
  ])
  print(`\n${fit(table(['PUBLISHED', 'TASKS', 'LICENCE', 'HERE', 'WHAT IT IS'], published))}`)
  if (fetched.length > 0)
    print(
      `\n${fit(
        table(
          ['FROM THE HUB', 'SIZE'],
          fetched.map((set) => [set.name, bytes(set.bytes)]),
        ),
      )}`,
    )
  process.stderr.write('Fetch one: bench datasets pull humaneval, or any of the hub: hf:org/name\n')
  return exit.complete
}

/** What a dataset is: its figures, how it is judged, its options, its first tasks. */
export async function show(source: string, options: ShowOptions): Promise<ExitCode> {
  const dataset = await open(source, options)
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
    return [await withScorers(source, await open(source, options))]
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

/** Fetches each source to the cache and says how to name it from now on. */
export async function pullSets(sources: readonly string[], options: PullOptions): Promise<ExitCode> {
  for (const source of sources) {
    const pulled = await pull(source, hubOptions(), { sha256: options.sha256 })
    if (options.json === true) {
      printJson(pulled)
      continue
    }
    for (const { path, bytes: size, sha256, cached } of pulled.files) {
      print(check('ok', `${source}: ${bytes(size)}, ${cached ? 'was here' : 'fetched and checked'}`))
      print(`  sha256 ${sha256}\n  ${clean(path)}\n`)
    }
    print(`Run it: bench bench -d '${clean(pulled.source)}'\n`)
  }
  return exit.complete
}

const open = (source: string, options: MappingOptions) =>
  openDataset(source, { builtins: builtins(), options: formatOptionsOf(options), hub: hubOptions() })

/** Repositories in the cache, each with the commits whose files are here. */
async function hubSets(folder: string): Promise<readonly { name: string; bytes: number }[]> {
  const repos = await readdir(folder).catch(() => [])
  const found: { name: string; bytes: number }[] = []
  for (const repo of repos.sort())
    for (const commit of await readdir(join(folder, repo)))
      if (/^[0-9a-f]{40}$/.test(commit)) {
        const name = `hf:${repo.replace(/-[0-9a-f]{8}$/, '').replace('--', '/')}@${commit.slice(0, 12)}`
        const files = await readdir(join(folder, repo, commit), { recursive: true, withFileTypes: true })
        const sizes = await Promise.all(
          files.filter((file) => file.isFile()).map((file) => sizeOf(join(file.parentPath, file.name))),
        )
        found.push({ name, bytes: sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) })
      }
  return found
}

async function sizeOf(path: string | undefined): Promise<number | undefined> {
  return path === undefined
    ? undefined
    : stat(path).then(
        ({ size }) => size,
        () => undefined,
      )
}

const bytes = (size: number) => (size < 1e6 ? `${Math.ceil(size / 1e3)} kB` : `${(size / 1e6).toFixed(1)} MB`)

/** A file or a pipe takes lines of any length. */
const width = () => process.stdout.columns ?? Number.POSITIVE_INFINITY

/** One line of a text, cut to the terminal. */
function cut(text: string, indent = 0): string {
  const line = clean(text.replace(/\s+/g, ' ').trim())
  const room = Math.max(20, width() - indent)
  return line.length <= room ? line : `${line.slice(0, room - 1)}…`
}

/** The first eight lines of a prompt. */
function excerpt(prompt: string): readonly string[] {
  const lines = prompt.trimEnd().split('\n')
  const shown = lines.slice(0, 8).map((line) => {
    const text = clean(line.trimEnd())
    return text.length <= width() - 2 ? text : `${text.slice(0, width() - 3)}…`
  })
  return lines.length > 8 ? [...shown, `… (${lines.length - 8} more lines)`] : shown
}

/** Every line of a table, cut to the terminal. */
const fit = (text: string) =>
  text
    .split('\n')
    .map((line) => (line.length <= width() ? line : `${line.slice(0, width() - 1)}…`))
    .join('\n')

const withoutName = (message: string, name: string) =>
  message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message
