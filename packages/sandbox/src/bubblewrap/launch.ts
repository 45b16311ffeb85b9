/**
 * How commands are started with bubblewrap.
 *
 * A box is a mount namespace that this process holds open by descriptor. One bwrap, the ground, makes it and its
 * user namespace, and ends. Each command then enters both with nsenter and gets, from a second bwrap, namespaces
 * of its own for everything else: killing the first process of its pid namespace kills all it started.
 */
import { closeSync, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { SandboxError } from '../errors.js'
import type { Limits, Mount } from '../spec.js'
import { exitOfStatus, type Running } from '../supervise.js'
import { type CgroupRoot, createCgroup } from './cgroup.js'
import { begin, closing, exitOf, fd, hostEnv } from './child.js'
import { inheritedDescriptors } from './descriptors.js'
import { hardLimit } from './hard-limits.js'
import { destroy, identify } from './process.js'
import { commandArgs, groundArgs, groundCommand, type Writable, workFolder } from './root.js'
import { createWatch } from './watch.js'

/** What a box is made of. */
export interface Ground {
  readonly mounts: readonly Mount[]
  readonly writables: readonly Writable[]
  readonly env: Readonly<Record<string, string>>
  readonly cgroups: CgroupRoot | undefined
  /** Open descriptors of its user and its mount namespace. */
  readonly user: number
  readonly mount: number
}

/** A command in a box; `began` is false where the box failed before the command's first instruction. */
export interface BoxedCommand extends Running {
  readonly began: () => boolean
}

const inside = ['--uid', '1000', '--gid', '1000', '--die-with-parent', '--new-session', '--clearenv']

/** Makes a box's file system. @throws SandboxError `unavailable` with what bwrap said */
export async function layGround(
  mounts: readonly Mount[],
  writables: readonly Writable[],
  env: Readonly<Record<string, string>>,
  limits: Limits,
  cgroups: CgroupRoot | undefined,
): Promise<Ground> {
  const args = [
    '--unshare-user',
    '--unshare-net',
    '--unshare-ipc',
    '--unshare-uts',
    '--cap-add',
    'CAP_SYS_ADMIN',
  ]
  const pass = ['--json-status-fd', String(fd.status), '--block-fd', String(fd.block)]
  const command = [
    ...args,
    ...inside,
    ...environment(hostEnv),
    ...groundArgs(mounts, writables, limits),
    ...pass,
    '--',
  ]
  const child = begin('bwrap', [...command, ...groundCommand(writables, limits)], inheritedDescriptors(), [])
  const said = text(child.stderr)
  const ended = exitOf(child)
  child.stdin.end()
  child.stdout.resume()
  const pid = await child.pid
  // The namespaces exist before their contents: held open now, they outlive the process that is about to fill them.
  const held =
    pid === undefined ? [] : ['user', 'mnt'].map((name) => openSync(`/proc/${pid}/ns/${name}`, 'r'))
  child.unblock()
  const { code } = await ended
  const [user, mount] = held
  if (code === 0 && user !== undefined && mount !== undefined)
    return { mounts, writables, env, cgroups, user, mount }
  for (const descriptor of held) closeSync(descriptor)
  throw new SandboxError(
    'unavailable',
    `bubblewrap could not make a box: ${firstLine(await said) || `exit ${code}`}`,
  )
}

/** The file system goes with the last descriptor. */
export function leaveGround(ground: Ground): void {
  closeSync(ground.user)
  closeSync(ground.mount)
}

/** Starts a command. Where `timeoutSec` is given, CPU time is held to it as well, should this process be stopped. */
export async function launch(
  ground: Ground,
  command: readonly string[],
  limits: Limits,
  timeoutSec: number | undefined,
): Promise<BoxedCommand> {
  const enter = [
    '--preserve-credentials',
    `--user=/proc/self/fd/${fd.user}`,
    `--mount=/proc/self/fd/${fd.mount}`,
  ]
  // nsenter passes on the descriptors of the namespaces, and whoever holds those could come back.
  const inherited = inheritedDescriptors()
  const close = closing([...new Set([fd.user, fd.mount, ...inherited])])
  const pass = [
    '--json-status-fd',
    String(fd.status),
    '--block-fd',
    String(fd.block),
    '--seccomp',
    String(fd.seccomp),
  ]
  const box = [
    'bwrap',
    '--unshare-all',
    '--unshare-user',
    '--hostname',
    'sandbox',
    ...inside,
    ...environment(ground.env),
    '--chdir',
    workFolder,
  ]
  const limited = ['--', ...processLimits(limits, timeoutSec, ground.cgroups === undefined), '--', ...command]
  const files = commandArgs(ground.mounts, ground.writables, ground.cgroups !== undefined)
  const args = [...enter, '--', ...close, ...box, ...files, ...pass, ...limited]
  const cgroup = ground.cgroups ? createCgroup(ground.cgroups, limits) : createWatch(limits)
  const child = begin('nsenter', args, inherited, [ground.user, ground.mount])
  const exited = exitOf(child)
  const pid = await child.pid
  const first = pid === undefined ? undefined : identify(pid)
  try {
    if (first !== undefined) cgroup.add(first.pid)
  } catch (error) {
    child.process.kill('SIGKILL') // Still blocked: nothing has begun in it.
    await cgroup.remove()
    throw new SandboxError(
      'failed',
      `Could not limit a box by control group: ${(error as Error).message}`,
      error,
    )
  }
  let memory: { peakBytes?: number; exhausted: boolean } = { exhausted: false }
  let ending: Promise<void> | undefined
  const end = async () => {
    if (first === undefined) child.process.kill('SIGKILL')
    else await destroy(first)
    await exited
    const { kills, ...peak } = cgroup.memory()
    memory = { exhausted: kills > 0, ...peak }
    await cgroup.remove()
  }
  child.unblock()
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exited: exited.then(({ code, signal }) => (code === null ? { code, signal } : exitOfStatus(code))),
    kill() {
      ending ??= end()
      return ending
    },
    memory: () => memory,
    began: () => child.status().includes('"exit-code"'),
  }
}

function processLimits(limits: Limits, timeoutSec: number | undefined, alone: boolean): string[] {
  return [
    'prlimit',
    '--core=0',
    '--msgqueue=0',
    hardLimit('fsize', limits.diskBytes),
    hardLimit('nofile', 1024),
    hardLimit('nproc', limits.pids + 1), // Its first process is bwrap's own.
    ...(timeoutSec === undefined
      ? []
      : [hardLimit('cpu', Math.ceil(timeoutSec * Math.max(1, limits.cpus)) + 1)]),
    // Where a control group limits them together, its word is the better one: it tells who ran out of memory.
    ...(alone ? [hardLimit('data', limits.memoryBytes)] : []),
  ]
}

function environment(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value])
}

async function text(stream: Readable): Promise<string> {
  let all = ''
  for await (const chunk of stream.setEncoding('utf8')) if (all.length < 10_000) all += chunk
  return all
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.trim() ?? ''
}
