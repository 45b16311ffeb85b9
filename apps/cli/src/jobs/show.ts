import { attemptText } from '@bench/report'
import { attempts, openBlobStore, readRunLog } from '@bench/runner'
import {
  foldLines,
  type Line,
  planRows,
  type ReportRow,
  type RunPlan,
  readTranscript,
} from '@bench/runner/record'
import { closest, distance } from 'fastest-levenshtein'
import { findRun } from '../bench/resume.js'
import { Exit, type ExitCode, exit } from '../exit.js'

export interface ShowOptions {
  readonly output: string
  /** Only of these. */
  readonly model?: readonly string[]
  /** 1 is the first. */
  readonly repeat?: number
  /** Texts whole, however long. */
  readonly full?: boolean
  readonly json?: boolean
}

/** Characters of one text that are shown unless all are asked for. */
const most = 2000

/** Shows what was said and done at one task, attempt by attempt, from the run's log alone. */
export async function show(named: readonly string[], options: ShowOptions): Promise<ExitCode> {
  const [run, task] = named.length > 1 ? named : [undefined, named[0]]
  if (task === undefined || named.length > 2) {
    throw new Exit(exit.usage, 'it takes a run and a task, or a task of the newest run: bench show RUN TASK')
  }
  const { dir, plan } = await findRun(run, options.output)
  const all = await rowsOf(dir, chosenIn(plan, task, options))
  const rows = all.filter(({ repeat }) => options.repeat === undefined || repeat === options.repeat - 1)
  if (rows.length === 0) {
    process.stderr.write(`no attempt at ${task} is in the log of ${plan.run} yet\n`)
    return exit.complete
  }
  await using blobs = await openBlobStore(dir)
  const texts = { reply: (hash: string) => blobs.get(hash) }
  for (const [i, row] of rows.entries()) {
    if (options.json === true) {
      for await (const line of ndjson(row, texts.reply)) process.stdout.write(line)
      continue
    }
    if (i > 0) process.stdout.write(`\n${'─'.repeat(40)}\n\n`)
    for await (const part of attemptText(row, texts, options.full === true ? {} : { most }))
      process.stdout.write(part)
  }
  return exit.complete
}

/** The part of a plan that is asked for. @throws Exit `usage` naming the nearest task or model */
function chosenIn(plan: RunPlan, task: string, { model: wanted, repeat }: ShowOptions): RunPlan {
  const ids = plan.tasks.map(({ id }) => id)
  const models = plan.models.map(({ id }) => id)
  if (!ids.includes(task)) throw new Exit(exit.usage, `no task "${task}" in ${plan.run}${near(task, ids)}`)
  for (const model of wanted ?? []) {
    if (!models.includes(model))
      throw new Exit(exit.usage, `no model "${model}" in ${plan.run}${near(model, models)}`)
  }
  if (repeat !== undefined && repeat > plan.repeats) {
    throw new Exit(
      exit.usage,
      `${plan.run} asked every task ${plan.repeats === 1 ? 'once' : `${plan.repeats} times`}`,
    )
  }
  return {
    ...plan,
    tasks: plan.tasks.filter(({ id }) => id === task),
    models: plan.models.filter(({ id }) => wanted?.includes(id) ?? true),
  }
}

/** The nearest, where a slip of the keyboard could lie between; the first of them where none could. */
function near(word: string, known: readonly string[]): string {
  const best = known.length === 0 ? '' : closest(word, known)
  if (best !== '' && distance(word, best) <= Math.max(2, best.length / 3)) return `; did you mean "${best}"?`
  return `. There are: ${known.slice(0, 5).join(', ')}${known.length > 5 ? ` and ${known.length - 5} more` : ''}`
}

/** Only what is asked for is held, however long the log is. */
async function rowsOf(dir: string, plan: RunPlan): Promise<readonly ReportRow[]> {
  const keys = new Set(Array.from(attempts(plan), ({ key }) => key))
  async function* lines(): AsyncGenerator<Line> {
    for await (const line of readRunLog(dir)) {
      const of = line.kind === 'attempt' ? [line.key] : line.keys
      if (of.some((key) => keys.has(key))) yield line
    }
  }
  const { rows } = await foldLines(lines())
  return [...planRows(plan, rows)]
}

/** The attempt, then each of its steps: a line each, with nothing in it that acts on a terminal. */
async function* ndjson(
  row: ReportRow,
  text: (hash: string) => Promise<string | undefined>,
): AsyncGenerator<string> {
  const response = row.reply === undefined ? undefined : await text(row.reply)
  const kept = row.transcript === undefined ? undefined : await readTranscript(row.transcript, text)
  yield line({ type: 'attempt', ...row, response, steps: kept?.length })
  let n = 0
  for await (const step of kept?.steps() ?? []) yield line({ type: 'step', key: row.key, step: ++n, ...step })
}

const line = (value: object): string =>
  `${JSON.stringify(value).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}\n`
