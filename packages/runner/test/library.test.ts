import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { bundle } from './bundle.js'
import { tempFolder } from './world.js'

/** The programs of `docs/library.md` are run as they stand there. */

const document = await readFile(new URL('../../../docs/library.md', import.meta.url), 'utf8')
const blocks = (language: string): string[] =>
  [...document.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1]!)
// Beside this package's modules, where what they import is found.
const folder = fileURLToPath(new URL('../node_modules/.bench-test/', import.meta.url))

test('every program of the library’s page runs, and says what it should', async () => {
  await using here = await tempFolder()
  await writeFile(join(here.path, 'tasks.yaml'), blocks('yaml')[0]!)
  const said: string[][] = []
  for (const [i, program] of blocks('ts').entries()) said.push(await ran(program, i, here.path))
  const [first, second, read, judged, merged, wired] = said
  expect(first?.slice(-2)).toEqual([
    expect.stringMatching(/^oracle 1 \{ low: 0\.\d+, high: 1 \} 6$/),
    expect.stringMatching(/^null 0 \{ low: 0, high: 0\.\d+ \} 6$/),
  ])
  expect(first).toHaveLength(14)
  expect(second).toEqual(['complete'])
  expect(read).toHaveLength(12)
  expect(read?.[0]).toMatch(/^france \w+ replied /)
  expect(judged).toHaveLength(12)
  expect(judged?.filter((line) => line === 'exact 1')).toHaveLength(6)
  expect(merged).toEqual(["[ 'oracle 6', 'null 6' ]"])
  expect(wired?.[0]).toMatch(/^complete \{ loop: /)
})

/** Runs a program in a folder. @returns the lines it printed */
async function ran(program: string, i: number, cwd: string): Promise<string[]> {
  await mkdir(folder, { recursive: true })
  const source = join(folder, `library-${process.pid}-${i}.ts`)
  const built = source.replace(/\.ts$/, '.mjs')
  try {
    await writeFile(source, program)
    await writeFile(built, (await bundle(source, 'node')).code)
    const { stdout } = await promisify(execFile)(process.execPath, [built], { cwd })
    return stdout.trimEnd().split('\n')
  } finally {
    await Promise.all([source, built].map((path) => rm(path, { force: true })))
  }
}
