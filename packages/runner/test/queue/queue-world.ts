import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe } from 'vitest'
import { postgresPrograms, startPostgres, type TestPostgres } from '../../../../scripts/postgres.mjs'
import { bundle } from '../bundle.js'

/** Tests with a Postgres of their own; skipped, and said so, where there is none. In CI there is one. */
export function withPostgres(name: string, tests: (postgres: () => TestPostgres) => void): void {
  const here = postgresPrograms() !== undefined || process.env.CI !== undefined
  if (!here) console.log(`${name}: skipped, no Postgres is here (.ci/setup installs Debian's)`)
  describe.skipIf(!here)(name, () => {
    let postgres: TestPostgres
    beforeAll(async () => {
      postgres = await startPostgres()
    })
    afterAll(() => postgres?.[Symbol.asyncDispose]())
    tests(() => postgres)
  })
}

/** Programs of `test/processes`, bundled, beside this package's modules for what stays outside. */
export async function program(name: string): Promise<{ path: string } & AsyncDisposable> {
  const folder = fileURLToPath(new URL('../../node_modules/.bench-test/', import.meta.url))
  const source = fileURLToPath(new URL(`../processes/${name}.ts`, import.meta.url))
  const path = join(folder, `${name}-${process.pid}.mjs`)
  await mkdir(folder, { recursive: true })
  await writeFile(path, (await bundle(source, 'node')).code)
  return { path, [Symbol.asyncDispose]: () => rm(path, { force: true }) }
}

/** Processes that are gone at the end, whatever happens. */
export function processes(path: string) {
  const children: ChildProcess[] = []
  return {
    start(...args: readonly string[]): ChildProcess {
      const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
      children.push(child)
      return child
    },
    /** Those that live. */
    alive: () => children.filter((child) => child.exitCode === null && child.signalCode === null),
    async [Symbol.asyncDispose]() {
      const ended = this.alive().map((child) => {
        child.kill('SIGKILL')
        return once(child, 'exit')
      })
      await Promise.all(ended)
    },
  }
}
