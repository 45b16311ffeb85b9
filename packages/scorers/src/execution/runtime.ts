import type { BoxSpec, Sandbox } from '@bench/sandbox'
import { ScorerError } from '../errors.js'

/** Bytes a candidate may use. */
export const memoryBytes = 512 << 20

/** Bytes for code that is judged by a reference, to which EvalPlus gives 4 GB: one answer to Mbpp/255 takes 1.1. */
export const referenceBytes = 2 * 1024 ** 3

/** The hash seed is fixed: an answer that depends on the order of a set gets the same verdict every time. */
export const boxSpec: BoxSpec = {
  limits: { memoryBytes },
  env: { PYTHONHASHSEED: '0', PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' },
}

/** @throws ScorerError `no_sandbox` where the box has no Python. */
export function pythonOf(box: Sandbox): string {
  const python = box.runtimes.python
  if (python) return python.command
  throw new ScorerError('no_sandbox', 'the sandbox has no Python; install python3 or choose another driver')
}
