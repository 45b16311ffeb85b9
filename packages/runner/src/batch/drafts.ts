import type { Model } from '@bench/providers'
import type { Asked } from './answers.js'
import type { BatchJournal, Draft } from './journal.js'

/** Batches in the making, one for each model; full ones are sealed on the way. */
export interface BatchDrafts {
  add(model: Model, asked: Asked): Promise<void>
  /** Seals what is open. @returns how many batches were sealed in all */
  seal(): Promise<number>
  /** Throws away what is not sealed. */
  drop(): Promise<void>
}

export function batchDrafts(journal: BatchJournal): BatchDrafts {
  const open = new Map<string, Draft>()
  let sealed = 0
  const sealOne = async (modelId: string, draft: Draft): Promise<void> => {
    await draft.seal()
    open.delete(modelId)
    sealed++
  }
  return {
    async add({ id, batch }, asked) {
      const { maxRequests, maxBytes } = batch!
      const line = Buffer.from(batch!.line(asked.id, asked.messages, asked.options))
      const held = open.get(id)
      const full = held && (held.count >= maxRequests || held.bytes + line.length > maxBytes)
      if (full) await sealOne(id, held)
      const draft = open.get(id) ?? (await journal.draft(id))
      open.set(id, draft)
      await draft.add(asked.id, line)
    },
    async seal() {
      for (const [modelId, draft] of [...open]) await sealOne(modelId, draft)
      return sealed
    },
    async drop() {
      for (const draft of open.values()) await draft.drop()
    },
  }
}
