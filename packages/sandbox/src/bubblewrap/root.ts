/** The file system of a box: the machine's programs, read-only, and nothing that is anybody's own. */
import { existsSync, lstatSync, readlinkSync } from 'node:fs'
import type { Limits, Mount } from '../spec.js'

/** The working folder in the box. */
export const workFolder = '/tmp/work'

const devices = ['null', 'full', 'random', 'urandom']

/** Mapped, it is memory that no process has: left out where nothing counts that. */
const zeros = 'zero'

/** Where the ground has what is to be copied, and where it keeps what commands write over it. */
const prepared = (index: number) => `/run/prepared/${index}`
const written = (index: number) => `/run/written/${index}`

/** A mount whose commands may write to it. */
export interface Writable extends Mount {
  /** Room for all of it, should it have to be copied, and for what is written. */
  readonly bytes: number
  /** Of the user of the box itself: an overlay then gives the right to change each file. */
  readonly owned: boolean
}

/** Arguments for the first bwrap of a box, which makes its file system. It keeps the host's /proc: see launch.ts. */
export function groundArgs(
  mounts: readonly Mount[],
  writables: readonly Writable[],
  limits: Limits,
): string[] {
  const disk = ['--size', String(limits.diskBytes), '--tmpfs', '/tmp', '--dir', workFolder]
  const copies = writables.flatMap(({ source, target, bytes }, index) => [
    ...['--ro-bind', source, prepared(index), '--dir', target],
    ...['--size', String(bytes), '--tmpfs', written(index)],
  ])
  const files = [...disk, ...mountArgs(mounts), ...copies]
  return [...systemArgs(), '--bind', '/proc', '/proc', ...files, '--remount-ro', '/']
}

/** Arguments for each bwrap inside: the same file system, /tmp shared with the commands before, a /proc of its own. */
export function commandArgs(
  mounts: readonly Mount[],
  writables: readonly Writable[],
  counted: boolean,
): string[] {
  // The first process in a box is bwrap's own, of the same user: its arguments name paths of the host, and its
  // memory could be written where no other module of the kernel forbids it. A covered folder ends both.
  const processes = ['--proc', '/proc', '--tmpfs', '/proc/1', '--remount-ro', '/proc/1']
  const inside = mounts.map(({ target }) => ({ source: target, target }))
  // The working folder as a mount of its own: nobody can take it away, or put a link in its place.
  const own = ['/tmp', workFolder, ...writables.map(({ target }) => target)]
  const binds = own.flatMap((path) => ['--bind', path, path])
  // Whatever a command made of them: the next one is to find its way, and so are those who write and read for us.
  const modes = ['/tmp', workFolder].flatMap((path) => ['--chmod', '0755', path])
  return [...systemArgs(counted), ...processes, ...binds, ...modes, ...mountArgs(inside), '--remount-ro', '/']
}

/** Arguments for a box whose first process is the agent of a fork server: what jobs write to, it mounts itself. */
export function agentArgs(mounts: readonly Mount[], programBytes: number): string[] {
  const scratch = ['--tmpfs', '/tmp', '--size', String(programBytes), '--tmpfs', '/programs']
  return [...systemArgs(), '--proc', '/proc', ...scratch, ...mountArgs(mounts), '--remount-ro', '/']
}

/**
 * What is to be done in the ground. One inode for each 4 KiB, so that empty files cannot fill the kernel's memory; bwrap
 * sets no such limit. What is copied on write lies under an overlay, or is copied now: where the kernel lets no user
 * make overlays, and where its files are another's, whose rights would stay.
 */
export function groundCommand(writables: readonly Writable[], limits: Limits): string[] {
  const inodes = (bytes: number) => Math.max(64, Math.floor(bytes / 4096))
  const limit = (bytes: number, path: string) =>
    `mount -n -i -o remount,nr_inodes=${inodes(bytes)} tmpfs ${path}`
  const lines = writables.flatMap(({ bytes, owned }, index) => {
    const [lower, upper, work] = [prepared(index), `${written(index)}/upper`, `${written(index)}/work`]
    const overlay = `mount -n -i -t overlay -o userxattr,lowerdir=${lower},upperdir=${upper},workdir=${work} overlay "$1" 2>/dev/null`
    const copy = `{ cp -RP --preserve=mode,timestamps,links ${lower}/. ${upper} && mount -n -i --bind ${upper} "$1"; }`
    return [
      limit(bytes, written(index)),
      `mkdir -p ${upper} ${work}`,
      owned ? `${overlay} || ${copy}` : copy,
      'shift',
    ]
  })
  const script = ['set -e', limit(limits.diskBytes, '/tmp'), ...lines].join('\n')
  return ['/bin/sh', '-c', script, 'sh', ...writables.map(({ target }) => target)]
}

/** Not `--dev`: it brings a writable, unlimited /dev/shm, a terminal, and a second user namespace. */
function systemArgs(counted = true): string[] {
  const links = {
    fd: '/proc/self/fd',
    stdin: '/proc/self/fd/0',
    stdout: '/proc/self/fd/1',
    stderr: '/proc/self/fd/2',
  }
  return [
    ...['--ro-bind', '/usr', '/usr'],
    ...['/bin', '/sbin', '/lib', '/lib32', '/lib64'].flatMap(systemFolder),
    ...['/etc/ld.so.cache', '/etc/alternatives'].flatMap((path) =>
      existsSync(path) ? ['--ro-bind', path, path] : [],
    ),
    ...['--tmpfs', '/dev'],
    ...[...devices, ...(counted ? [zeros] : [])].flatMap((name) => [
      '--dev-bind',
      `/dev/${name}`,
      `/dev/${name}`,
    ]),
    ...Object.entries(links).flatMap(([name, target]) => ['--symlink', target, `/dev/${name}`]),
    ...['--remount-ro', '/dev'],
  ]
}

/** A link to below /usr on most systems, a folder on older ones. */
function systemFolder(path: string): string[] {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats?.isSymbolicLink()) return ['--symlink', readlinkSync(path), path]
  return stats?.isDirectory() ? ['--ro-bind', path, path] : []
}

function mountArgs(mounts: readonly Mount[]): string[] {
  return mounts.flatMap(({ source, target }) => ['--ro-bind', source, target])
}
