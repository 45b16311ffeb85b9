import type { Sandbox } from '@bench/sandbox'
import { ScorerError } from '../errors.js'

/** @throws ScorerError `no_sandbox` where the box has no Python. */
export function pythonOf(box: Sandbox): string {
  const python = box.runtimes.python
  if (python) return python.command
  throw new ScorerError('no_sandbox', 'the sandbox has no Python; install python3 or choose another driver')
}
