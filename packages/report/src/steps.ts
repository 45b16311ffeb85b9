import type { ReportRow, TranscriptStep } from '@bench/runner/record'
import { count, plural } from './display.js'
import { clean } from './text.js'

type Call = NonNullable<TranscriptStep['tool_calls']>[number]

/** Who spoke, in a word: a tool by its name. */
export const speaker = ({ role, name }: TranscriptStep): string =>
  role === 'tool' ? `tool ${clean(name ?? '')}`.trimEnd() : role

/** What is to be told of a step besides what was said: `visible tests failed`, `called wrongly`, `cut off`. */
export function stepFacts({ finish, failed, check }: TranscriptStep): string[] {
  return [
    ...(failed === true ? ['called wrongly'] : []),
    ...(check === undefined ? [] : [checkWords(check)]),
    ...(finish === undefined || usual.has(finish) ? [] : [finish === 'length' ? 'cut off' : clean(finish)]),
  ]
}

/** How a reply ends that is as it should be. */
const usual: ReadonlySet<string> = new Set(['stop', 'tool_calls'])

function checkWords({ kind, outcome }: NonNullable<TranscriptStep['check']>): string {
  const what = kind === 'tests' ? 'visible tests' : 'type check'
  return outcome === 'none' ? `no ${what}` : `${what} ${outcome}`
}

/** Whether a step tells of something that went wrong. */
export const isBad = ({ failed, check }: TranscriptStep): boolean =>
  failed === true || check?.outcome === 'failed'

/** A tool's arguments for people: by name where they are a JSON object, else as the model wrote them. */
export function argumentsOf(call: Call): readonly (readonly [name: string, value: string])[] {
  const given = call.arguments.trim()
  if (given === '' || given === '{}') return []
  try {
    const value: unknown = JSON.parse(given)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.entries(value).map(([name, one]) => [
        name,
        typeof one === 'string' ? one : (JSON.stringify(one) ?? ''),
      ])
  } catch {
    // Told as it is.
  }
  return [['', call.arguments]]
}

/** `3 calls of the model · 5 of tools · ended by finish`; empty where its solver told nothing. */
export function courseWords({ course }: ReportRow): string {
  if (course === undefined) return ''
  const { iterations, toolCalls, endedBy, selfCorrected, iterationsToSuccess } = course
  return [
    `${plural(iterations, 'call')} of the model`,
    ...(toolCalls === undefined ? [] : [`${count(toolCalls)} of tools`]),
    ...(iterationsToSuccess === undefined ? [] : [`visible checks pass after ${count(iterationsToSuccess)}`]),
    ...(selfCorrected === true ? ['self-corrected'] : []),
    ...(endedBy === undefined ? [] : [`ended by ${clean(endedBy)}`]),
  ].join(' · ')
}
