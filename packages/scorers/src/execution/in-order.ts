import type { IoCode } from '@bench/datasets'
import { aroundOf, type Case, type CaseResult, judgeMessages } from './cases.js'
import { Garbage } from './codec.js'
import { ending, Forged, newSeal, process, readResult } from './jobs.js'
import type { Servers } from './servers.js'
import { backstop } from './time.js'

/** What judging a case needs besides the case. */
export interface Trial {
  readonly spec: IoCode
  readonly source: string
  readonly program: string
  readonly servers: Servers
  readonly signal: AbortSignal | undefined
}

/** Bytes of all inputs, and of all answers. */
const most = 64 << 20

/**
 * Calls a function with one input after the other in one process: what a call leaves behind is there for the next. All calls together
 * get twice the time of one.
 * @returns results up to the first case that does not pass; undefined where it takes more to tell: where the calls took longer than
 * one of them may, or do not fit into a job
 */
export async function judgeInOrder(cases: readonly Case[], trial: Trial): Promise<CaseResult[] | undefined> {
  const { spec, source, program, servers, signal } = trial
  const each = Math.min(...cases.map(({ timeout }) => timeout))
  const limit = { cpuSec: 2 * each, wallSec: 2 * backstop(each) }
  const seal = newSeal()
  const all = spec.cases.map(({ input }) => input)
  const job = process(program, { source, seal, ...aroundOf(spec), entry: spec.entryPoint, all }, limit.cpuSec)
  if (job.payload.length > most) return undefined
  const { ends, breach } = await servers.run(
    { processes: [job], wallSec: limit.wallSec, resultBytes: most },
    signal,
  )
  const [end] = ends
  if (end === undefined || breach !== undefined) return undefined
  const found: CaseResult[] = []
  try {
    for (const message of readResult(end, seal, cases.length)) {
      found.push(judgeMessages(cases[found.length]!, [message], ''))
      if (found.at(-1)!.outcome !== 'pass') return found
    }
  } catch (error) {
    if (error instanceof Forged) return [{ outcome: 'forged', error: error.message }]
    if (!(error instanceof Garbage)) throw error
    return [...found, { outcome: 'crash', error: `the result is unreadable: ${error.message}` }]
  }
  const late = end.reason === 'timeout' || (end.cpuMs ?? 0) > each * 1000
  if (late || end.reason === 'output_limit') return undefined
  return found.length === cases.length ? found : [...found, ending(end, limit)]
}
