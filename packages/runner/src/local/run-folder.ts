import { randomInt } from 'node:crypto'
import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { RunnerError } from '../errors.js'
import { planFile, type RunPlan } from '../record/plan-file.js'
import { migrated, planFormat } from '../record/versions.js'
import { makeFolder, storageError, syncFolder, writeFileDurably } from './storage.js'

/** A run's folder and what was asked. */
export interface RunFolder {
  /** Absolute path. */
  readonly dir: string
  readonly plan: RunPlan
}

/**
 * An id for a run that sorts by time: `20261121-0715-k3f`, in UTC.
 *
 * @param random a whole number from 0 to 46,655; drawn where absent
 */
export function newRunId(date: Date, random = randomInt(36 ** 3)): string {
  const [day, time] = date.toISOString().split('T') as [string, string]
  const tail = random.toString(36).padStart(3, '0')
  return `${day.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}-${tail}`
}

/**
 * Creates `<outputDir>/<run id>/` with its `plan.json`, durably.
 *
 * @throws RunnerError `bad_plan` where the folder is there already; `storage`
 */
export async function createRun(outputDir: string, plan: RunPlan): Promise<RunFolder> {
  const dir = resolve(outputDir, plan.run)
  try {
    await makeFolder(dirname(dir))
    await mkdir(dir)
    await syncFolder(dirname(dir))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw isThere(dir, error)
    throw storageError('create', dir, error)
  }
  await writePlan(dir, plan)
  return { dir, plan }
}

export const isThere = (dir: string, cause?: unknown): RunnerError =>
  new RunnerError('bad_plan', `${dir} is there already: resume it, or choose another run id`, cause)

/** Makes a run of a folder. @throws RunnerError `storage` */
export const writePlan = (dir: string, plan: RunPlan): Promise<void> =>
  writeFileDurably(join(dir, 'plan.json'), piecesOf(plan))

/** A plan as JSON, some tasks at a time: that of 100,000 is 10 MB, and a text of it is held several times over on its way. */
function* piecesOf({ tasks, ...rest }: RunPlan): Generator<string> {
  let piece = `${JSON.stringify(rest).slice(0, -1)},"tasks":[`
  for (const [i, task] of tasks.entries()) {
    piece += `${i === 0 ? '' : ','}${JSON.stringify(task)}`
    if (piece.length < 64 * 1024) continue
    yield piece
    piece = ''
  }
  yield `${piece}]}\n`
}

/**
 * Opens a run's folder by its path.
 *
 * @throws RunnerError `no_such_run`; `bad_plan` naming what is wrong in `plan.json`; `storage`
 */
export async function openRun(path: string): Promise<RunFolder> {
  const dir = resolve(path)
  const file = join(dir, 'plan.json')
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new RunnerError('no_such_run', `${dir} holds no run (it has no plan.json)`, error)
    throw storageError('read', file, error)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new RunnerError('bad_plan', `${file} is not JSON: ${(error as Error).message}`, error)
  }
  try {
    value = migrated(value, planFormat)
  } catch (error) {
    throw new RunnerError('bad_plan', `${file} cannot be read: ${(error as Error).message}`, error)
  }
  const checked = planFile.safeParse(value)
  if (checked.success) return { dir, plan: checked.data }
  const issue = checked.error.issues[0]
  throw new RunnerError(
    'bad_plan',
    `${file} is no plan this version reads: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}`,
    checked.error,
  )
}

/** A run among others: its plan, or why it cannot be read. */
export type RunListing = { readonly id: string; readonly dir: string } & (
  | { readonly plan: RunPlan }
  | { readonly error: RunnerError }
)

/**
 * Every run of an output folder, the one that was planned last first; none where there is no such folder. One whose plan cannot be read is
 * as old as its folder. @throws RunnerError `storage`
 */
export async function listRuns(outputDir: string): Promise<RunListing[]> {
  const listings: { readonly since: string; readonly one: RunListing }[] = []
  for (const id of (await foldersIn(outputDir)).sort().reverse()) {
    const dir = resolve(outputDir, id)
    try {
      const { plan } = await openRun(dir)
      listings.push({ since: plan.created, one: { id, dir, plan } })
    } catch (error) {
      if (!(error instanceof RunnerError)) throw error
      if (error.code === 'no_such_run') continue
      const since = await stat(dir).then(
        ({ mtime }) => mtime.toISOString(),
        () => '',
      )
      listings.push({ since, one: { id, dir, error } })
    }
  }
  // Ids tell the minute, and some were chosen by a person.
  return listings.sort((a, b) => Number(a.since < b.since) - Number(a.since > b.since)).map(({ one }) => one)
}

async function foldersIn(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw storageError('list', dir, error)
  }
}
