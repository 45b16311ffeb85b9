import { openBlobStore, openRunLog, type RunEvent } from '../../src/index.js'
import { type FollowOptions, follow, openQueue } from '../../src/queue/index.js'
import type { Line, RunPlan } from '../../src/record/index.js'

/** Follows a run into a folder to its end, and gives back its events. */
export async function followIn(
  dir: string,
  url: string,
  plan: RunPlan,
  more: Partial<FollowOptions> = {},
): Promise<RunEvent[]> {
  await using queue = await openQueue(url)
  await using log = await openRunLog(dir)
  await using blobs = await openBlobStore(dir)
  const events: RunEvent[] = []
  for await (const event of follow(queue, plan, { log, blobs, graceMs: 1_000, ...more })) events.push(event)
  return events
}

export async function linesIn(dir: string): Promise<Line[]> {
  await using log = await openRunLog(dir)
  const lines: Line[] = []
  for await (const line of log.lines()) lines.push(line)
  return lines
}
