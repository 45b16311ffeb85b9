import { type ReportRow, readTranscript, type TranscriptStep } from '@bench/runner/record'
import { count, duration, plural, usd } from './display.js'
import { evidence, isFailure, words } from './failures.js'
import type { Report } from './spec.js'
import { argumentsOf, courseWords, speaker, stepFacts } from './steps.js'
import { clean, cleanBlock } from './text.js'

export interface AttemptTextOptions {
  /** Characters of any one text, the rest being counted; all of it where absent. */
  readonly most?: number
}

/**
 * One attempt for a terminal: its verdict, what led to it, and its transcript or reply, piece by piece. What models and tools said stands
 * indented, with nothing in it that could act on a terminal.
 */
export async function* attemptText(
  row: ReportRow,
  report: Pick<Report, 'reply'>,
  { most = Number.POSITIVE_INFINITY }: AttemptTextOptions = {},
): AsyncGenerator<string> {
  const indented = (text: string, by: number): string => {
    const shown =
      text.length > most ? `${text.slice(0, most)}\n… ${count(text.length - most)} more characters` : text
    const space = ' '.repeat(by)
    return cleanBlock(shown.trimEnd())
      .split('\n')
      .map((line) => `${space}${line}`.trimEnd())
      .join('\n')
  }
  const part = (title: string, text: string) => `\n${title}\n${indented(text, 2)}\n`

  const repeat = row.repeat > 0 ? ` #${row.repeat + 1}` : ''
  yield `${clean(row.task)}${repeat} · ${clean(row.model)} · ${words[row.outcome]}\n`
  const facts = [factsOf(row), courseWords(row)].filter((line) => line !== '')
  yield facts.map((line) => `  ${line}\n`).join('')
  const { error, expected, got, where, others } = evidence(row)
  if (error !== undefined)
    yield part(where === undefined || row.error !== undefined ? 'Error' : `Error in ${clean(where)}`, error)
  if (isFailure(row)) {
    if (expected !== undefined) yield part('Expected', written(expected))
    if (got !== undefined) yield part('Got', written(got))
    const [short, long] = [others.filter(isBrief), others.filter((one) => !isBrief(one))]
    if (short.length > 0)
      yield `\n${short.map(([name, value]) => clean(`${name} ${written(value)}`)).join(' · ')}\n`
    for (const [name, value] of long) yield part(clean(name), written(value))
  }
  if (row.warnings !== undefined && row.warnings.length > 0) yield part('Warnings', row.warnings.join('\n'))

  const kept =
    row.transcript === undefined
      ? undefined
      : await readTranscript(row.transcript, (hash) => report.reply(hash))
  if (kept !== undefined) {
    yield `\nTranscript, ${plural(kept.length, 'step')}\n`
    let n = 0
    for await (const step of kept.steps()) {
      n++
      if (step === undefined) yield `\n  ${n}  no longer in responses/\n`
      else yield stepText(step, n, indented)
    }
  }
  const reply = row.reply === undefined ? undefined : await report.reply(row.reply)
  if (reply !== undefined)
    yield part(kept === undefined ? 'Reply' : 'Answer', reply.trim() === '' ? '(empty)' : reply)
  else if (row.reply !== undefined) yield '\nIts reply is no longer in responses/\n'
}

function stepText(step: TranscriptStep, n: number, indented: (text: string, by: number) => string): string {
  const facts = stepFacts(step)
  const lines = [`\n  ${n}  ${speaker(step)}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`]
  if (step.content.trim() !== '') lines.push(indented(step.content, 5))
  for (const call of step.tool_calls ?? []) {
    const given = argumentsOf(call)
    const short = given.filter(([, value]) => isShort(value))
    lines.push(
      `     → ${clean(call.name)}${short.map(([name, value]) => ` ${`${clean(name)} ${clean(value)}`.trim()}`).join(',')}`,
    )
    for (const [name, value] of given) {
      if (isShort(value)) continue
      if (name !== '') lines.push(`       ${clean(name)}:`)
      lines.push(indented(value, 9))
    }
  }
  return `${lines.join('\n')}\n`
}

const isShort = (value: string): boolean => value.length <= 80 && !value.includes('\n')

const factsOf = (row: ReportRow): string =>
  [
    row.value !== null && row.value > 0 && row.value < 1 && `score ${Math.round(row.value * 1000) / 10}`,
    row.durationMs !== undefined && duration(row.durationMs),
    row.outputTokens !== undefined && `${count(row.outputTokens)} tokens out`,
    row.costUsd !== undefined && usd(row.costUsd),
    row.cached !== undefined && 'from the cache',
  ]
    .filter(Boolean)
    .join(' · ')

/** On one line where that is short. */
function written(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return 'nothing'
  const flat = JSON.stringify(value)
  return flat.length <= 100 ? flat : JSON.stringify(value, null, 1)
}

/** Short enough to stand beside others. */
const isBrief = ([, value]: readonly [string, unknown]): boolean => {
  const text = written(value)
  return text.length <= 40 && !text.includes('\n')
}
