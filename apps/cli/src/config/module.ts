import { pathToFileURL } from 'node:url'
import { Exit } from '../exit.js'
import { fault } from './written.js'

/**
 * What a module exports as its default, or what the function gives that it exports. This runs the module's code.
 * TypeScript goes through jiti on every version of Node alike, and finds `@bench/cli/config` even where nothing is installed.
 * @throws Exit `usage` naming the file
 */
export async function loadModule(file: string, path: string): Promise<unknown> {
  let module: { readonly default?: unknown }
  try {
    module = await imported(path)
    const exported = module.default
    return plainOf(file, typeof exported === 'function' ? await exported() : await exported)
  } catch (error) {
    if (error instanceof Exit) throw error
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    const missing = code === 'ENOENT' || (code === 'ERR_MODULE_NOT_FOUND' && reason?.includes(path))
    throw fault(file, missing ? 'no such file. bench init writes one' : `it could not be loaded: ${reason}`)
  }
}

async function imported(path: string): Promise<{ readonly default?: unknown }> {
  const { stat } = await import('node:fs/promises')
  await stat(path)
  const url = pathToFileURL(path).href
  if (!/\.[mc]?ts$/.test(path)) return import(url)
  const { createJiti } = await import('jiti')
  const self = await import('./door.js')
  return createJiti(url, {
    fsCache: false,
    interopDefault: false,
    virtualModules: { '@bench/cli/config': self },
  }).import(url)
}

/** JSON passes over them, and what they were meant to set would be as nobody set it. */
function withoutFunctions(key: string, value: unknown): unknown {
  if (typeof value === 'function') throw new Error(`${key} is a function`)
  return value
}

/** Data as a file could hold it: what has methods, or goes round in circles, is none. */
function plainOf(file: string, exported: unknown): unknown {
  if (exported === undefined) {
    throw fault(file, 'it exports no default: write export default defineConfig({ … })')
  }
  try {
    return JSON.parse(JSON.stringify(exported, withoutFunctions) ?? 'null')
  } catch (error) {
    throw fault(
      file,
      `what it exports is no plain data: ${error instanceof Error ? error.message.split('\n')[0] : ''}`,
    )
  }
}
