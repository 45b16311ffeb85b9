/** The file system of a box: the machine's programs, read-only, and nothing that is anybody's own. */
import { existsSync, lstatSync, readlinkSync } from 'node:fs'
import type { Limits, Mount } from '../spec.js'

/** The working folder in the box. */
export const workFolder = '/tmp/work'

const devices = ['null', 'zero', 'full', 'random', 'urandom']

/** Arguments for the first bwrap of a box, which makes its file system. It keeps the host's /proc: see launch.ts. */
export function groundArgs(mounts: readonly Mount[], limits: Limits): string[] {
  const disk = ['--size', String(limits.diskBytes), '--tmpfs', '/tmp', '--dir', workFolder]
  return [...systemArgs(), '--bind', '/proc', '/proc', ...disk, ...mountArgs(mounts), '--remount-ro', '/']
}

/** Arguments for each bwrap inside: the same file system, /tmp shared with the commands before, a /proc of its own. */
export function commandArgs(mounts: readonly Mount[]): string[] {
  // The first process in a box is bwrap's own, of the same user: its arguments name paths of the host, and its
  // memory could be written where no other module of the kernel forbids it. A covered folder ends both.
  const processes = ['--proc', '/proc', '--tmpfs', '/proc/1', '--remount-ro', '/proc/1']
  const inside = mounts.map(({ target }) => ({ source: target, target }))
  return [...systemArgs(), ...processes, '--bind', '/tmp', '/tmp', ...mountArgs(inside), '--remount-ro', '/']
}

/** Arguments for a box whose first process is the agent of a fork server: what jobs write to, it mounts itself. */
export function agentArgs(mounts: readonly Mount[], programBytes: number): string[] {
  const scratch = ['--tmpfs', '/tmp', '--size', String(programBytes), '--tmpfs', '/programs']
  return [...systemArgs(), '--proc', '/proc', ...scratch, ...mountArgs(mounts), '--remount-ro', '/']
}

/** One inode for each 4 KiB, so that empty files cannot fill the kernel's memory; bwrap sets no such limit. */
export function inodeLimitCommand(limits: Limits): string[] {
  const inodes = Math.max(64, Math.floor(limits.diskBytes / 4096))
  return ['mount', '-n', '-i', '-o', `remount,nr_inodes=${inodes}`, 'tmpfs', '/tmp']
}

/** Not `--dev`: it brings a writable, unlimited /dev/shm, a terminal, and a second user namespace. */
function systemArgs(): string[] {
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
    ...devices.flatMap((name) => ['--dev-bind', `/dev/${name}`, `/dev/${name}`]),
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
