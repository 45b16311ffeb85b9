import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Files } from '@bench/sandbox'

/** Our programs that run a project's tests, as they lie in a box: all in one folder. Read once. */
const read = new Map<string, Promise<string>>()

/** Bundles lie flat beside `python/` and `javascript/` as this file does, so one relative address serves both. */
async function programs(folder: string, names: readonly string[]): Promise<Files> {
  const files = names.map(async (name) => {
    const path = `../${folder}/${name}`
    const known = read.get(path) ?? readFile(new URL(path, import.meta.url), 'utf8')
    read.set(path, known)
    return [`bench_verify/${name}`, await known] as const
  })
  return Object.fromEntries(await Promise.all(files))
}

export const pythonVerifiers = (): Promise<Files> =>
  programs(
    'python/bench_verify',
    [
      '__init__',
      'changes',
      'hold',
      'link',
      'plain_pytest',
      'proxies',
      'report',
      'run_plain',
      'run_pytest',
      'run_tests',
      'run_unittest',
      'serve',
      'values',
    ].map((name) => `${name}.py`),
  )

/** @param typescript whether the compiler has to be with them */
export async function javascriptVerifiers(typescript: boolean): Promise<Files> {
  const names = [
    'hooks',
    'link',
    'proxies',
    'reporter',
    'run-tests',
    'run-vitest',
    'serve',
    'stubs',
    'values',
  ]
  const files = await programs(
    'javascript/verify',
    names.map((name) => `${name}.mjs`),
  )
  if (!typescript) return files
  const path = createRequire(import.meta.url).resolve('typescript-5.6')
  const compiler = read.get(path) ?? readFile(path, 'utf8')
  read.set(path, compiler)
  return { ...files, 'bench_verify/typescript.js': await compiler }
}
