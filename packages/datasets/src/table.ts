import { basename } from 'node:path'
import { z } from 'zod'
import { difficulty } from './case-schema.js'
import { openDocument, type Shape, type Syntax } from './document.js'
import { defaultScorers } from './native-task.js'
import type { Dataset, Difficulty, FormatOptions, Json, ScorerRef, Task } from './spec.js'
import { type Mapping, mapColumns } from './table-options.js'
import { fillTemplate } from './template.js'

/** How rows are written down. */
export interface TableSyntax {
  /** Names of all columns, or of those that the first row has. */
  columns(path: string, signal?: AbortSignal): Promise<readonly string[]>
  /** What a row is called that has no name of its own: `line-2`. */
  readonly unit: 'line' | 'row'
  /** Rows as objects by column, each at the place that messages name. */
  rows(columns: readonly string[]): Syntax
}

/** Opens a table: every row a task, by the columns that the options name. Its version is the beginning of its hash. */
export async function openTable(
  path: string,
  syntax: TableSyntax,
  options: FormatOptions,
  signal?: AbortSignal,
): Promise<Dataset> {
  signal?.throwIfAborted()
  const mapping = mapColumns(path, await syntax.columns(path, signal), options)
  return openDocument(path, syntax.rows(mapping.columns), shapeOf(path, mapping, syntax.unit), signal)
}

type Row = z.infer<typeof row>
const row = z.record(z.string(), z.unknown())

function shapeOf(path: string, mapping: Mapping, unit: string): Shape<unknown, Row> {
  const name = basename(path).replace(/\.(csv|tsv|jsonl|ndjson|parquet)(\.gz)?$/i, '')
  const { split } = mapping
  return {
    header: z.unknown(),
    item: row.check((context) => {
      for (const [column, message] of faultsOf(context.value, mapping))
        context.issues.push({ code: 'custom', path: [column], message, input: context.value[column] })
    }),
    describe: (_header, hash) => ({ name, version: hash.slice(0, 12) }),
    id: (item, position) => idOf(item, `${unit}-${position}`, mapping),
    task: (item, _header, position) => toTask(item, `${unit}-${position}`, mapping),
    ...(split !== undefined && {
      selection: { keeps: (item) => textOf(item.split) === split, what: `of split ${split}` },
    }),
  }
}

function* faultsOf(item: Row, mapping: Mapping): Generator<[column: string, message: string]> {
  for (const column of [mapping.prompt, mapping.id])
    if (column !== undefined && !/\S/.test(textOf(item[column]) ?? '')) yield [column, 'is empty']
  const { expected, references, scorer } = mapping
  const answers = [expected, references].flatMap((column) =>
    column === undefined ? [] : listOf(item[column]),
  )
  if (answers.length === 0 && scorer === undefined) yield [expected ?? references ?? '', 'is empty']
  if (mapping.difficulty !== undefined) {
    const written = textOf(item[mapping.difficulty])
    if (written !== undefined && written !== '' && !difficulty.safeParse(written).success)
      yield [mapping.difficulty, 'expected easy, medium, hard or extreme']
  }
}

function idOf(item: Row, place: string, { id }: Mapping): string {
  return id === undefined ? place : (textOf(item[id]) ?? '').trim()
}

function toTask(item: Row, place: string, mapping: Mapping): Task {
  const { template, scorer } = mapping
  const at = (column: string | undefined) => {
    const text = column === undefined ? undefined : textOf(item[column])
    return text === '' ? undefined : text
  }
  const [expected, system, category, level] = [
    at(mapping.expected),
    at(mapping.system),
    at(mapping.category),
    at(mapping.difficulty),
  ]
  const references = mapping.references === undefined ? [] : listOf(item[mapping.references])
  const solution = at(mapping.solution) ?? expected ?? references[0]
  const values = Object.fromEntries(mapping.columns.map((column) => [column, textOf(item[column]) ?? '']))
  const task = {
    id: idOf(item, place, mapping),
    prompt: template === undefined ? (at(mapping.prompt) ?? '') : fillTemplate(template, values).text,
    ...(system !== undefined && { system }),
    ...(category !== undefined && { category }),
    ...(level !== undefined && { difficulty: level as Difficulty }),
    ...(expected !== undefined && { expected }),
    ...(references.length > 0 && { references }),
    ...(solution !== undefined && { solution }),
  }
  const scorers: readonly ScorerRef[] = scorer === undefined ? defaultScorers(task) : [{ name: scorer }]
  return { ...task, scorers }
}

/** A cell as text: what is no text is written as JSON. Undefined where there is nothing. */
function textOf(cell: unknown): string | undefined {
  if (cell === undefined || cell === null) return undefined
  return typeof cell === 'string' ? cell : JSON.stringify(cell)
}

/** A cell as a list: one, or a JSON list written as text, or the cell alone. */
function listOf(cell: unknown): readonly string[] {
  const list = typeof cell === 'string' && cell.trimStart().startsWith('[') ? (parsed(cell) ?? cell) : cell
  return (Array.isArray(list) ? (list as readonly Json[]) : [list])
    .map(textOf)
    .filter((text) => text !== undefined && text !== '') as string[]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
