import type { AttemptLine } from './record/lines.js'
import type { BlobStore } from './spec.js'

/** Hashes of all that is kept beside the log for a line: its reply and what led to it, a transcript's steps included. */
export async function textsOf(line: AttemptLine, from: Pick<BlobStore, 'get'>): Promise<string[]> {
  const { reply, reasoning, answer, transcript } = line
  const steps = transcript === undefined ? [] : stepsOf(await from.get(transcript))
  return [reply, reasoning, answer, ...steps, transcript].flatMap((hash) => hash ?? [])
}

/** None where it is no transcript. */
function stepsOf(text: string | undefined): string[] {
  const { steps } = parsed(text ?? '') as { steps?: unknown }
  return Array.isArray(steps) ? steps.filter((hash): hash is string => typeof hash === 'string') : []
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
