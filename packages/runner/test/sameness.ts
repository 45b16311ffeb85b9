import { readRunLog } from '../src/index.js'
import { chosen, foldLines, type Line, type RunPlan, summarise } from '../src/record/index.js'

/** What a run came to, without what differs from one time to the next: times, and how often something was tried. */
export async function essence(plan: RunPlan, dir: string) {
  const lines: Line[] = []
  for await (const line of readRunLog(dir)) lines.push(line)
  const records = [...chosen(lines).values()].map(stable)
  const [summary] = summarise(plan, await foldLines(lines))
  const { costUsd, unpriced, inputTokens, outputTokens, n, passed, score, counts } = summary!
  return {
    records: records.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    totals: { costUsd, unpriced, inputTokens, outputTokens, n, passed, score, counts },
  }
}

function stable(line: Line): Partial<Line> {
  if (line.kind === 'score') {
    const { at: _at, duration_ms: _duration, host: _host, ...rest } = line
    return rest
  }
  const { started: _s, ended: _e, duration_ms: _d, try: _t, possibly_billed: _b, host: _h, ...rest } = line
  return rest
}

/** Attempt lines that say that an earlier call may have been billed. */
export async function markedIn(dir: string): Promise<Set<string>> {
  const marked = new Set<string>()
  for await (const line of readRunLog(dir))
    if (line.kind === 'attempt' && line.possibly_billed) marked.add(line.task)
  return marked
}

/** Tasks whose reply is in the log. */
export async function repliedIn(dir: string): Promise<Set<string>> {
  const replied = new Set<string>()
  for await (const line of readRunLog(dir))
    if (line.kind === 'attempt' && line.what === 'replied') replied.add(line.task)
  return replied
}

/** A seeded sequence of whole numbers under 2³²: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
}
