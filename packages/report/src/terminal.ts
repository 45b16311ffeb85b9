import type { ModelSummary } from '@bench/runner/record'
import { leftOutWords, notRun, sparedWords } from './denominator.js'
import {
  cachedWords,
  costLabel,
  count,
  duration,
  percent,
  plural,
  priceGapWords,
  range,
  tallyWords,
  unknown,
} from './display.js'
import { firstFailures, reasonOf } from './failures.js'
import { difficulties, type Ranked, ranking, scoreName, type Verdict, verdict } from './ranking.js'
import type { Report } from './spec.js'
import { clean, cutEnd, cutMiddle, pad, widthOf } from './text.js'
import { entry, totalTokens } from './totals.js'

export interface TableOptions {
  /** Columns of the terminal; nothing printed is wider. 80 by default, 40 at least. */
  readonly width?: number
  /** SGR colours; false by default. */
  readonly color?: boolean
  /** Dashes, ellipses and signs beyond ASCII; true by default. */
  readonly unicode?: boolean
}

interface Column {
  readonly head: string
  readonly align: 'left' | 'right'
  /** The lowest go first where the width is short; a column without one always stays. */
  readonly keep?: number
  cell(entry: Ranked): string
}

const gap = '  '
/** A model's name is cut rather than columns dropped down to this width. */
const narrowestModel = 18

/**
 * The table at a run's end: score with its 95 % interval and n, by difficulty, cost, median time and speed; under it
 * what left the denominator and what the score could have been, and one sentence on who leads. Models that cannot be
 * told apart share a rank. Columns are dropped by importance until it fits; no line is ever wrapped by us or cut
 * by the terminal.
 */
export function summaryTable(report: Report, options: TableOptions = {}): string {
  const width = Math.max(40, options.width ?? 80)
  const paint = painter(options.color ?? false)
  const ranked = ranking(report)
  const columns = fitting(report, ranked, width)
  const lines: string[] = []
  const { missing, planned } = notRun(report.models, report.plan)
  if (missing > 0) {
    lines.push(
      ...wrap(`PARTIAL: ${count(missing)} of ${plural(planned, 'attempt')} not run.`, width).map(paint.warn),
    )
  }
  if (ranked.length > 0) lines.push(...draw(columns, ranked, width, paint))
  for (const { summary } of ranked) {
    const shown = tallyWords(summary)
    if (shown !== '') lines.push(...wrap(`${clean(summary.model)}: ${shown}`, width))
    lines.push(...beside(summary, width).map(paint.dim))
    const cached = cachedWords(summary)
    if (cached !== '') lines.push(...wrap(`${clean(summary.model)}: ${cached}`, width).map(paint.dim))
    const priced = priceGapWords(summary)
    if (priced !== '') lines.push(...wrap(`${clean(summary.model)}: ${priced}`, width).map(paint.warn))
  }
  const spared = sparedWords(report.models, report.plan)
  if (spared !== '') lines.push(...wrap(spared, width).map(paint.dim))
  lines.push(...wrap(sentence(verdict(report)), width))
  const text = lines.join('\n')
  return `${options.unicode === false ? ascii(text) : text}\n`
}

/**
 * The first ten attempts that did not pass: model, task, outcome, reason. Empty where all passed.
 *
 * @param options.except a model whose failures tell nothing
 */
export function failureList(
  report: Pick<Report, 'rows'>,
  options: TableOptions & { first?: number; except?: string } = {},
): string {
  const width = Math.max(40, options.width ?? 80)
  const paint = painter(options.color ?? false)
  const first = options.first ?? 10
  const found = firstFailures(report.rows, first, options.except)
  if (found.count === 0) return ''
  const cells = found.rows.map((row) => [
    row.outcome,
    cutMiddle(clean(row.model), Math.floor(width * 0.25)),
    cutMiddle(clean(row.task), Math.floor(width * 0.25)) + (row.repeat > 0 ? ` #${row.repeat + 1}` : ''),
    clean(reasonOf(row)),
  ])
  const widths = [0, 1, 2].map((i) => Math.max(...cells.map((cell) => widthOf(cell[i] as string))))
  const lines = cells.map((cell) => {
    const head = ` ${widths.map((each, i) => pad(cell[i] as string, each)).join(gap)}`
    const room = width - widthOf(head) - gap.length
    return room < 8
      ? cutEnd(head.trimEnd(), width)
      : `${head}${gap}${paint.dim(cutEnd(cell[3] as string, room))}`
  })
  const title =
    found.count > first ? `${first} of ${count(found.count)} failures` : plural(found.count, 'failure')
  const text = [paint.bold(title), ...lines].join('\n')
  return `${options.unicode === false ? ascii(text) : text}\n`
}

const shortNames: ReadonlyMap<string, string> = new Map([
  ['medium', 'MED'],
  ['extreme', 'EXT'],
])

function allColumns(report: Report): Column[] {
  const { models, plan } = report
  const known = (value: number | undefined, show: (value: number) => string) =>
    value === undefined ? unknown : show(value)
  const byDifficulty = difficulties(models).map(
    (name): Column => ({
      head: shortNames.get(name) ?? cutEnd(clean(name), 8).toUpperCase(),
      align: 'right',
      keep: 4,
      cell: ({ summary }) => known(entry(summary.byDifficulty, name)?.score, (score) => percent(score, 0)),
    }),
  )
  const k = plan.repeats
  const repeated: Column[] = [
    {
      head: `PASS@${k}`,
      align: 'right',
      keep: 2,
      cell: ({ summary }) => known(summary.passAt[k], percent),
    },
    {
      head: `PASS^${k}`,
      align: 'right',
      keep: 2,
      cell: ({ summary }) => known(summary.passAll[k], percent),
    },
  ]
  return [
    { head: '#', align: 'right', keep: 7, cell: ({ rank }) => (rank === null ? unknown : String(rank)) },
    { head: 'MODEL', align: 'left', cell: ({ summary }) => clean(summary.model) },
    { head: `${scoreName(models)} (95 % CI)`, align: 'left', cell: ({ summary }) => scoreCell(summary) },
    { head: 'N', align: 'right', cell: ({ summary }) => count(summary.n) },
    ...(k > 1 ? repeated : []),
    ...byDifficulty,
    { head: 'COST', align: 'right', keep: 6, cell: ({ summary }) => costLabel(summary, plan) },
    { head: 'P50', align: 'right', keep: 5, cell: ({ summary }) => known(summary.p50Ms, duration) },
    {
      head: 'TOK/S',
      align: 'right',
      keep: 3,
      cell: ({ summary }) => known(summary.tokensPerSecond, (speed) => count(Math.round(speed))),
    },
    { head: 'TOKENS', align: 'right', keep: 1, cell: ({ summary }) => known(totalTokens(summary), count) },
  ]
}

function scoreCell(model: ModelSummary): string {
  if (model.score === null) return unknown
  const score = percent(model.score).padStart(5)
  return model.interval === null ? score : `${score} [${range(model.interval.low, model.interval.high)}]`
}

const columnWidth = (column: Column, ranked: readonly Ranked[]): number =>
  Math.max(widthOf(column.head), ...ranked.map((entry) => widthOf(column.cell(entry))))

/** Drops the least important columns, several at once where they are equal, until the rest fits. */
function fitting(report: Report, ranked: readonly Ranked[], width: number): Column[] {
  let columns = allColumns(report)
  const needed = () =>
    1 +
    columns.reduce((total, column) => {
      const natural = columnWidth(column, ranked)
      const own = column.head === 'MODEL' ? Math.min(natural, narrowestModel) : natural
      return total + own + gap.length
    }, -gap.length)
  while (needed() > width) {
    const least = Math.min(...columns.map((column) => column.keep ?? Infinity))
    if (least === Infinity) break
    columns = columns.filter((column) => column.keep !== least)
  }
  return columns
}

function draw(
  columns: readonly Column[],
  ranked: readonly Ranked[],
  width: number,
  paint: Painter,
): string[] {
  const widths = columns.map((column) => columnWidth(column, ranked))
  const model = columns.findIndex((column) => column.head === 'MODEL')
  const others = widths.reduce((total, each, i) => total + (i === model ? 0 : each), 0)
  const room = width - 1 - others - gap.length * (columns.length - 1)
  widths[model] = Math.max(1, Math.min(widths[model] as number, room))
  const row = (text: (column: Column) => string) =>
    ` ${columns.map((column, i) => pad(cutMiddle(text(column), widths[i] as number), widths[i] as number, column.align)).join(gap)}`.trimEnd()
  return [
    paint.bold(row((column) => column.head)),
    ...ranked.map((entry) => row((column) => column.cell(entry))),
  ]
}

/** What is not in the score, and how far it could have moved it. */
function beside(model: ModelSummary, width: number): string[] {
  const out = leftOutWords(model)
  if (out === '') return []
  const could =
    model.range === null ? '' : `; with them the score could be ${range(model.range.worst, model.range.best)}`
  return wrap(`${clean(model.model)}: ${out}, left out of n${could}`, width)
}

const sentence = ({ headline, basis }: Verdict): string =>
  basis === '' ? headline : `${headline.slice(0, -1)} (${basis}).`

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let current = ''
  for (const word of text.split(' ').map((part) => cutMiddle(part, width - 3))) {
    if (current !== '' && widthOf(current) + 1 + widthOf(word) > width - 1) {
      lines.push(current)
      current = `  ${word}`
    } else current = current === '' ? word : `${current} ${word}`
  }
  return [...lines, current].map((line) => ` ${line}`)
}

const plain: Readonly<Record<string, string>> = { '–': '-', '…': '~', '≥': '>', '−': '-' }
const ascii = (text: string): string => text.replace(/[–…≥−]/gu, (char) => plain[char] ?? '?')

interface Painter {
  bold(text: string): string
  dim(text: string): string
  warn(text: string): string
}

function painter(color: boolean): Painter {
  const sgr = (on: number, off: number) => (text: string) => (color ? `\x1b[${on}m${text}\x1b[${off}m` : text)
  return { bold: sgr(1, 22), dim: sgr(2, 22), warn: sgr(33, 39) }
}
