import type { BatchState } from '@bench/providers'
import { z } from 'zod'

/**
 * What a run's folder knows of one batch. `sending` is written before it is handed in, so that a crash in that moment
 * leaves a trace to look for; `sent` once its id is known; `fetched` once its results are durable.
 */
export const batchRecord = z.object({
  v: z.literal(1),
  label: z.string().regex(/^[\w-]{1,64}$/),
  /** Model id. */
  model: z.string(),
  /** Ids of its questions, in the order of its lines. */
  ids: z.array(z.string()),
  /** Of its lines together. */
  bytes: z.number().int(),
  status: z.enum(['sending', 'sent', 'fetched']),
  /** When it was first about to be handed in, and when last. UTC ISO 8601. */
  at: z.string(),
  lastAt: z.string(),
  /** The provider's id. */
  id: z.string().optional(),
  /** What the provider said last of it, once it has ended. */
  state: z.custom<BatchState>((value) => typeof value === 'object' && value !== null).optional(),
})

export type BatchRecord = z.infer<typeof batchRecord>
