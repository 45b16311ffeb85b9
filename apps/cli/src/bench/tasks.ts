import type { Dataset, Language, ScorerRef, Task } from '@bench/datasets'
import type { Model } from '@bench/providers'
import { sampleTasks, type TaskRef, taskRef } from '@bench/runner'
import { loadScorer, type Scorer, type ScorerFactory, scorer } from '@bench/scorers'
import { Exit, exit } from '../exit.js'

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

/** Reads the dataset once, keeps ids and hashes. Templates that fail are kept: each becomes a Failure row. */
export async function chooseTasks(
  dataset: Dataset,
  judges: Judges,
  request: TaskRequest,
): Promise<ChosenTasks> {
  const refs: TaskRef[] = []
  const kinds = new Map<string, 'io' | 'assert'>()
  const languages = new Map<string, Language>()
  const withoutReference: string[] = []
  const groups = new Map<string, string | undefined>()
  let runsCode = false
  for await (const task of dataset.tasks()) {
    refs.push(taskRef(task))
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
      runsCode ||= (await judges.scorer(ref)).runsCode === true
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
  return {
    refs: chosen,
    codeKinds: of(kinds),
    languages: of(languages),
    withoutReference: withoutReference.filter((id) => ids.has(id)),
    runsCode: runsCode && kinds.size > 0,
  }
}

/** @throws Exit `usage` where a sample is to be stratified by what no task has, or there is no sample */
function refuseStratum(
  { stratify, sample }: TaskRequest,
  groups: ReadonlyMap<string, string | undefined>,
  { name }: Dataset,
): void {
  if (stratify === undefined) {
    return
  }
  if (sample === undefined) {
    throw new Exit(exit.usage, `--stratify ${stratify} is of a sample: say how large, with --sample 100`)
  }
  if ([...groups.values()].every((group) => group === undefined)) {
    throw new Exit(exit.usage, `--stratify ${stratify}: no task of ${name} has a ${stratify}. Leave it out`)
  }
}

/** Of models that nobody named, those that can answer: not `oracle` where a task has no reference. */
export function answerable(models: readonly Model[], tasks: ChosenTasks): readonly Model[] {
  return tasks.withoutReference.length === 0 ? models : models.filter((model) => model.id !== 'oracle')
}

/** @throws Exit where `oracle` was asked for and the dataset has tasks without a reference */
export function refuseOracleWithoutReferences(
  models: readonly Model[],
  dataset: Dataset,
  tasks: ChosenTasks,
): void {
  const [first] = tasks.withoutReference
  if (first !== undefined && models.some((model) => model.id === 'oracle')) {
    throw new Exit(
      exit.usage,
      `oracle cannot answer ${dataset.name}: ${tasks.withoutReference.length} of ${tasks.refs.length} tasks have no reference ` +
        `(the first is "${first}"). Add "solution", "expected" or "references" to them, or leave oracle out.`,
    )
  }
}

/** Which scorers judge: the tasks' own, or those a person named instead. */
export interface Judges {
  refs(task: Task): readonly ScorerRef[]
  scorer(ref: ScorerRef): Promise<Scorer>
}

/** @param named scorers by name or module, the first being the headline; empty for the tasks' own */
export async function chooseJudges(named: readonly string[]): Promise<Judges> {
  const plugins = new Map<string, ScorerFactory>()
  for (const name of named) {
    plugins.set(name, await loadScorer(name))
  }
  const refs: readonly ScorerRef[] = named.map((name) => ({ name }))
  return {
    refs: (task) => (refs.length > 0 ? refs : task.scorers),
    async scorer(ref) {
      // A module is named by its path, and knows itself by the name it gives.
      const plugin = plugins.get(ref.name)
      return plugin === undefined ? scorer(ref) : plugin.create({ ...ref, name: plugin.name })
    },
  }
}
