import { readFile } from 'node:fs/promises'
import type { Files } from '@bench/sandbox'

/** Our programs for the box, each with the module they share. Read once, on first use. */
const read = new Map<string, Promise<string>>()

/** Bundles lie flat beside `python/` as sources do, so one relative address serves both. */
function source(file: string): Promise<string> {
  const known = read.get(file) ?? readFile(new URL(`../python/${file}`, import.meta.url), 'utf8')
  read.set(file, known)
  return known
}

/** The files of one program, to be written into a box. */
export async function pythonProgram(name: 'cases.py' | 'candidate.py' | 'tester.py'): Promise<Files> {
  return { [name]: await source(name), 'wire.py': await source('wire.py') }
}

/** How a program is started: no site packages, no user's folder, no bytecode written. */
export const pythonCommand = (python: string, program: string): string[] => [
  python,
  '-S',
  '-s',
  '-B',
  program,
]

/** A fixed hash seed: an answer that depends on the order of a set gets the same verdict every time. */
export const pythonEnvironment = { PYTHONHASHSEED: '0', PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' }
