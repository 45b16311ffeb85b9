import { existsSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { RunnerError } from '../errors.js'
import type { Solver } from './spec.js'

/**
 * The solver of a file (`./mine.ts`, `.mts`, `.js`, `.mjs`) or a package, which exports it as its default or as `solver`: what
 * `defineSolver` gives. This runs the module's code.
 * @param from the folder that files and packages are looked up from
 * @param known names that are taken
 * @returns undefined where there is no such package
 * @throws RunnerError `unknown_solver` where there is no such file, `bad_plan` where it cannot be used
 */
export async function loadSolverModule(
  name: string,
  from: string,
  known: readonly string[],
): Promise<Solver | undefined> {
  const file = isPath(name)
  const url = file ? findFile(name, from) : await findPackage(name, from)
  if (url === undefined) {
    if (!file) return undefined
    throw new RunnerError('unknown_solver', `no solver at ${path.resolve(from, name)}: check the path`)
  }
  let module: Record<string, unknown>
  try {
    module = await importModule(url)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new RunnerError('bad_plan', `solver ${name} could not be loaded: ${reason}`, error)
  }
  const found = [module.default, module.solver].find((value) => value !== undefined)
  const lacks =
    found === undefined ? 'it exports neither "default" nor "solver"' : 'its export has no "name" and "solve"'
  if (!isSolver(found))
    throw new RunnerError('bad_plan', `solver ${name} could not be loaded: ${lacks}; see docs/solvers.md`)
  if (known.includes(found.name))
    throw new RunnerError(
      'bad_plan',
      `solver ${name} calls itself "${found.name}", which is a built-in one: give it another name`,
    )
  return found
}

const isPath = (name: string): boolean => /^\.{0,2}[\\/]|^[A-Za-z]:[\\/]|\.[mc]?[jt]s$/.test(name)

function findFile(name: string, from: string): string | undefined {
  const file = path.resolve(from, name)
  return existsSync(file) ? pathToFileURL(file).href : undefined
}

async function findPackage(name: string, from: string): Promise<string | undefined> {
  // Node's own modules bring no solver.
  if (name === '' || isBuiltin(name)) return undefined
  const { createJiti } = await import('jiti')
  try {
    return createJiti(pathToFileURL(path.join(from, 'x.js')).href).esmResolve(name, { try: true })
  } catch {
    return undefined
  }
}

/**
 * TypeScript goes through jiti on every version of Node alike, and finds what a solver is made of even where nothing is installed; the
 * rest is Node's own business.
 */
async function importModule(url: string): Promise<Record<string, unknown>> {
  if (!/\.[mc]?ts$/.test(fileURLToPath(url))) return import(url)
  const { createJiti } = await import('jiti')
  const [self, zod] = await Promise.all([import('./plugin-door.js'), import('zod')])
  return createJiti(url, {
    fsCache: false,
    interopDefault: false,
    virtualModules: { '@bench/runner': self, zod },
  }).import(url)
}

function isSolver(value: unknown): value is Solver {
  if (typeof value !== 'object' || value === null) return false
  const { name, solve } = value as Record<string, unknown>
  return typeof name === 'string' && typeof solve === 'function'
}
