import { RunnerError } from './errors.js'
import { loadSolverModule } from './solve/load.js'
import type { Solver } from './spec.js'

/** Solvers by name. One line an adapter; loaded when asked for. */
export const solvers: Readonly<Record<string, () => Promise<{ readonly solver: Solver }>>> = {
  agent: () => import('./adapters/agent.js'),
  refine: () => import('./adapters/refine.js'),
  single: () => import('./adapters/single.js'),
}

/**
 * The solver that a person names: a built-in one, a file (`./mine.ts`) or a package. The latter two run the module's code.
 * @param from the folder that files and packages are looked up from
 * @throws RunnerError `unknown_solver` naming those there are, `bad_plan` for a module that cannot be used
 */
export async function loadSolver(name: string, from: string = process.cwd()): Promise<Solver> {
  const names = Object.keys(solvers)
  const load = Object.hasOwn(solvers, name) ? solvers[name] : undefined
  if (load !== undefined) return (await load()).solver
  const found = await loadSolverModule(name, from, names)
  if (found !== undefined) return found
  throw new RunnerError('unknown_solver', `no solver is called "${name}": there are ${names.join(', ')}`)
}
