import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { defineScorer, type ScorerDefinition } from './define.js'
import { ScorerError } from './errors.js'
import { builtIn, scorerNames } from './registry.js'
import type { ScorerFactory } from './spec.js'

/**
 * The scorer that a person names: a built-in one, a file (`./mine.ts`, `.mts`, `.js`, `.mjs`) or a package. A module exports it as its
 * default or as `scorer`: what `defineScorer` gives, or the plain definition. This runs the module's code.
 * @param from the folder that files and packages are looked up from
 * @throws ScorerError `unknown_scorer` where there is none by that name, `bad_plugin` where it cannot be used
 */
export async function loadScorer(name: string, from: string = process.cwd()): Promise<ScorerFactory> {
  if (scorerNames.includes(name)) return builtIn(name)
  const file = isPath(name)
  const url = file ? await findFile(name, from) : await findPackage(name, from)
  if (url === undefined && file)
    throw new ScorerError('unknown_scorer', `no scorer at ${path.resolve(from, name)}`)
  if (url === undefined) return builtIn(name)
  let module: Record<string, unknown>
  try {
    module = await importModule(url)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new ScorerError('bad_plugin', `scorer ${name} could not be loaded: ${reason}`, error)
  }
  const found = [module.default, module.scorer].find((value) => value !== undefined)
  if (isFactory(found)) return found
  if (isDefinition(found)) return defineScorer(found)
  const lacks =
    found === undefined ? 'it exports neither "default" nor "scorer"' : 'its export has no "name" and "score"'
  throw new ScorerError(
    'bad_plugin',
    `scorer ${name} could not be loaded: ${lacks}; see docs/add-a-scorer.md`,
  )
}

const isPath = (name: string) => /^\.{0,2}[\\/]|^[A-Za-z]:[\\/]|\.[mc]?[jt]s$/.test(name)

async function findFile(name: string, from: string): Promise<string | undefined> {
  const file = path.resolve(from, name)
  return existsSync(file) ? pathToFileURL(file).href : undefined
}

async function findPackage(name: string, from: string): Promise<string | undefined> {
  const { createJiti } = await import('jiti')
  try {
    return createJiti(pathToFileURL(path.join(from, 'x.js')).href).esmResolve(name, { try: true })
  } catch {
    return undefined
  }
}

/**
 * TypeScript goes through jiti on every version of Node alike, and finds what a scorer is made of even where nothing is
 * installed; the rest is Node's own business.
 */
async function importModule(url: string): Promise<Record<string, unknown>> {
  if (!/\.[mc]?ts$/.test(fileURLToPath(url))) return import(url)
  const { createJiti } = await import('jiti')
  const [self, zod] = await Promise.all([import('./plugin-door.js'), import('zod')])
  return createJiti(url, {
    fsCache: false,
    interopDefault: false,
    virtualModules: { '@bench/scorers': self, zod },
  }).import(url)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const isFactory = (value: unknown): value is ScorerFactory =>
  isObject(value) && typeof value.name === 'string' && typeof value.create === 'function'

const isDefinition = (value: unknown): value is ScorerDefinition =>
  isObject(value) && typeof value.name === 'string' && typeof value.score === 'function'
