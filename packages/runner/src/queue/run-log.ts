import { RunnerError } from '../errors.js'
import { type Line, line as lineSchema } from '../record/lines.js'
import { lineFormat, migrated } from '../record/versions.js'
import type { RunLog } from '../spec.js'
import type { Database } from './database.js'
import type { Writer } from './writer.js'

/** Lines read in one go. */
const together = 2_000

/** How far a reader has come. */
export interface Cursor {
  readonly tx: string
  readonly seq: string
}

export const fromStart: Cursor = { tx: '0', seq: '0' }

/** A run's lines in Postgres. Any number write to it at once: lines are a set. */
export function queueRunLog(database: Database, writer: Writer, run: string): RunLog {
  return {
    append: (line) => writer.commit({ run, lines: [line] }),
    async *lines() {
      let cursor = fromStart
      for (;;) {
        const read = await readLines(database, run, cursor, true)
        for (const line of read.lines) yield line
        if (read.lines.length < together) return
        cursor = read.cursor
      }
    },
    async [Symbol.asyncDispose]() {},
  }
}

/**
 * The next lines of a run, after a cursor.
 *
 * @param all false leaves out what it is too early for: only lines of transactions before which all others are over are
 * given, so that nothing can appear before the cursor later
 * @throws RunnerError `bad_log`, `queue`
 */
export async function readLines(
  database: Database,
  run: string,
  { tx, seq }: Cursor,
  all = false,
): Promise<{ readonly lines: readonly Line[]; readonly cursor: Cursor }> {
  const rows = await database.query<{ tx: string; seq: string; body: string }>(
    `select tx::text, seq::text, body from bench.line
     where run = $1 and (tx, seq) > ($2::xid8, $3::bigint)
       and ($4 or tx < pg_snapshot_xmin(pg_current_snapshot()))
     order by line.tx, line.seq limit ${together}`,
    [run, tx, seq, all],
  )
  const last = rows.at(-1)
  return {
    lines: rows.map(({ body, seq: at }) => parse(body, run, at)),
    cursor: last === undefined ? { tx, seq } : { tx: last.tx, seq: last.seq },
  }
}

/** Whether there are lines after a cursor, those included that it is too early to read. */
export async function hasLinesAfter(database: Database, run: string, { tx, seq }: Cursor): Promise<boolean> {
  const rows = await database.query(
    'select 1 from bench.line where run = $1 and (tx, seq) > ($2::xid8, $3::bigint) limit 1',
    [run, tx, seq],
  )
  return rows.length > 0
}

/** @throws RunnerError `bad_log` */
export function parse(body: string, run: string, seq: string): Line {
  const value = lineValue(body, run, seq)
  const checked = lineSchema.safeParse(value)
  if (checked.success) return value as Line
  const issue = checked.error.issues[0]
  throw badLine(run, seq, `${issue?.path.join('.') || 'the line'}: ${issue?.message}`, checked.error)
}

function lineValue(body: string, run: string, seq: string): unknown {
  try {
    return migrated(JSON.parse(body), lineFormat)
  } catch (error) {
    throw badLine(run, seq, (error as Error).message, error)
  }
}

const badLine = (run: string, seq: string, why: string, cause: unknown): RunnerError =>
  new RunnerError('bad_log', `line ${seq} of ${run} in the queue cannot be read: ${why}`, cause)
