import { z } from 'zod'

/**
 * How a transcript is kept: `{v, steps}`, hashes of its steps in order, each step a JSON text of its own. What models, tools and checked
 * code said is in them as it came: long texts were cut, nothing else was made of them.
 */

const step = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string(),
  /** Of the assistant: what it called, with arguments as it wrote them, JSON or not. */
  tool_calls: z
    .array(z.object({ id: z.string().optional(), name: z.string(), arguments: z.string() }))
    .optional(),
  /** Of the assistant: why it ended. */
  finish: z.string().optional(),
  /** Of a tool: its name, and whether it was called wrongly. */
  name: z.string().optional(),
  failed: z.boolean().optional(),
  /** The visible check that this tells of. */
  check: z
    .object({ kind: z.enum(['types', 'tests']), outcome: z.enum(['passed', 'failed', 'none']) })
    .optional(),
})
export type TranscriptStep = z.infer<typeof step>

const list = z.object({ v: z.literal(1), steps: z.array(z.string()) })

/** A transcript that is kept. */
export interface KeptTranscript {
  /** How many steps it has. */
  readonly length: number
  /** One by one; undefined for a step that is no longer there, or is none. */
  steps(): AsyncGenerator<TranscriptStep | undefined>
}

/**
 * @param get a text of the run's `responses/` by its hash
 * @returns undefined where there is no such transcript
 */
export async function readTranscript(
  hash: string,
  get: (hash: string) => Promise<string | undefined>,
): Promise<KeptTranscript | undefined> {
  const hashes = transcriptSteps(await get(hash))
  if (hashes === undefined) return undefined
  return {
    length: hashes.length,
    async *steps() {
      for (const each of hashes) {
        const read = step.safeParse(parsed((await get(each)) ?? ''))
        yield read.success ? read.data : undefined
      }
    },
  }
}

/** Hashes of a transcript's steps; undefined where the text is no transcript. */
export function transcriptSteps(text: string | undefined): readonly string[] | undefined {
  const read = list.safeParse(parsed(text ?? ''))
  return read.success ? read.data.steps : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
