import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { describeGit, describeHost } from '../src/index.js'
import { tempFolder } from './world.js'

const noGit =
  !process.env.CI && spawnSync('git', ['--version']).status !== 0 ? 'skipped: this machine has no git' : false
if (noGit) console.warn(noGit)

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e@e', '-c', 'commit.gpgsign=false', ...args], {
    cwd,
    encoding: 'utf8',
  }).trim()

async function repository(path: string): Promise<string> {
  git(path, 'init', '-q', '-b', 'main')
  await writeFile(join(path, 'a'), 'one\n')
  git(path, 'add', 'a')
  git(path, 'commit', '-q', '-m', 'one')
  return git(path, 'rev-parse', 'HEAD')
}

test('a machine is told by its name, kind, cores and memory', () => {
  expect(describeHost()).toMatchObject({
    name: hostname(),
    platform: process.platform,
    node: process.version,
  })
  expect(describeHost().cores).toBeGreaterThan(0)
})

describe.skipIf(noGit)('the commit that a folder stands at', () => {
  test('is told from anywhere in it, with whether tracked files were changed', async () => {
    await using dir = await tempFolder()
    const commit = await repository(dir.path)
    await mkdir(join(dir.path, 'deep/inside'), { recursive: true })
    await writeFile(join(dir.path, 'untracked'), 'x')
    expect(await describeGit(join(dir.path, 'deep/inside'))).toEqual({ commit, dirty: false })
    await writeFile(join(dir.path, 'a'), 'two\n')
    expect(await describeGit(dir.path)).toEqual({ commit, dirty: true })
  })

  test('is found among packed references, on a detached head, and in a worktree', async () => {
    await using dir = await tempFolder()
    const commit = await repository(dir.path)
    git(dir.path, 'worktree', 'add', '-q', '-b', 'side', 'beside')
    git(dir.path, 'pack-refs', '--all')
    expect(await describeGit(dir.path)).toEqual({ commit, dirty: false })
    expect(await describeGit(join(dir.path, 'beside'))).toEqual({ commit, dirty: false })
    git(dir.path, 'checkout', '-q', '--detach')
    expect(await describeGit(dir.path)).toEqual({ commit, dirty: false })
  })

  test('is absent where there is no repository, no commit yet, or what is no repository', async () => {
    await using dir = await tempFolder()
    expect(await describeGit(dir.path)).toBeUndefined()
    await writeFile(join(dir.path, '.git'), 'gitdir: nowhere\n')
    expect(await describeGit(dir.path)).toBeUndefined()
    await using fresh = await tempFolder()
    git(fresh.path, 'init', '-q')
    expect(await describeGit(fresh.path)).toBeUndefined()
    await using false_ = await tempFolder()
    await mkdir(join(false_.path, '.git'))
    await writeFile(join(false_.path, '.git/HEAD'), `${'c'.repeat(40)}\n`)
    // Git itself does not know such a folder: what it does not tell is absent.
    expect(await describeGit(false_.path)).toEqual({ commit: 'c'.repeat(40) })
  })

  test('runs nothing that the repository brings', async () => {
    await using dir = await tempFolder()
    const commit = await repository(dir.path)
    const trap = join(dir.path, 'trap')
    await writeFile(trap, `#!/bin/sh\ntouch ${join(dir.path, 'sprung')}\n`, { mode: 0o755 })
    git(dir.path, 'config', 'core.fsmonitor', trap)
    expect(await describeGit(dir.path)).toMatchObject({ commit })
    expect(spawnSync('ls', [dir.path], { encoding: 'utf8' }).stdout).not.toContain('sprung')
  })
})
