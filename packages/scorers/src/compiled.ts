import { readFile } from 'node:fs/promises'

/** Our sources for programs that are compiled. Read once, on first use. */
const read = new Map<string, Promise<string>>()

/** Bundles lie flat beside `compiled/` as sources do, so one relative address serves both. */
export function compiledSource(file: string): Promise<string> {
  const known = read.get(file) ?? readFile(new URL(`../compiled/${file}`, import.meta.url), 'utf8')
  read.set(file, known)
  return known
}
