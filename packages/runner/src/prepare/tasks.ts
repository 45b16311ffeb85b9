import type { Dataset, Language } from '@bench/datasets'
import { RunnerError } from '../errors.js'
import { type TaskRef, taskRef } from '../plan.js'
import { sampleTasks } from '../sample.js'
import type { Judges } from './judges.js'

/** The tasks of a run as its plan and its judges need them, from one pass over the dataset. */
export interface ChosenTasks {
  readonly refs: readonly TaskRef[]
  /** Kinds of code among them: a driver must be able to judge each. */
  readonly codeKinds: ReadonlySet<'io' | 'assert'>
  readonly languages: ReadonlySet<Language>
  /** Ids of the tasks without a reference: what `oracle` cannot answer. */
  readonly withoutReference: readonly string[]
  readonly runsCode: boolean
}

export interface TaskRequest {
  readonly limit?: number
  readonly sample?: number
  readonly seed?: number
  /** What has the share in the sample that it has in the dataset. */
  readonly stratify?: 'difficulty' | 'category'
}

/**
 * Reads the dataset once, keeps ids and hashes. Templates that fail are kept: each becomes a Failure row.
 *
 * @param planned the tasks of a run that is planned already: what others of the dataset would need is not asked for
 * @throws RunnerError `bad_plan` for a number out of range, and where the sample is to be stratified by what no task has
 */
export async function chooseTasks(
  dataset: Dataset,
  judges: Judges,
  request: TaskRequest,
  planned?: readonly TaskRef[],
): Promise<ChosenTasks> {
  refuseNumbers(request)
  const only = planned && new Map(planned.map((ref) => [ref.id, ref]))
  const refs: TaskRef[] = []
  const kinds = new Map<string, 'io' | 'assert'>()
  const languages = new Map<string, Language>()
  const withoutReference: string[] = []
  const groups = new Map<string, string | undefined>()
  const running = new Set<string>()
  for await (const task of dataset.tasks()) {
    const known = only?.get(task.id)
    if (only !== undefined && known === undefined) continue
    // One that is planned is held against its hash when it is asked.
    refs.push(known ?? taskRef(task))
    if (request.stratify !== undefined) {
      groups.set(task.id, task[request.stratify])
    }
    if (task.code !== undefined) {
      kinds.set(task.id, task.code.kind === 'io' || task.code.kind === 'expression' ? 'io' : 'assert')
      languages.set(task.id, task.code.language)
    }
    if (task.solution === undefined) {
      withoutReference.push(task.id)
    }
    for (const ref of judges.refs(task)) {
      if ((await judges.scorer(ref)).runsCode) running.add(task.id)
    }
  }
  refuseStratum(request, groups, dataset)
  const sampled =
    request.sample === undefined
      ? refs
      : sampleTasks(refs, request.sample, request.seed ?? 0, ({ id }) => groups.get(id))
  const chosen = request.limit === undefined ? sampled : sampled.slice(0, request.limit)
  const ids = new Set(chosen.map((ref) => ref.id))
  const of = <T>(all: ReadonlyMap<string, T>) =>
    new Set([...all].filter(([id]) => ids.has(id)).map(([, one]) => one))
  const codeKinds = of(kinds)
  return {
    refs: chosen,
    codeKinds,
    languages: of(languages),
    withoutReference: withoutReference.filter((id) => ids.has(id)),
    runsCode: codeKinds.size > 0 && chosen.some(({ id }) => running.has(id)),
  }
}

function refuseNumbers({ sample, seed, limit }: TaskRequest): void {
  for (const [name, n] of Object.entries({ sample, limit })) {
    if (n !== undefined && !(Number.isInteger(n) && n >= 1))
      throw new RunnerError('bad_plan', `${name} must be a whole number from 1, not ${n}`)
  }
  if (seed !== undefined && !Number.isFinite(seed))
    throw new RunnerError('bad_plan', `seed must be a number, not ${seed}`)
}

function refuseStratum(
  { stratify, sample }: TaskRequest,
  groups: ReadonlyMap<string, string | undefined>,
  { name }: Dataset,
): void {
  if (stratify === undefined) return
  if (sample === undefined)
    throw new RunnerError(
      'bad_plan',
      `it is a sample that can be stratified by ${stratify}: say how large, as in --sample 100`,
    )
  if ([...groups.values()].every((group) => group === undefined))
    throw new RunnerError(
      'bad_plan',
      `no task of ${name} has a ${stratify}, so no sample can be stratified by it`,
    )
}
