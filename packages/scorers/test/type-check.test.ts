import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { driver } from '@bench/sandbox'
import { describe, expect, test } from 'vitest'
import { type Sources, typeCheck } from '../src/index.js'

const box = await driver('bubblewrap')
const { ok } = await box.probe()

const check = (language: Sources['language'], files: Record<string, string>, paths = Object.keys(files)) =>
  typeCheck(box, { language, files, check: paths })

/** Prepared modules with a compiler and a package in them, readable to the box's user. */
async function project() {
  const folder = await mkdtemp(join(tmpdir(), 'bench-modules-'))
  await chmod(folder, 0o755)
  const file = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  const compiler = dirname(dirname(createRequire(import.meta.url).resolve('typescript-5.6')))
  await cp(compiler, join(folder, 'typescript'), { recursive: true, dereference: true })
  await file('numbers/package.json', '{ "name": "numbers", "types": "index.d.ts", "main": "index.js" }')
  await file('numbers/index.d.ts', 'export declare const one: number\n')
  return { modules: folder, file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

describe.skipIf(!ok)('what is checked without being run', () => {
  test('Python: syntax, by compile', async () => {
    expect(await check('python', { 'a.py': 'def f(x):\n    return x\n' })).toEqual({
      tool: 'python',
      passed: true,
      errors: '',
    })
    const wrong = await check('python', { 'a.py': 'return 1\n', 'b/c.py': 'def f(:\n', 'd.py': 'x = "\0"' })
    expect(wrong.passed).toBe(false)
    expect(wrong.errors.split('\n')).toEqual([
      expect.stringMatching(/^a\.py:1:\d+: SyntaxError: /),
      expect.stringMatching(/^b\/c\.py:1:\d+: SyntaxError: /),
      expect.stringMatching(/^d\.py/),
    ])
  })

  test('Python: nothing runs, and no module beside it is taken for one of Python’s own', async () => {
    const evil = 'import os\nprint("ran")\nos._exit(0)\n'
    const files = { 'a.py': 'def f(:\n', 'warnings.py': evil, 'sys.py': evil, 'sitecustomize.py': evil }
    const { passed, errors } = await check('python', files)
    expect(passed).toBe(false)
    expect(errors).not.toContain('ran')
  })

  test('JavaScript: a module or a script, whichever it is', async () => {
    expect(
      await check('javascript', {
        'a.js': 'export const f = (x) => x\nawait 0\n',
        'b.js': 'module.exports = require("x")\nif (module) return\n',
        'c.mjs': 'import x from "y"\n',
      }),
    ).toMatchObject({ tool: 'node', passed: true })
    const wrong = await check('javascript', { 'a.js': 'console.log("ran")\nfunction (\n' })
    expect(wrong).toMatchObject({ passed: false, errors: expect.stringMatching(/^a\.js:2: SyntaxError: /) })
    expect(wrong.errors).not.toContain('ran')
  })

  test('TypeScript: types, by tsc; with a tsconfig.json by what that says', async () => {
    expect(await check('typescript', { 'a.ts': 'export const f = (x: number): number => x\n' })).toEqual({
      tool: 'tsc',
      passed: true,
      errors: '',
    })
    const files = { 'a.ts': 'export const f = (x) => x\nexport const n: number = "1"\n' }
    const wrong = await check('typescript', files)
    expect(wrong.errors).toMatch(/^a\.ts\(2,14\): error TS2322: [^\n]*$/)
    const tsconfig = JSON.stringify({ compilerOptions: { strict: true }, include: ['*.ts'] })
    const strict = await check('typescript', { ...files, 'tsconfig.json': tsconfig }, ['a.ts'])
    expect(strict.errors.split('\n')).toHaveLength(2)
  })

  test('TypeScript: a project’s own compiler and its types, where its modules bring them', async () => {
    await using made = await project()
    const { modules } = made
    const tsconfig = JSON.stringify({ compilerOptions: { strict: true, module: 'nodenext', types: [] } })
    const files = {
      'tsconfig.json': tsconfig,
      'a.ts': 'import { one } from "numbers"\nexport const two: string = one\n',
    }
    const wrong = await typeCheck(box, { language: 'typescript', files, check: ['a.ts'], modules })
    expect(wrong.errors).toMatch(/^a\.ts\(2,14\): error TS2322: [^\n]*$/)
    const right = { ...files, 'a.ts': 'import { one } from "numbers"\nexport const two: number = one\n' }
    expect(
      await typeCheck(box, { language: 'typescript', files: right, check: ['a.ts'], modules }),
    ).toMatchObject({
      tool: 'tsc',
      passed: true,
    })
    // A stand-in: what vue-tsc itself says is its own affair.
    const vue = { 'tsconfig.json': tsconfig, 'App.vue': '<script setup lang="ts">\n</script>\n' }
    await made.file('vue-tsc/bin/vue-tsc.js', 'console.log("App.vue(1,1): error"); process.exit(2)')
    expect(await typeCheck(box, { language: 'typescript', files: vue, check: ['App.vue'], modules })).toEqual(
      {
        tool: 'vue-tsc',
        passed: false,
        errors: 'App.vue(1,1): error',
      },
    )
  })

  test('shell: syntax', async () => {
    expect(await check('shell', { 'a.sh': 'echo "$1"\n' })).toMatchObject({ tool: 'sh', passed: true })
    expect(await check('shell', { 'a.sh': 'touch ran\nif\n' })).toMatchObject({ passed: false })
  })

  test('what nobody here can check passes unchecked', async () => {
    expect(await check('rust', { 'a.rs': 'fn' })).toEqual({ tool: undefined, passed: true, errors: '' })
    expect(await check('python', {}, ['a.py'])).toMatchObject({ tool: undefined })
  })

  test('a path is no command, and what a compiler says has an end', async () => {
    const { errors } = await check('python', { '$(touch x).py': 'def f(:\n' })
    expect(errors).toContain('$(touch x).py:1')
    const long = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`a${i}.py`, 'def f(:\n']))
    expect((await check('python', long)).errors.length).toBeLessThan(8100)
  })
})
