import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'
import { bundle } from './bundle.js'

const folder = fileURLToPath(new URL('../node_modules/.bench-test/', import.meta.url))

/**
 * A program for processes of their own: `processes/<name>.ts` in one file, there while the tests of the calling file run.
 *
 * @returns its path
 */
export function programOf(name: string): string {
  const source = fileURLToPath(new URL(`processes/${name}.ts`, import.meta.url))
  const path = join(folder, `${name}-${process.pid}.mjs`)
  beforeAll(async () => {
    await mkdir(folder, { recursive: true })
    await writeFile(path, (await bundle(source, 'node')).code)
  })
  afterAll(() => rm(path, { force: true }))
  return path
}
