import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { RunnerError } from '../errors.js'
import { type Line, line as lineSchema } from '../record/lines.js'
import { lineFormat, migrated } from '../record/versions.js'
import type { RunLog } from '../spec.js'
import { type Appender, openAppender } from './appender.js'
import { takeLock } from './lock.js'
import { rawLines } from './raw-lines.js'

export interface RunLogOptions {
  /** Told how many bytes of a torn last line were cut off, where a crash had left one. */
  onHealed?(bytes: number): void
}

const fileOf = (dir: string): string => join(dir, 'results.jsonl')

/**
 * Opens the log of a run's folder for writing, and only for one writer: `results.jsonl`, with `lock` beside it. A
 * line is acknowledged once it is durable; lines that arrive meanwhile share one write and one sync.
 *
 * @throws RunnerError `locked` saying who holds it; `storage`
 */
export async function openRunLog(dir: string, options: RunLogOptions = {}): Promise<RunLog> {
  const path = fileOf(dir)
  const lock = await takeLock(join(dir, 'lock'))
  let file: Appender
  try {
    file = await openAppender(path)
  } catch (error) {
    await lock[Symbol.asyncDispose]()
    throw error
  }
  if (file.healed > 0) options.onHealed?.(file.healed)
  return {
    async append(line) {
      await file.append(`${JSON.stringify(line)}\n`)
    },
    lines: () => readRunLog(dir),
    async [Symbol.asyncDispose]() {
      try {
        await file[Symbol.asyncDispose]()
      } finally {
        await lock[Symbol.asyncDispose]()
      }
    },
  }
}

/**
 * Reads the log of a run's folder without writing to it, also while a run is under way. Keys this version does not
 * know are kept. A run that was planned and not begun has no line.
 *
 * @throws RunnerError `no_such_run`; `bad_log` naming the line that is none; `storage`
 */
export async function* readRunLog(dir: string): AsyncGenerator<Line> {
  const path = fileOf(dir)
  if (!existsSync(path) && !existsSync(join(dir, 'plan.json')))
    throw new RunnerError('no_such_run', `${dir} holds no run (it has no plan.json)`)
  for await (const { bytes, number } of rawLines(path)) yield parse(bytes, path, number)
}

function parse(bytes: Buffer, path: string, number: number): Line {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw badLine(path, number, `it is not JSON. ${remedy}`, error)
  }
  try {
    value = migrated(value, lineFormat)
  } catch (error) {
    throw badLine(path, number, (error as Error).message, error)
  }
  const checked = lineSchema.safeParse(value)
  if (checked.success) return value as Line
  const issue = checked.error.issues[0]
  throw badLine(
    path,
    number,
    `${issue?.path.join('.') || 'the line'}: ${issue?.message}. ${remedy}`,
    checked.error,
  )
}

const remedy = 'Lines before and after it are whole: repair or remove that line'

function badLine(path: string, number: number, why: string, cause: unknown): RunnerError {
  return new RunnerError('bad_log', `${path}:${number} cannot be read: ${why}`, cause)
}
