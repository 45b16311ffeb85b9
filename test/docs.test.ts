import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

/** The documents name files, commands and flags that exist. */

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cli = join(root, 'apps/cli/dist/main.js')

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...markdownIn('docs'),
  ...markdownIn('docs/decisions'),
  ...['packages', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder)).flatMap((name) => markdownIn(`${folder}/${name}`)),
  ),
]

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md')
    .map((name) => join(folder, name))
}

describe.each(documents)('%s', (document) => {
  const text = readFileSync(join(root, document), 'utf8')

  test('links lead to files that exist', () => {
    const targets = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1]!)
    const missing = targets.filter((target) => !existsSync(join(root, dirname(document), target)))
    expect(missing).toEqual([])
  })

  test('paths in the text exist', () => {
    const paths = [
      ...text.matchAll(/`((?:packages|apps|docs|datasets|scripts|bench|fixtures|\.ci|\.github)\/[\w./-]+)`/g),
    ]
    const missing = paths.map((match) => match[1]!).filter((path) => !existsSync(join(root, path)))
    expect(missing).toEqual([])
  })

  test('commands and their flags exist', () => {
    const unknown = commandsIn(text).flatMap(({ command, flags }) => {
      const help = helpOf(command)
      return flags.filter((flag) => !flagsOf(help).has(flag)).map((flag) => `bench ${command} ${flag}`)
    })
    expect(unknown).toEqual([])
  })
})

test('there are documents to check', () => {
  expect(documents.map((path) => relative('', path)).length).toBeGreaterThan(10)
})

/** Commands of the CLI in fenced shell blocks: `npx @bench/cli bench …`, `npm run bench -- bench …`, `bench bench …`. */
function commandsIn(text: string): { command: string; flags: string[] }[] {
  const blocks = [...text.matchAll(/```(?:sh|console|bash)\n([\s\S]*?)```/g)].map((match) => match[1]!)
  const lines = blocks.flatMap((block) => block.replace(/\\\n\s*/g, ' ').split('\n'))
  return lines.flatMap((line) => {
    const call = /^\s*(?:\$ )?(?:[A-Z_]+=\S+ )*(?:npx @bench\/cli|npm run bench --|bench) (.*)$/.exec(
      line,
    )?.[1]
    if (call === undefined) {
      return []
    }
    const words = call.replace(/\s#.*$/, '').split(/\s+/)
    const command = words[0]?.startsWith('-') ? '' : (words[0] ?? '')
    return [
      { command, flags: words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split('=')[0]!) },
    ]
  })
}

const helps = new Map<string, string>()

function helpOf(command: string): string {
  const known = helps.get(command)
  if (known !== undefined) {
    return known
  }
  // A command that does not exist ends with an error here, and so fails the test by name.
  const help = execFileSync(process.execPath, [cli, ...(command === '' ? [] : [command]), '--help'], {
    encoding: 'utf8',
  })
  helps.set(command, help)
  return help
}

function flagsOf(help: string): Set<string> {
  const lines = help.split('\n').filter((line) => /^\s+-/.test(line))
  return new Set(lines.flatMap((line) => line.split(/\s{2,}/)[1]?.match(/--?[a-zA-Z][\w-]*/g) ?? []))
}
