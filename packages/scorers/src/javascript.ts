import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import type { Files } from '@bench/sandbox'

/** Our JavaScript for the box. Read once, on first use. */
const read = new Map<string, Promise<string>>()

/** Bundles lie flat beside `javascript/` as sources do, so one relative address serves both. */
function source(file: string): Promise<string> {
  const known = read.get(file) ?? readFile(new URL(`../javascript/${file}`, import.meta.url), 'utf8')
  read.set(file, known)
  return known
}

async function sources(files: readonly string[]): Promise<Files> {
  const all = await Promise.all(files.map(source))
  return Object.fromEntries(files.map((file, i) => [file, all[i]!]))
}

/**
 * What runs as jobs, in one file: each Node that is started for a job loads it, and reading fourteen files would take a third of the
 * time that Node itself takes to start.
 */
export async function javascriptPrograms(): Promise<Files> {
  const parts = await sources([
    'answers.cjs',
    'calls.cjs',
    'candidate.cjs',
    'decode.cjs',
    'encode.cjs',
    'frames.cjs',
    'load.cjs',
    'main.cjs',
    'natives.cjs',
    'nothing.cjs',
    'realm.cjs',
    'serve.cjs',
    'test.cjs',
    'tester.cjs',
  ])
  const functions = Object.entries(parts).map(
    ([name, text]) => `'./${name}'(exports, require, module) {${text}\n}`,
  )
  const joined = `'use strict'
const parts = {${functions.join(',\n')}}
const loaded = {}
const need = (name) => {
  if (!(name in parts)) return require(name)
  if (!(name in loaded)) {
    const part = { exports: {}, constructor: module.constructor, import: module.import }
    loaded[name] = part
    parts[name](part.exports, need, part)
  }
  return loaded[name].exports
}
exports.main = need('./main.cjs').main
`
  return { 'node.cjs': joined }
}

/** What plays tests against answers. */
export const stageProgram = (): Promise<Files> =>
  sources([
    'stage.cjs',
    'decode.cjs',
    'encode.cjs',
    'frames.cjs',
    'natives.cjs',
    'nothing.cjs',
    'realm.cjs',
    'test.cjs',
  ])

/** What takes types away, with TypeScript itself and its libraries: 13 MB. */
export async function compilerProgram(): Promise<Files> {
  const path = createRequire(import.meta.url).resolve('typescript-5.6')
  const folder = dirname(path)
  const libraries = (await readdir(folder)).filter((name) => /^lib\..*d\.ts$|^lib\.d\.ts$/.test(name))
  const files = await Promise.all(
    [basename(path), ...libraries].map(async (name) => [name, await readFile(join(folder, name))] as const),
  )
  return { ...(await sources(['compiler.cjs', 'frames.cjs', 'natives.cjs'])), ...Object.fromEntries(files) }
}
