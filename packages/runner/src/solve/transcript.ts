import type { TranscriptStep } from '../record/transcript.js'
import type { BlobStore } from '../spec.js'
import type { Step } from './spec.js'

/** Characters of any one text in a step. */
const textCap = 64 * 1024

/** More steps than any limit of ours lets come about; a solver from outside may have none. */
const stepCap = 10_000

/** A transcript in the making. */
export interface Transcript {
  step(step: Step): void
  /** @returns hash of the whole, once all of it is durable; undefined where there is none. @throws RunnerError `storage` */
  close(): Promise<string | undefined>
}

/**
 * Keeps each step in `responses/` as it comes, as JSON, long texts cut; the whole is a list of their hashes, `{v, steps}`. Equal steps of
 * many attempts are kept once.
 */
export function openTranscript(blobs: BlobStore): Transcript {
  const steps: Promise<string>[] = []
  return {
    step(step) {
      if (steps.length >= stepCap) return
      const put = blobs.put(JSON.stringify(capped(step)))
      // It is told when the transcript is closed.
      put.catch(() => {})
      steps.push(put)
    },
    async close() {
      if (steps.length === 0) return undefined
      return blobs.put(JSON.stringify({ v: 1, steps: await Promise.all(steps) }))
    },
  }
}

function capped({ role, content, toolCalls, finish, name, failed, check }: Step): TranscriptStep {
  return {
    role,
    content: cut(content),
    tool_calls: toolCalls?.slice(0, 100).map((call) => ({
      id: cut(call.id),
      name: cut(call.name),
      arguments: cut(call.arguments),
    })),
    finish,
    name,
    failed,
    check: check && { kind: check.kind, outcome: check.outcome },
  }
}

const cut = (text: string): string =>
  text.length <= textCap ? text : `${text.slice(0, textCap)}… (${text.length} characters)`
