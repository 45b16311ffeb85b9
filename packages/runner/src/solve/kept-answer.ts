import type { Completion } from '@bench/providers'
import type { Answer } from '@bench/scorers'
import { z } from 'zod'
import type { AttemptLine } from '../record/lines.js'
import type { BlobStore } from '../spec.js'

/** The answer that a solver brought, as a text that people read: what is kept as the attempt's reply. */
function answerText({ text, code, files }: Answer): string {
  if (files === undefined) return code ?? text
  return Object.entries(files)
    .map(([path, content]) => `FILE: ${path}\n---\n${content}${content.endsWith('\n') ? '' : '\n'}---\n`)
    .join('\n')
}

/** An answer as JSON has it. */
export const answerShape = z.object({
  text: z.string(),
  code: z.string().optional(),
  rule: z.string().optional(),
  alternatives: z.array(z.object({ rule: z.string(), code: z.string() })).optional(),
  files: z.record(z.string(), z.string()).optional(),
  faults: z.array(z.string()).optional(),
  notes: z.array(z.string()).optional(),
})

/** What was judged of an attempt, to be judged again. */
export interface KeptReply {
  readonly text: string
  readonly answer?: Answer
}

/** @returns undefined where a part of it is no longer there: then the reply cannot be judged as it was */
export async function keptReplyOf(
  line: AttemptLine,
  blobs: Pick<BlobStore, 'get'>,
): Promise<KeptReply | undefined> {
  if (line.reply === undefined) return undefined
  const text = await blobs.get(line.reply)
  if (text === undefined || line.answer === undefined) return text === undefined ? undefined : { text }
  const written = await blobs.get(line.answer)
  if (written === undefined) return undefined
  const read = answerShape.safeParse(JSON.parse(written))
  return read.success ? { text, answer: read.data as Answer } : undefined
}

/** A solver's last completion, with its answer in place of the words that came with it. */
export const completionWith = (last: Completion, answer: Answer | undefined): Completion =>
  answer === undefined ? last : { ...last, text: answerText(answer) }
