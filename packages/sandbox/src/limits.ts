import type { Limits } from './spec.js'

/** What a command is held to where nobody asked for anything else. */
export const defaultLimits: Limits = {
  timeoutSec: 10,
  memoryBytes: 512 * 2 ** 20,
  pids: 64,
  cpus: 1,
  outputBytes: 2 ** 20,
  diskBytes: 64 * 2 ** 20,
}

/** The defaults, overridden from left to right. */
export function limitsOf(...overrides: readonly (Partial<Limits> | undefined)[]): Limits {
  return Object.assign({}, defaultLimits, ...overrides)
}
