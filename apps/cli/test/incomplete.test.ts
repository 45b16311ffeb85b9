import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { folder } from './cli.js'

const app = fileURLToPath(new URL('..', import.meta.url))

test('an installation that lacks a part says so once, and ends', async () => {
  await using at = await folder()
  const modules = join(at.path, 'node_modules')
  await mkdir(join(modules, '@bench'), { recursive: true })
  await cp(join(app, 'dist'), join(at.path, 'dist'), { recursive: true })
  await cp(join(app, 'package.json'), join(at.path, 'package.json'))
  const lacking = ['.bin', '@bench/runner', '@bench/report']
  for (const scope of ['', '@bench'])
    for (const name of await readdir(join(app, 'node_modules', scope)))
      if (name !== '@bench' && !lacking.includes(join(scope, name)))
        await symlink(join(app, 'node_modules', scope, name), join(modules, scope, name))
  const main = join(at.path, 'dist', 'main.js')
  const ended = await promisify(execFile)(process.execPath, [main, 'runs'], { cwd: at.path }).catch(
    (error) => error,
  )
  expect(ended).toMatchObject({ code: 3, stdout: '' })
  expect(ended.stderr).toMatch(/^bench: unexpected: Cannot find package '@bench\/[a-z]+'[^\n]*\n$/)
})
