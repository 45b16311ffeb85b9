import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { knownSets, listBuiltins, openDataset, placeOf } from '@bench/datasets'
import { hubOptions } from '../bench/hub.js'
import { type ExitCode, exit } from '../exit.js'
import { builtins } from '../preset.js'
import { fit, megabytes } from '../terminal/fit.js'
import { table } from '../terminal/table.js'
import type { DatasetsOptions } from './datasets.js'

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
    here === undefined ? '–' : megabytes(here),
    title,
  ])
  print(`\n${fit(table(['PUBLISHED', 'TASKS', 'LICENCE', 'HERE', 'WHAT IT IS'], published))}`)
  if (fetched.length > 0)
    print(
      `\n${fit(
        table(
          ['FROM THE HUB', 'SIZE'],
          fetched.map((set) => [set.name, megabytes(set.bytes)]),
        ),
      )}`,
    )
  process.stderr.write('Fetch one: bench datasets pull humaneval, or any of the hub: hf:org/name\n')
  return exit.complete
}

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
