import { existsSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ProviderError } from './errors.js'
import type { Model, Provider } from './spec.js'

/** What a module may bring: all of a provider's models, or one model. */
export type Loaded =
  | { readonly provider: Provider; readonly model?: never }
  | { readonly model: Model; readonly provider?: never }

/** Whether a name is a path, and so a module's: `./mine.ts`, `/srv/mine.mjs`, `mine.ts`. */
export const isModule = (name: string): boolean =>
  /^\.{0,2}[\\/]|^[A-Za-z]:[\\/]|^[^:]*\.[mc]?[jt]s(:|$)/.test(name)

/** `./mine.ts:large` is model `large` of `./mine.ts`; a drive's colon parts nothing. */
export function parseModule(name: string): { readonly module: string; readonly model: string } {
  const [, module = name, model = ''] = /^((?:[A-Za-z]:)?[^:]*)(?::(.*))?$/s.exec(name) ?? []
  return { module, model }
}

/**
 * What a file (`./mine.ts`, `.mts`, `.js`, `.mjs`) or a package exports as its default, or as `provider` or `model`:
 * what `defineProvider` or `defineModel` gives. This runs the module's code.
 * @param from the folder that files and packages are looked up from
 * @returns undefined where there is no such package
 * @throws ProviderError `not_found` where there is no such file, `bad_request` where it cannot be used
 */
export async function loadModule(name: string, from: string = process.cwd()): Promise<Loaded | undefined> {
  const file = isModule(name)
  const url = file ? findFile(name, from) : await findPackage(name, from)
  if (url === undefined) {
    if (!file) return undefined
    throw new ProviderError('not_found', `no provider at ${path.resolve(from, name)}. Check the path.`)
  }
  let module: Record<string, unknown>
  try {
    module = await importModule(url)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new ProviderError('bad_request', `provider ${name} could not be loaded: ${reason}`, {
      cause: error,
    })
  }
  for (const found of [module.default, module.provider, module.model]) {
    if (isProvider(found)) return { provider: found }
    if (isModel(found)) return { model: found }
  }
  throw new ProviderError(
    'bad_request',
    `provider ${name} could not be loaded: it exports neither a provider nor a model as its default; see docs/add-a-provider.md`,
  )
}

function findFile(name: string, from: string): string | undefined {
  const file = path.resolve(from, name)
  return existsSync(file) ? pathToFileURL(file).href : undefined
}

async function findPackage(name: string, from: string): Promise<string | undefined> {
  // Node's own modules bring no model.
  if (name === '' || isBuiltin(name)) return undefined
  const { createJiti } = await import('jiti')
  try {
    return createJiti(pathToFileURL(path.join(from, 'x.js')).href).esmResolve(name, { try: true })
  } catch {
    return undefined
  }
}

/**
 * TypeScript goes through jiti on every version of Node alike, and finds what a provider is made of even where nothing
 * is installed; the rest is Node's own business.
 */
async function importModule(url: string): Promise<Record<string, unknown>> {
  if (!/\.[mc]?ts$/.test(fileURLToPath(url))) return import(url)
  const { createJiti } = await import('jiti')
  const self = await import('./plugin-door.js')
  return createJiti(url, {
    fsCache: false,
    interopDefault: false,
    virtualModules: { '@bench/providers': self },
  }).import(url)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const isProvider = (value: unknown): value is Provider =>
  isObject(value) && typeof value.name === 'string' && typeof value.model === 'function'

const isModel = (value: unknown): value is Model =>
  isObject(value) && typeof value.id === 'string' && typeof value.generate === 'function'
