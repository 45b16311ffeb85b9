import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Dataset } from '@bench/datasets'
import { limiter, type Model, mostAtOnce } from '@bench/providers'
import {
  type ChosenSandbox,
  type ChosenTasks,
  chooseJudges,
  chooseTasks,
  createRun,
  describeGit,
  describeHost,
  estimate,
  type Judges,
  loadSolver,
  newRunId,
  planOptions,
  planRun,
  preflight,
  type RunFolder,
} from '@bench/runner'
import type { RunPlan } from '@bench/runner/record'
import { onlyWithBatches } from '../bench/batches.js'
import { chooseCache } from '../bench/cache.js'
import { controls } from '../bench/discover.js'
import { execute } from '../bench/execute.js'
import { openNamed } from '../bench/hub.js'
import { keepHeapSmall } from '../bench/memory.js'
import { chooseModels } from '../bench/models.js'
import type { BenchOptions } from '../bench/options.js'
import { readPrices } from '../bench/prices.js'
import { openPlanned, planResumed } from '../bench/resume.js'
import { sandboxFor } from '../bench/sandbox.js'
import { type Interruption, interruption } from '../bench/signals.js'
import { agreed, forbidden, lineToAdd, priceLabel, priceOf } from '../bench/spending.js'
import { answerable, refuseOracleWithoutReferences } from '../bench/tasks.js'
import { verifyModels } from '../bench/verify.js'
import { boundsOf, heldByThePlan, unusedWishes, wishesOf } from '../bench/wishes.js'
import { effective } from '../config/effective.js'
import type { Given } from '../config/flags.js'
import { type ExitCode, exit } from '../exit.js'
import { cacheFolder, defaultDataset } from '../preset.js'
import { type Screen, screen } from '../terminal/screen.js'
import { version } from '../version.js'

/**
 * The main job: dataset → plan → completions → scores → records → report. Whatever can be wrong is found before
 * the first call; whatever is won is kept.
 */
export async function bench(given: Given): Promise<ExitCode> {
  const { options, notices } = await effective(given)
  // A log that is gone on with is read first, and that quickly; from then on the heap is kept small.
  keepHeapSmall(options.resume === undefined ? 15 : 100)
  const terminal = screen(process.stderr)
  notices.forEach(terminal.print)
  const stop = interruption(terminal.print)
  try {
    return await benchUntil(options, terminal, stop)
  } catch (error) {
    // Stopped before the run began: there is nothing to save and nothing to complain of.
    const stopped = stop.code()
    if (stopped === undefined || error !== stop.signal.reason) {
      throw error
    }
    return stopped
  } finally {
    stop.stop()
  }
}

async function benchUntil(asked: BenchOptions, terminal: Screen, stop: Interruption): Promise<ExitCode> {
  const say = terminal.print
  if (asked.queue !== undefined) {
    const { refuseWithQueue, resumeQueued } = await import('../bench/queued.js')
    refuseWithQueue(asked)
    if (asked.resume !== undefined) {
      return resumeQueued(asked.resume, asked.queue, { options: asked, stop, screen: terminal })
    }
  }
  const resumed = asked.resume === undefined ? undefined : await planResumed(asked.resume, asked)
  const options = resumed?.options ?? asked
  await using cache = chooseCache(options, say)

  const dataset =
    resumed === undefined
      ? await openNamed(options.dataset ?? defaultDataset, options, stop.signal)
      : await openPlanned(resumed.folder.plan, options, stop.signal)
  const judges = await chooseJudges(options.scorer ?? [])
  const tasks = await tasksOf(dataset, judges, options, resumed?.folder.plan)
  const asking = `${plural(tasks.refs.length, 'task')}${options.repeats > 1 ? ` × ${options.repeats} repeats` : ''}`
  say(`bench ${version} · ${dataset.name}@${dataset.version} · ${asking}`)

  const unused = resumed === undefined ? unusedWishes(options) : heldByThePlan(options)
  unused.forEach(say)

  const held = limiter(options.concurrency, undefined, { requestDelayMs: options.requestDelay ?? 0 })
  const priceTable = await readPrices(options, resumed?.folder.plan.models)
  const choice = await chooseModels({ ...options, priceTable }, held, process.env)
  choice.notices.forEach(say)
  const able = options.batch === true ? onlyWithBatches(choice.models, choice.automatic) : choice.models
  const wanted = choice.automatic ? answerable(able, tasks) : able
  refuseOracleWithoutReferences(wanted, dataset, tasks)
  const sandbox = tasks.runsCode ? await sandboxFor(tasks, options.sandbox) : undefined
  if (sandbox !== undefined) {
    sayOfSandbox(sandbox, say)
  }

  const wishes = wishesOf(options)
  const solver = await loadSolver(resumed?.folder.plan.solver ?? wishes.solver ?? 'single')
  const git = await describeGit(process.cwd())
  const planOf = (models: readonly Model[]): RunPlan =>
    planRun({
      run: newRunId(new Date()),
      created: new Date().toISOString(),
      harness: version,
      dataset,
      tasks: tasks.refs,
      models: models.map(({ id, price, local, control }) => ({
        id,
        ...(price === undefined ? {} : { price }),
        ...(local === undefined ? {} : { local }),
        ...(control === undefined ? {} : { control }),
        ...(choice.from.has(id) ? { from: choice.from.get(id) ?? '' } : {}),
        ...(choice.calls.has(id) ? { call: choice.calls.get(id) ?? {} } : {}),
      })),
      repeats: options.repeats,
      ...wishes,
      solverOptions: planOptions(solver, wishes.solverOptions),
      host: describeHost(),
      ...(git === undefined ? {} : { git }),
      ...(options.scorer === undefined ? {} : { scorers: options.scorer }),
      ...(sandbox === undefined ? {} : { sandbox: sandbox.record }),
      ...(options.batch === true ? { batch: true } : {}),
      concurrency: mostAtOnce(options.concurrency),
      ...(options.maxCost === undefined ? {} : { maxCost: options.maxCost }),
      ...(options.allowUnpriced === true ? { allowUnpriced: true } : {}),
      ...(options.allowSelfJudged === true ? { allowSelfJudged: true } : {}),
    })

  // What ends a session is the session's: a run that is resumed may be given other bounds.
  const whole = resumed === undefined ? planOf(wanted) : withBounds(resumed.folder.plan, boundsOf(options))
  const price = priceOf(whole, wanted)
  say(
    `Plan  ${plural(whole.models.length, 'model')} · ${plural(attemptsIn(whole), 'attempt')} · ${priceLabel(price)}`,
  )
  if (options.dryRun === true) {
    process.stdout.write(
      `${JSON.stringify({ ...whole, estimate: estimate(whole) }, null, options.json ? 0 : 2)}\n`,
    )
    return exit.complete
  }

  // With --cache-only nothing is sent, so nothing is spent and nothing need be checked.
  const asksNobody = cache?.only === true
  const dropped = asksNobody ? [] : forbidden(wanted, price, options)
  if (dropped.length > 0) {
    say(lineToAdd(dropped, price))
    if (resumed !== undefined) {
      return exit.partial
    }
  }
  const kept = wanted.filter((model) => !dropped.includes(model))
  const models = kept.length > 0 ? kept : answerable(await controls(), tasks)
  if (!asksNobody) {
    ;(await verifyModels(models, choice, process.env)).forEach(say)
  }
  if (!asksNobody && !(await agreed(models, options, stop.signal))) {
    say('nothing was asked, nothing was spent')
    return stop.code() ?? exit.complete
  }

  if (sandbox !== undefined && options.preflight && models.some((model) => model.control !== true)) {
    const { cached } = await preflight({
      tasks: () => onlyChosen(dataset, tasks.refs, judges),
      scorer: judges.scorer,
      sandbox: sandbox.driver,
      concurrency: availableParallelism(),
      signal: stop.signal,
      cacheDir: join(cacheFolder(), 'preflight'),
      driver: JSON.stringify(sandbox.record),
    })
    say(`✓ preflight: every reference passes, every empty reply fails${cached ? ' (known)' : ''}`)
  }

  const make = (): Promise<RunFolder> =>
    createRun(options.output, dropped.length > 0 ? planOf(models) : whole)
  if (options.queue !== undefined) {
    const { executeQueued } = await import('../bench/queued.js')
    return await executeQueued(make, options.queue, { options, stop, screen: terminal })
  }
  const folder = resumed === undefined ? await make() : { ...resumed.folder, plan: whole }
  const code = await execute({
    folder,
    models,
    limiter: held,
    dataset,
    judges,
    sandbox,
    cache,
    options,
    stop,
    screen: terminal,
  })
  // Paid models that somebody named and nobody allowed were not asked: that is a partial run, not a complete one.
  return code === exit.complete && dropped.length > 0 && !choice.automatic ? exit.partial : code
}

/** The tasks to be run. Those of a plan that runs no code are known by it: a long dataset is not gone through for them. */
async function tasksOf(
  dataset: Dataset,
  judges: Judges,
  options: BenchOptions,
  plan: RunPlan | undefined,
): Promise<ChosenTasks> {
  if (plan === undefined || plan.sandbox !== undefined || options.sandbox !== undefined) {
    return chooseTasks(dataset, judges, options, plan?.tasks)
  }
  const none = { codeKinds: new Set<never>(), languages: new Set<never>(), withoutReference: [] }
  return { refs: plan.tasks, ...none, runsCode: false }
}

/** The run's tasks, each with the scorers that will judge it. */
async function* onlyChosen(dataset: Dataset, refs: readonly { readonly id: string }[], judges: Judges) {
  const ids = new Set(refs.map((ref) => ref.id))
  for await (const task of dataset.tasks()) {
    if (ids.has(task.id)) {
      yield { ...task, scorers: judges.refs(task) }
    }
  }
}

function sayOfSandbox({ driver, label, probe }: ChosenSandbox, say: (text: string) => void): void {
  if (!driver.isolates) {
    say('WARNING: --sandbox process: model-written code runs on this machine UNPROTECTED')
  }
  say(`✓ sandbox ${[label, ...probe.notes].join(', ')}`)
}

const withBounds = (plan: RunPlan, bounds: NonNullable<RunPlan['bounds']>): RunPlan =>
  Object.keys(bounds).length === 0 ? plan : { ...plan, bounds: { ...plan.bounds, ...bounds } }

const attemptsIn = (plan: RunPlan) => plan.tasks.length * plan.models.length * plan.repeats

const plural = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`
