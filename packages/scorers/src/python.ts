import { readFile } from 'node:fs/promises'
import type { Files } from '@bench/sandbox'

/** Our programs for the box. Read once, on first use. */
const read = new Map<string, Promise<string>>()

/** Bundles lie flat beside `python/` as sources do, so one relative address serves both. */
function source(file: string): Promise<string> {
  const known = read.get(file) ?? readFile(new URL(`../python/${file}`, import.meta.url), 'utf8')
  read.set(file, known)
  return known
}

const programs = {
  'cases.py': ['attempt.py', 'forked.py', 'wire.py'],
  'candidate.py': ['wire.py'],
  'tester.py': ['wire.py'],
} as const

/** The files of one program, to be written into a box. */
export async function pythonProgram(name: keyof typeof programs): Promise<Files> {
  const files = [name, ...programs[name]]
  const sources = await Promise.all(files.map(source))
  return Object.fromEntries(files.map((file, i) => [file, sources[i]!]))
}

/** How a program is started: no site packages, no user's folder, no bytecode written. */
export const pythonCommand = (python: string, program: string): string[] => [
  python,
  '-S',
  '-s',
  '-B',
  program,
]
