import type { AssertCode } from '@bench/datasets'
import type { Judge } from '../src/index.js'
import { inPairs } from './setup.js'

/** What became of programs, each judged by itself; their numbers by outcome are printed. */
export async function judgeAll(
  judge: Judge,
  spec: AssertCode,
  programs: Readonly<Record<string, string>>,
): Promise<{ readonly name: string; readonly outcome: string; readonly value: number | null }[]> {
  const scores = await inPairs(Object.keys(programs), async (name) => {
    const { outcome, value } = await judge.judge(spec, programs[name]!)
    return { name, outcome, value }
  })
  const names: Record<string, string[]> = {}
  for (const { name, outcome } of scores) names[outcome] = [...(names[outcome] ?? []), name]
  const counts = Object.entries(names).map(([outcome, { length }]) => `${outcome} ${length}`)
  console.log(`${scores.length} programs in ${spec.language}: ${counts.join(', ')}`)
  if (process.env.VERBOSE) console.log(names)
  return scores
}
