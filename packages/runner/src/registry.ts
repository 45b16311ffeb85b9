import { RunnerError } from './errors.js'
import type { Solver } from './spec.js'

/** Solvers by name. One line an adapter; loaded when asked for. */
export const solvers: Readonly<Record<string, () => Promise<{ readonly solver: Solver }>>> = {
  single: () => import('./adapters/single.js'),
}

/** @throws RunnerError `unknown_solver` naming those there are. */
export async function loadSolver(name: string): Promise<Solver> {
  const load = Object.hasOwn(solvers, name) ? solvers[name] : undefined
  if (load === undefined)
    throw new RunnerError(
      'unknown_solver',
      `no solver is called "${name}": there are ${Object.keys(solvers).join(', ')}`,
    )
  return (await load()).solver
}

/** For solvers from outside: checks nothing, types everything. */
export const defineSolver = (solver: Solver): Solver => solver
