import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { arch, cpus, hostname, platform, totalmem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { RunPlan } from '../record/plan-file.js'

/** The machine a run is planned on. What it does not tell of itself is absent. */
export function describeHost(): NonNullable<RunPlan['host']> {
  const all = cpus()
  const cpu = all[0]?.model.trim()
  return {
    name: hostname(),
    platform: platform(),
    arch: arch(),
    ...(cpu && { cpu }),
    cores: all.length,
    memoryBytes: totalmem(),
    node: process.version,
  }
}

/** Longest wait for git to tell whether something was changed; in a large repository it takes its time. */
const patienceMs = 3000

/**
 * The commit that a folder's repository stands at, read from its files, and whether tracked files were changed since, which git is
 * asked. Undefined outside of a repository and where there is no commit; `dirty` is absent where git does not tell.
 */
export async function describeGit(folder: string): Promise<RunPlan['git']> {
  const found = await gitFolder(resolve(folder))
  if (found === undefined) return undefined
  const commit = await commitOf(found).catch(() => undefined)
  if (commit === undefined) return undefined
  const dirty = await isDirty(folder)
  return { commit, ...(dirty !== undefined && { dirty }) }
}

/** Where a repository keeps its own: `.git`, or what a worktree's file of that name points to. */
async function gitFolder(from: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const git = join(folder, '.git')
    const there = await stat(git).catch(() => undefined)
    if (there?.isDirectory()) return git
    if (there?.isFile()) {
      const [, at] = /^gitdir: (.+)$/m.exec(await readFile(git, 'utf8').catch(() => '')) ?? []
      return at === undefined ? undefined : resolve(folder, at)
    }
    if (dirname(folder) === folder) return undefined
  }
}

const hash = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

/** What `HEAD` names: a commit, or a branch whose commit is in a file of its own or among the packed ones. */
async function commitOf(git: string): Promise<string | undefined> {
  const head = (await readFile(join(git, 'HEAD'), 'utf8')).trim()
  const [, ref] = /^ref: (refs\/.+)$/.exec(head) ?? []
  if (ref === undefined) return hash.test(head) ? head : undefined
  // A worktree's branches are with those of its repository.
  const common = await readFile(join(git, 'commondir'), 'utf8').catch(() => '.')
  const shared = resolve(git, common.trim())
  const loose = (await readFile(join(shared, ref), 'utf8').catch(() => '')).trim()
  if (hash.test(loose)) return loose
  const packed = await readFile(join(shared, 'packed-refs'), 'utf8').catch(() => '')
  const line = packed.split('\n').find((one) => one.endsWith(` ${ref}`)) ?? ''
  const [commit = ''] = line.split(' ')
  return hash.test(commit) ? commit : undefined
}

/** Nothing of the repository's own is run: no hook, no file system monitor. */
const quiet = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '--no-optional-locks']

function isDirty(folder: string): Promise<boolean | undefined> {
  return new Promise((done) => {
    execFile(
      'git',
      [...quiet, 'status', '--porcelain', '--untracked-files=no', '--ignore-submodules=all'],
      { cwd: folder, timeout: patienceMs, killSignal: 'SIGKILL', windowsHide: true },
      (error, out) => done(error ? undefined : out.trim() !== ''),
    )
  })
}
