import type { AttemptEnd } from './attempt.js'
import type { RunEvent } from './spec.js'

/** Nobody was reached. */
const unreachable = new Set(['connect', 'dns', 'tls'])

/** Decides when a model is asked no further. */
export interface ModelWatch {
  saw(modelId: string, end: AttemptEnd): void
  stopped(modelId: string): boolean
  /** Whether any model was stopped. */
  any(): boolean
}

/** Faults that the next call would meet too. */
const hopeless = new Set(['auth', 'permission', 'not_found', 'no_tools', 'spend_cap'])

/**
 * Stops a model at once for a fault that asking again cannot mend, and after so many unreached calls in a row, as many as
 * are under way at once but at least 10, that its server is taken to be gone.
 */
export function modelWatch(concurrency: number, tell: (event: RunEvent) => void): ModelWatch {
  const unreached = new Map<string, number>()
  const over = new Set<string>()
  const patience = Math.max(10, concurrency)
  return {
    saw(model, end) {
      if (end.kind !== 'failed') {
        if (end.kind === 'done') unreached.delete(model)
        return
      }
      const row = unreachable.has(end.code) ? (unreached.get(model) ?? 0) + 1 : 0
      unreached.set(model, row)
      if (over.has(model) || !(hopeless.has(end.code) || row >= patience)) return
      over.add(model)
      tell({ type: 'stopped', model, code: end.code, message: end.message })
    },
    stopped: (model) => over.has(model),
    any: () => over.size > 0,
  }
}
