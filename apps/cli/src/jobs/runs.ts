import { listRuns, RunnerError, readProgress, readRunLog } from '@bench/runner'
import type { RunPlan } from '@bench/runner/record'
import { type ExitCode, exit } from '../exit.js'
import { fittingTable } from '../terminal/table.js'

export interface RunsOptions {
  readonly output: string
  readonly json?: boolean
}

/** A run in a list. */
interface Listed {
  readonly run: string
  readonly created?: string
  readonly dataset?: string
  readonly models?: readonly string[]
  /** Attempts that have a verdict, of those planned. */
  readonly done?: number
  readonly planned?: number
  /** Why it cannot be read. */
  readonly error?: string
}

/** Lists every run of a folder; one that cannot be read says why. */
export async function runs(options: RunsOptions): Promise<ExitCode> {
  const listed: Listed[] = []
  for (const one of await listRuns(options.output)) {
    listed.push(
      'plan' in one ? await told(one.id, one.dir, one.plan) : { run: one.id, error: one.error.message },
    )
  }
  if (options.json === true) {
    for (const one of listed) process.stdout.write(`${JSON.stringify(one)}\n`)
    return exit.complete
  }
  if (listed.length === 0) {
    process.stderr.write(`no run in ${options.output}. Make one with: bench bench\n`)
    return exit.complete
  }
  process.stdout.write(fittingTable(['RUN', 'BEGUN', 'DATASET', 'DONE', 'MODELS'], listed.map(cells)))
  return exit.complete
}

async function told(run: string, dir: string, plan: RunPlan): Promise<Listed> {
  const facts = {
    run,
    created: plan.created,
    dataset: `${plan.dataset.name}@${plan.dataset.version}`,
    models: plan.models.map(({ id }) => id),
    planned: plan.tasks.length * plan.models.length * plan.repeats,
  }
  try {
    const progress = await readProgress(readRunLog(dir))
    return { ...facts, done: [...progress.values()].filter(({ done }) => done).length }
  } catch (error) {
    if (!(error instanceof RunnerError)) throw error
    return { ...facts, error: error.message }
  }
}

function cells({ run, created, dataset, models, done, planned, error }: Listed): string[] {
  const share = error ?? `${done} of ${planned}`
  return [run, created?.slice(0, 16).replace('T', ' ') ?? '', dataset ?? '', share, models?.join(', ') ?? '']
}
