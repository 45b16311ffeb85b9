import { open, readdir } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { Exit, exit } from '../exit.js'
import { fault, type Written } from './written.js'

/** Names a configuration is looked for by, in a folder. */
export const configNames = ['yaml', 'yml', 'json', 'ts', 'mts', 'js', 'mjs'].map(
  (end) => `bench.config.${end}`,
)

/** Far more than anybody writes by hand. */
const maxBytes = 1024 * 1024

/**
 * The configuration of a folder.
 * @returns its name; undefined where there is none
 * @throws Exit `usage` where there are several: which one holds would be a guess
 */
export async function findConfig(folder: string): Promise<string | undefined> {
  const there = new Set(await readdir(folder).catch(() => []))
  const [found, other] = configNames.filter((name) => there.has(name))
  if (other === undefined) return found
  throw new Exit(exit.usage, `${found} and ${other} are both here: keep one, or name one with --config`)
}

/**
 * Reads a configuration. Code (`.ts`, `.js`) is run for it, and must export it as its default.
 * @throws Exit `usage` naming file, line and what is wrong
 */
export async function readConfig(file: string, folder = process.cwd()): Promise<Written> {
  const path = resolve(folder, file)
  const end = extname(file).toLowerCase()
  if (/^\.[cm]?[jt]s$/.test(end)) {
    const { loadModule } = await import('./module.js')
    return { file, value: await loadModule(file, path), line: () => undefined }
  }
  const text = await readText(file, path)
  const { parseText } = await import('./parse.js')
  return parseText(file, text, end === '.json')
}

async function readText(file: string, path: string): Promise<string> {
  let bytes: Uint8Array
  try {
    await using handle = await open(path)
    // Pipes and devices have no size before they are read, and some have no end.
    bytes = Buffer.concat(await handle.createReadStream({ end: maxBytes, autoClose: false }).toArray())
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw fault(file, whys[code] ?? `it cannot be read (${code})`)
  }
  if (bytes.length > maxBytes) throw fault(file, 'more than 1 MiB is no configuration')
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw fault(file, 'it is not UTF-8 text; save it as UTF-8')
  }
  if (text.includes('\0')) throw fault(file, 'a binary file, no configuration')
  return text
}

const whys: Readonly<Record<string, string>> = {
  ENOENT: 'no such file. bench init writes one',
  ENOTDIR: 'no such file. bench init writes one',
  EISDIR: 'a folder, no file',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
}
