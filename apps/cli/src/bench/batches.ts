import type { Model } from '@bench/providers'
import type { BatchEvent, BatchOptions, RunFolder } from '@bench/runner'
import { Exit, exit } from '../exit.js'
import type { BenchOptions } from './options.js'
import type { Interruption } from './signals.js'

/**
 * The models that can be asked in batches. Of those that nobody named, the others are passed over.
 * @throws Exit `usage` naming the models that cannot be asked so
 */
export function onlyWithBatches(models: readonly Model[], automatic: boolean): readonly Model[] {
  const without = models.filter((model) => model.control !== true && model.batch === undefined)
  if (without.length > 0 && (!automatic || without.length === models.length)) {
    const names = without.map((model) => model.id).join(', ')
    throw new Exit(
      exit.usage,
      `--batch: ${names} has no batches. Take it out, or ask without --batch; anthropic and openai have them, and openai-compatible where its server does`,
    )
  }
  return models.filter((model) => !without.includes(model))
}

/** A batch takes minutes to hours: looks at it begin soon and grow rare. */
export const pollingOf = (seconds = 60): BatchOptions => ({
  pollMs: { first: Math.min(5, seconds) * 1000, most: seconds * 1000 },
})

interface Waiting {
  readonly folder: RunFolder
  readonly options: BenchOptions
  readonly stop: Interruption
  say(text: string): void
}

/** Waits for every batch, and tells of it. @returns false where it was interrupted */
export async function waitForBatches(
  events: AsyncIterable<BatchEvent>,
  { folder, options, stop, say }: Waiting,
): Promise<boolean> {
  const tell = batchTeller(say)
  try {
    for await (const event of events) {
      tell(event)
      if (options.json === true) {
        process.stdout.write(`${JSON.stringify({ run: folder.plan.run, ...event })}\n`)
      }
    }
    return true
  } catch (error) {
    if (stop.code() === undefined || error !== stop.signal.reason) {
      throw error
    }
    return false
  }
}

/** Tells of batches as they move, a line each; of one that works as often as a tenth more of it is done. */
function batchTeller(say: (text: string) => void): (event: BatchEvent) => void {
  const told = new Map<string, string>()
  return (event) => {
    const text = lineOf(event)
    if (told.get(event.label) !== text) {
      told.set(event.label, text)
      say(text)
    }
  }
}

function lineOf({ state, id, label, model, count, done, message }: BatchEvent): string {
  const name = `batch ${id ?? label}`
  const tenth = Math.floor((10 * (done ?? 0)) / Math.max(1, count)) * 10
  switch (state) {
    case 'sent':
      return `${name}: ${count.toLocaleString('en')} questions handed in to ${model}`
    case 'found':
      return `${name}: it had been handed in before; nothing is asked twice`
    case 'lost':
      return `${name}: looking whether it was handed in before`
    case 'working':
      return `${name}: ${tenth} % of ${count.toLocaleString('en')} done`
    case 'fetched':
      return `${name}: ended, its replies are here`
    case 'waiting':
      return `${name}: ${message ?? 'no answer'} Trying again.`
  }
}
