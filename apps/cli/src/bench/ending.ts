import { clean, count, notRun, percent, plural } from '@bench/report'
import type { EndReason, RunFolder } from '@bench/runner'
import type { ModelSummary } from '@bench/runner/record'
import { flagOf } from '../config/run-options.js'
import { type ExitCode, exit } from '../exit.js'
import type { RunTally } from '../progress/tally.js'
import { dollars, duration } from '../terminal/duration.js'
import { shown } from './finish.js'
import type { BenchOptions } from './options.js'

/** More than this share of infrastructure errors and silent models, and a run says nothing about its models. */
const tolerableInfra = 0.1

/** What stands between a person and the rest of a run. */
export interface Ending {
  readonly reason: EndReason
  readonly folder: RunFolder
  readonly options: BenchOptions
  readonly models: readonly ModelSummary[]
  /** By Ctrl-C or SIGTERM. */
  readonly interrupted: ExitCode | undefined
  /** Replies that have no verdict yet. */
  readonly unjudged: number
}

/** What is not lost when a run is stopped now. */
export function savedWords({ done, total, unjudged }: RunTally): string {
  const waiting =
    unjudged === 0
      ? ''
      : `, ${count(unjudged)} ${unjudged === 1 ? 'reply waits' : 'replies wait'} to be judged`
  return `${count(done)} of ${plural(total, 'attempt')} are done${waiting}, all are saved`
}

/** Why a run ended before all was asked, and what became of the rest: `at its cap of $5: 140 of 240 attempts not run`. */
export function endingWords({
  reason,
  folder,
  options,
  models,
  interrupted,
  unjudged,
}: Ending): string | undefined {
  const why: Readonly<Record<EndReason, string | undefined>> = {
    complete: undefined,
    budget: `at its cap of ${dollars(options.maxCost ?? 0)}`,
    time: `at its time of ${duration((options.maxTime ?? 0) * 1000)}`,
    errors: 'at its number of infrastructure errors, which errors.log tells',
    stopped: 'with models that could be asked no further',
    interrupted:
      interrupted === exit.terminated
        ? 'by SIGTERM'
        : interrupted === undefined
          ? 'by bench queue stop'
          : 'by Ctrl-C',
  }
  const { missing, planned } = notRun(models, folder.plan)
  const rest = [
    ...(missing > 0 ? [`${count(missing)} of ${plural(planned, 'attempt')} not run`] : []),
    ...(unjudged > 0 ? [`${count(unjudged)} with a reply that is not judged yet`] : []),
  ]
  return why[reason] === undefined
    ? undefined
    : `${why[reason]}: ${rest.length === 0 ? 'all was run' : `PARTIAL, ${rest.join(', ')}`}`
}

/** What a plan does not keep, since it may differ, be secret, or is of one session. */
const notPlanned = [
  ...(['queue', 'config', 'endpoint', 'replies', 'prices', 'price'] as const),
  ...(['concurrency', 'requestDelay', 'cacheDir', 'failUnder'] as const),
]

function saidAgain(name: (typeof notPlanned)[number], options: BenchOptions): string[] {
  const value = options[name]
  // What is in the file is there when the file is named.
  const there = name !== 'config' && options.flagged?.has(name) === false
  if (value === undefined || (Array.isArray(value) && value.length === 0) || there) return []
  const text = typeof value === 'object' && 'max' in value ? `${value.start}-${value.max}` : String(value)
  return [name === 'config' ? '--config' : flagOf(name), quoted(text)]
}

/** The line that goes on with a run: with what a plan does not keep, since it may differ or be secret. */
export function resumeCommand({
  reason,
  folder,
  options,
  models,
}: Omit<Ending, 'interrupted' | 'unjudged'>): string {
  const again = [
    ...notPlanned.flatMap((name) => saidAgain(name, options)),
    ...(reason === 'budget' ? ['--max-cost', String(higherCap(options.maxCost ?? 0, folder, models))] : []),
  ]
  return ['bench resume', runWord(folder), ...again].join(' ')
}

/** A run as a command names it from here: by its id where it is kept where runs usually are, else by its folder. */
export const runWord = ({ dir, plan }: RunFolder): string =>
  shown(dir) === `bench-results/${plan.run}` ? plan.run : quoted(shown(dir))

/** What the whole may cost by what was spent so far, with a fifth to spare: two digits, in dollars. */
function higherCap(cap: number, { plan }: RunFolder, models: readonly ModelSummary[]): number {
  const { missing, planned } = notRun(models, plan)
  // More than the cap, where a provider counts more tokens than it was allowed.
  const spent = Math.max(
    cap,
    models.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0),
  )
  const whole = missing < planned ? (spent * planned) / (planned - missing) : 2 * spent
  const least = Math.max(whole * 1.2, spent * 1.1, 0.0001)
  const step = 10 ** (Math.floor(Math.log10(least)) - 1)
  return Number((Math.ceil(least / step) * step).toPrecision(2))
}

/** As a shell takes it for one word. */
function quoted(text: string): string {
  const safe = clean(text)
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`
}

/** The exit code of a run that ended so, and what to say of it. */
export function endCode(
  { reason, models, options, interrupted, unjudged }: Ending,
  say: (text: string) => void,
): ExitCode {
  if (reason === 'interrupted' || interrupted !== undefined) {
    return interrupted ?? exit.interrupted
  }
  if (reason === 'stopped') {
    return exit.noModel
  }
  if (reason === 'errors') {
    return exit.infra
  }
  const planned = models.reduce((sum, model) => sum + model.planned, 0)
  const failed = models.reduce((sum, { counts }) => sum + (counts.infra ?? 0) + (counts.timeout ?? 0), 0)
  // A reply that waits for its verdict is no failure: it is there.
  const lost = failed - unjudged
  if (lost > planned * tolerableInfra) {
    say(
      `${lost} of ${planned} attempts failed for no fault of the model (see errors.log): too many to judge by`,
    )
    return exit.infra
  }
  if (reason === 'budget' || reason === 'time') {
    return exit.partial
  }
  const gate = options.failUnder
  const low = gate === undefined ? undefined : models.find((model) => (model.score ?? 0) * 100 < gate)
  if (low !== undefined) {
    say(`${low.model} scores ${percent(low.score ?? 0)}, under the ${gate} asked for by --fail-under`)
    return exit.gateFailed
  }
  return exit.complete
}
