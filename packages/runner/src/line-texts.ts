import type { AttemptLine } from './record/lines.js'
import { transcriptSteps } from './record/transcript.js'
import type { BlobStore } from './spec.js'

/** Hashes of all that is kept beside the log for a line: its reply and what led to it, a transcript's steps included. */
export async function textsOf(line: AttemptLine, from: Pick<BlobStore, 'get'>): Promise<string[]> {
  const { reply, reasoning, answer, transcript } = line
  const steps = transcript === undefined ? [] : (transcriptSteps(await from.get(transcript)) ?? [])
  return [reply, reasoning, answer, ...steps, transcript].flatMap((hash) => hash ?? [])
}
