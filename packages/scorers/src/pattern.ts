import vm from 'node:vm'
import { z } from 'zod'

export const patternOptions = {
  pattern: z.string().min(1),
  /** JavaScript's flags; `u` unless flags are given. `g` and `y` mean nothing here and are refused. */
  flags: z
    .string()
    .regex(/^[dimsuv]*$/, 'flags may be d, i, m, s, u, v')
    .default('u'),
}

/** @returns what is wrong with a pattern, undefined where nothing is. */
export function compilePattern(pattern: string, flags: string): string | undefined {
  try {
    new RegExp(pattern, flags)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

const program = new vm.Script('new RegExp(pattern, flags).test(text)')

/** Milliseconds. */
const limit = 1000

/**
 * Searches with a time limit: some patterns take for ever on some replies (`(a+)+$`), and replies are hostile.
 * A `vm` context serves as a stopwatch here, not as a boundary: only our own line runs in it, over three strings.
 */
export function testPattern(pattern: string, flags: string, text: string): boolean | 'timeout' {
  try {
    return program.runInNewContext({ pattern, flags, text }, { timeout: limit }) === true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'timeout'
    throw error
  }
}
