import type { Dataset } from '@bench/datasets'
import type { Limiter, Model } from '@bench/providers'
import {
  type ChosenSandbox,
  type ChosenTasks,
  chooseJudges,
  chooseTasks,
  loadSolver,
  RunnerError,
} from '@bench/runner'
import type { RunParts } from '@bench/runner/queue'
import type { RunPlan } from '@bench/runner/record'
import { driverNames } from '@bench/sandbox'
import { Exit, exit } from '../exit.js'
import { openNamed } from './hub.js'
import { chooseModels } from './models.js'
import type { BenchOptions } from './options.js'
import { readPrices } from './prices.js'
import { sandboxFor } from './sandbox.js'

/**
 * What this machine has for a run of a queue: its own keys, its own copy of the dataset, its own sandbox.
 * @throws what is said of why it can take no part: a dataset that is not the run's, a sandbox that is weaker
 */
export async function openParts(
  plan: RunPlan,
  limiter: Limiter,
  options: BenchOptions,
  signal: AbortSignal,
): Promise<RunParts & { readonly lacking: ReadonlyMap<string, string> }> {
  // A file in the worker's folder speaks of runs that are started there; where a run's dataset is now, a flag says.
  const moved = options.flagged?.has('dataset') === true ? options.dataset : undefined
  const whole = await openNamed(moved ?? plan.dataset.source, options, signal)
  const dataset = plannedOf(whole, plan)
  const judges = await chooseJudges(plan.scorers ?? [])
  const tasks = await chooseTasks(dataset, judges, {})
  refuseOther(plan, tasks)
  const sandbox = tasks.runsCode ? await sandboxAsStrong(plan, tasks, options) : undefined
  const { models, lacking } = await modelsOf(plan, limiter, options)
  return {
    models,
    lacking,
    tasks: () => dataset.tasks(),
    solver: await loadSolver(plan.solver),
    scorer: judges.scorer,
    ...(sandbox === undefined ? {} : { sandbox: sandbox.driver, sandboxLabel: sandbox.label }),
  }
}

function plannedOf(dataset: Dataset, plan: RunPlan): Dataset {
  const ids = new Set(plan.tasks.map(({ id }) => id))
  return {
    ...dataset,
    async *tasks() {
      for await (const task of dataset.tasks()) if (ids.has(task.id)) yield task
    },
  }
}

/** @throws RunnerError `changed_dataset` naming the first task that is not as it was planned */
function refuseOther({ tasks, dataset }: RunPlan, { refs }: ChosenTasks): void {
  const here = new Map(refs.map(({ id, hash }) => [id, hash]))
  const other = tasks.find(({ id, hash }) => here.get(id) !== hash)
  if (other === undefined) return
  const what = here.has(other.id) ? 'not as it was planned' : 'not there'
  throw new RunnerError(
    'changed_dataset',
    `task ${other.id} of ${dataset.source} is ${what} on this machine: bring the file that the run was planned with, or name it by --dataset`,
  )
}

/**
 * The run's own driver, or else one that holds as much.
 * @throws Exit `noSandbox`
 */
async function sandboxAsStrong(
  plan: RunPlan,
  tasks: ChosenTasks,
  options: BenchOptions,
): Promise<ChosenSandbox> {
  const planned = plan.sandbox
  const same = await sandboxFor(tasks, options.sandbox ?? planned?.driver).catch((error: unknown) => {
    if (options.sandbox !== undefined) throw error
    return undefined
  })
  const found = same ?? (await sandboxFor(tasks, undefined))
  if (planned === undefined || strength(found.driver) <= strength(planned)) return found
  throw new Exit(
    exit.noSandbox,
    `the run's code is held by ${planned.driver}, and this machine has ${found.driver.name} alone, which is weaker`,
  )
}

/** Lower is stronger: drivers are listed so. What does not isolate comes after all that does, a driver unknown here before. */
const strength = ({
  driver,
  name,
  isolates,
}: {
  driver?: string
  name?: string
  isolates: boolean
}): number =>
  isolates ? (driverNames as readonly string[]).indexOf(driver ?? name ?? '') : driverNames.length

/** Those of the plan's models that this machine can ask; of the others, why not. */
async function modelsOf(plan: RunPlan, limiter: Limiter, options: BenchOptions) {
  const { price: _price, ...rest } = options
  const priceTable = await readPrices(options, plan.models)
  const choose = (named: readonly string[]) =>
    chooseModels(
      { ...rest, priceTable: onlyOf(priceTable, plan), providers: named, cacheOnly: false, batch: false },
      limiter,
      process.env,
    )
  const lacking = new Map<string, string>()
  const able: string[] = []
  for (const { id, from } of plan.models) {
    await choose([from ?? id]).then(
      () => able.push(from ?? id),
      (error: Error) => lacking.set(id, error.message),
    )
  }
  // All in one go: an endpoint that was given is one provider's, and no other's key goes there.
  const models: readonly Model[] = able.length === 0 ? [] : (await choose(able)).models
  return { models, lacking }
}

/** A price of a model that another run asks is no mistake here. */
const onlyOf = (table: Awaited<ReturnType<typeof readPrices>>, plan: RunPlan) =>
  new Map(
    [...table]
      .filter(([id]) => plan.models.some((model) => model.id === id))
      .map(([id, entry]) => [id, { ...entry, mustMatch: false }] as const),
  )
