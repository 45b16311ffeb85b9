import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { runInWorkspace, type WorkspaceSpec } from '../src/index.js'
import { anyDriver } from './boxes.js'

const sandbox = await anyDriver()
/** Modules that this repository has installed. */
const prepared = fileURLToPath(new URL('../../../node_modules', import.meta.url))

/** Where the box has the compiler. */
const compiler = join(
  '/node_modules',
  relative(prepared, realpathSync(createRequire(import.meta.url).resolve('typescript-5.6'))),
  '../../bin/tsc',
)

const sh = (script: string) => ['/bin/sh', '-c', script]

const run = (parts: Partial<WorkspaceSpec>, given: Record<string, string> = {}) =>
  runInWorkspace(sandbox, { files: {}, answer: ['a.txt'], steps: [], ...parts }, given)

describe(`a workspace in ${sandbox.name}`, () => {
  test('holds the project and the answer’s declared files', async () => {
    const { steps, missing, leftOut, files } = await run(
      {
        files: { 'a.txt': 'ours', 'sub/b.txt': 'b' },
        answer: ['a.txt', 'c.txt'],
        steps: [
          { name: 'list', command: sh('cat a.txt sub/b.txt; ls > listed.txt') },
          { name: 'fail', command: sh('echo no >&2; exit 3') },
        ],
        results: ['listed.txt', 'nothing.txt'],
      },
      { 'a.txt': 'theirs', 'conftest.py': 'x' },
    )
    expect(steps).toMatchObject([
      { name: 'list', succeeded: true, code: 0, stdout: 'theirsb' },
      { name: 'fail', succeeded: false, code: 3, stderr: 'no\n' },
    ])
    expect({ missing, leftOut }).toEqual({ missing: ['c.txt'], leftOut: ['conftest.py'] })
    expect(Object.keys(files)).toEqual(['listed.txt'])
    expect(new TextDecoder().decode(files['listed.txt'] as Uint8Array)).toBe('a.txt\nlisted.txt\nsub\n')
  })

  test('ends what takes too long, caps what is said, reads no links', async () => {
    const { steps, files } = await run({
      steps: [
        { name: 'sleep', command: sh('sleep 100'), timeoutSec: 1 },
        { name: 'talk', command: sh('head -c 100000 /dev/zero | tr "\\0" x') },
        { name: 'link', command: sh('ln -s /etc/passwd out.txt') },
      ],
      results: ['out.txt'],
    })
    expect(steps[0]).toMatchObject({ succeeded: false, reason: 'timeout' })
    expect(steps[1]!.stdout.length).toBeLessThan(20_100)
    expect(files).toEqual({})
  })

  test('type-checks with the compiler of prepared modules', async (context) => {
    const mounts = [{ source: prepared, target: '/node_modules' }]
    const probe = await sandbox.probe()
    const node = probe.ok ? probe.runtimes.node?.command : undefined
    const opened = await sandbox.open({ mounts }).catch((error: Error) => error)
    if (opened instanceof Error || node === undefined)
      return context.skip(opened instanceof Error ? opened.message : 'no Node in the box')
    await opened[Symbol.asyncDispose]()
    const spec: Partial<WorkspaceSpec> = {
      files: { 'tsconfig.json': '{"compilerOptions": {"strict": true, "types": []}, "include": ["*.ts"]}' },
      mounts,
      answer: ['x.ts'],
      steps: [{ name: 'tsc', command: [node, compiler, '--noEmit', '-p', '.'], timeoutSec: 60 }],
    }
    const right = await run(spec, { 'x.ts': 'const x: number = 1\nexport default x', 'tsconfig.json': '{}' })
    expect(right).toMatchObject({ leftOut: ['tsconfig.json'], steps: [{ succeeded: true, reason: 'ok' }] })
    const wrong = await run(spec, {
      'x.ts': 'const x: number = "1"\nexport default x',
      'tsconfig.json': '{}',
    })
    expect(wrong.steps[0]).toMatchObject({ succeeded: false, stdout: expect.stringContaining('TS2322') })
  })
})
