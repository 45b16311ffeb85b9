import { DatasetError } from './errors.js'
import { quoted } from './faults.js'
import { didYouMean } from './nearest.js'
import type { FormatOption, FormatOptions } from './spec.js'
import { fillTemplate } from './template.js'

/** What a column of a table may be to a task. A column of one of these names is that without being asked for. */
const fields = {
  id: 'the column that names a task (default: its place)',
  prompt: 'the column that is asked',
  expected: 'the column with the right answer',
  references: 'the column with several right answers, a list',
  solution: 'the column with a reply that scores full marks',
  system: 'the column with the system prompt',
  category: 'the column to group tasks by',
  difficulty: 'the column with easy, medium, hard or extreme',
} as const
type Field = keyof typeof fields

export const tableOptions: Readonly<Record<string, FormatOption>> = {
  ...Object.fromEntries(Object.entries(fields).map(([name, description]) => [name, { description }])),
  template: { description: 'the prompt as a text with {{column}} where a column belongs' },
  scorer: { description: 'how replies are judged (default: the right answer is in the reply)' },
  split: { description: 'only rows whose column "split" says this' },
}

/** Which column is what. */
export interface Mapping extends Readonly<Partial<Record<Field, string>>> {
  readonly template?: string
  readonly scorer?: string
  readonly split?: string
  /** Every column that is read. */
  readonly columns: readonly string[]
}

const likelyPrompts = ['question', 'problem', 'instruction', 'input', 'query', 'text', 'goal', 'sentence']
const likelyAnswers = ['answer', 'output', 'target', 'label', 'gold', 'response', 'completion', 'reference']

/**
 * Settles which column is what by what was asked and, for the rest, by the columns' own names. Nothing is guessed: where the
 * prompt or the answer could be one of several, they are named for the person to choose.
 * @throws DatasetError `bad_option` naming the columns that there are
 */
export function mapColumns(path: string, columns: readonly string[], given: FormatOptions): Mapping {
  const there = `its columns are ${columns.slice(0, 20).map(quoted).join(', ')}${columns.length > 20 ? ` and ${columns.length - 20} more` : ''}`
  const bad = (what: string) => new DatasetError('bad_option', `${path}: ${what}; ${there}`)
  const { template, scorer, split } = given
  if (split !== undefined && !columns.includes('split')) throw bad(`split=${split}: no column "split"`)
  const mapped: Partial<Record<Field, string>> = {}
  for (const field of Object.keys(fields) as Field[]) {
    const column = given[field] ?? (columns.includes(field) ? field : undefined)
    if (column === undefined) continue
    if (!columns.includes(column))
      throw bad(`${field}=${column}: no column ${quoted(column)}${didYouMean(column, columns)}`)
    mapped[field] = column
  }
  if (template !== undefined && given.prompt !== undefined)
    throw bad('both prompt= and template= say what is asked; keep one')
  const inTemplate = template === undefined ? [] : fillTemplate(template, {}).missing
  for (const column of inTemplate)
    if (!columns.includes(column))
      throw bad(`template: no column ${quoted(column)}${didYouMean(column, columns)}`)
  if (template === undefined && mapped.prompt === undefined)
    throw bad(`say which column is asked: #prompt=${likely(columns, likelyPrompts)}`)
  if ([scorer, mapped.expected, mapped.references].every((way) => way === undefined))
    throw bad(
      `say which column is the right answer: #expected=${likely(columns, likelyAnswers)}, or scorer=…`,
    )
  const { prompt, ...others } = mapped
  return {
    ...others,
    ...(template === undefined ? { prompt: prompt! } : { template }),
    ...(scorer !== undefined && { scorer }),
    ...(split !== undefined && { split }),
    columns: [
      ...new Set([
        ...Object.values(others),
        ...(template === undefined ? [prompt!] : inTemplate),
        ...(split === undefined ? [] : ['split']),
      ]),
    ],
  }
}

/** The likeliest of the columns, as an example. */
function likely(columns: readonly string[], names: readonly string[]): string {
  const lower = columns.map((column) => column.toLowerCase())
  const exact = names.find((name) => lower.includes(name))
  const at =
    exact === undefined
      ? lower.findIndex((column) => names.some((name) => column.includes(name)))
      : lower.indexOf(exact)
  return columns[at] ?? '…'
}
