/**
 * How commands are started with bubblewrap.
 *
 * A box is a mount namespace that this process holds open by descriptor. One bwrap, the ground, makes it and its
 * user namespace, and ends. Each command then enters both with nsenter and gets, from a second bwrap, namespaces
 * of its own for everything else: killing the first process of its pid namespace kills all it started.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { SandboxError } from '../errors.js'
import type { Limits, Mount } from '../spec.js'
import { type Exit, exitOfStatus, type Running } from '../supervise.js'
import { type CgroupRoot, createCgroup } from './cgroup.js'
import { inheritedDescriptors } from './descriptors.js'
import { commandArgs, groundArgs, inodeLimitCommand, workFolder } from './root.js'
import { seccompFilter } from './seccomp.js'

/** What a box is made of. */
export interface Ground {
  readonly mounts: readonly Mount[]
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

/** Where real root starts boxes, they belong to this user: no root of the host is ever inside. */
export const unprivileged = 65534

const inside = ['--uid', '1000', '--gid', '1000', '--die-with-parent', '--new-session', '--clearenv']
const hostEnv = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }
/** Descriptor numbers as bwrap and nsenter get them. */
const fd = { status: 3, block: 4, seccomp: 5, user: 6, mount: 7 }

/** Makes a box's file system. @throws SandboxError `unavailable` with what bwrap said */
export async function layGround(
  mounts: readonly Mount[],
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
  const command = [...args, ...inside, ...environment(hostEnv), ...groundArgs(mounts, limits), ...pass, '--']
  const child = begin('bwrap', [...command, ...inodeLimitCommand(limits)], inheritedDescriptors(), [])
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
  if (code === 0 && user !== undefined && mount !== undefined) return { mounts, env, cgroups, user, mount }
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
  const close = closing([fd.user, fd.mount, ...inherited])
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
    ...inside,
    ...environment(ground.env),
    '--chdir',
    workFolder,
  ]
  const limited = ['--', ...processLimits(limits, timeoutSec, ground.cgroups === undefined), '--', ...command]
  const args = [...enter, '--', ...close, ...box, ...commandArgs(ground.mounts), ...pass, ...limited]
  const cgroup = ground.cgroups && createCgroup(ground.cgroups, limits)
  const child = begin('nsenter', args, inherited, [ground.user, ground.mount])
  const exited = exitOf(child)
  const pid = await child.pid
  const first = pid === undefined ? undefined : identify(pid)
  if (first !== undefined) cgroup?.add(first.pid)
  let memory: { peakBytes?: number; exhausted: boolean } = { exhausted: false }
  let ending: Promise<void> | undefined
  const end = async () => {
    if (first === undefined) child.process.kill('SIGKILL')
    else await destroy(first)
    await exited
    if (cgroup !== undefined) memory = cgroup.memory()
    await cgroup?.remove()
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
    `--fsize=${limits.diskBytes}`,
    '--nofile=1024',
    `--nproc=${limits.pids + 1}`, // Its first process is bwrap's own.
    ...(timeoutSec === undefined ? [] : [`--cpu=${Math.ceil(timeoutSec * Math.max(1, limits.cpus)) + 1}`]),
    // Where a control group limits them together, its word is the better one: it tells who ran out of memory.
    ...(alone ? [`--data=${limits.memoryBytes}`] : []),
  ]
}

function environment(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value])
}

interface Child {
  readonly process: ChildProcess
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Of the first process in the box, as the host numbers it; undefined where it came to none. */
  readonly pid: Promise<number | undefined>
  /** What bwrap has told so far: JSON documents, one a line. */
  status(): string
  /** Lets the first process in the box go on. */
  unblock(): void
}

/** A command line that closes descriptors, then becomes what is appended to it. */
function closing(descriptors: readonly number[]): string[] {
  // Only some shells know descriptors of two digits; with others /dev/null stays where begin() has put it.
  const shell = descriptors.some((n) => n > 9) && existsSync('/bin/bash') ? 'bash' : 'sh'
  const closable = descriptors.filter((n) => n > 5 && (n <= 9 || shell === 'bash'))
  return [shell, '-c', `exec "$@" ${closable.map((n) => `${n}<&-`).join(' ')}`, shell]
}

function begin(
  file: string,
  args: readonly string[],
  inherited: ReadonlySet<number>,
  namespaces: readonly number[],
): Child {
  const piped = ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', ...namespaces] as const
  // What we were started with would be passed on: /dev/null takes its place. ('ignore' does nothing above 2.)
  const nothing = openSync('/dev/null', 'r')
  const covers = Array.from({ length: Math.max(0, ...inherited) + 1 }, (_, n) =>
    inherited.has(n) ? nothing : 'ignore',
  )
  const identity = process.getuid?.() === 0 ? { uid: unprivileged, gid: unprivileged } : {}
  const stdio = [...piped, ...covers.slice(piped.length)]
  const child = spawn(file, args, { ...identity, env: hostEnv, cwd: '/', stdio })
  closeSync(nothing)
  const [stdin, stdout, stderr, status, block, seccomp] = child.stdio as unknown as [
    Writable,
    Readable,
    Readable,
    Readable,
    Writable,
    Writable,
  ]
  for (const stream of [status, block, seccomp]) stream.on('error', () => {}) // Ended with the child.
  seccomp.end(seccompFilter())
  let told = ''
  status.setEncoding('utf8')
  const pid = new Promise<number | undefined>((resolve) => {
    const read = (chunk: string) => {
      told += chunk
      const match = /"child-pid":\s*(\d+)/.exec(told)
      if (match && told.includes('\n')) resolve(Number(match[1]))
    }
    status.on('data', read)
    status.once('close', () => resolve(undefined))
    child.once('error', () => resolve(undefined))
  })
  return { process: child, stdin, stdout, stderr, pid, status: () => told, unblock: () => block.end('.') }
}

function exitOf(child: Child): Promise<Exit> {
  return new Promise((resolve) => {
    child.process.once('exit', (code, signal) => resolve({ code, signal }))
    child.process.once('error', () => resolve({ code: 127, signal: null }))
  })
}

interface Identity {
  readonly pid: number
  /** Clock tick of its start: tells it from a later process of the same number. */
  readonly started: string
}

function identify(pid: number): Identity | undefined {
  const state = stateOf(pid)
  return state && { pid, started: state.started }
}

function stateOf(pid: number): { state: string; started: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // From field 3 of proc(5).
    return { state: fields[0] ?? '', started: fields[19] ?? '' }
  } catch {
    return undefined
  }
}

/** Kills the first process of a pid namespace. Once it is dead, so is every other in it. */
async function destroy({ pid, started }: Identity): Promise<void> {
  for (let wait = 0; wait < 5000; wait = wait * 2 + 1) {
    const now = stateOf(pid)
    if (now === undefined || now.started !== started || now.state === 'Z' || now.state === 'X') return
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      return // Gone since.
    }
    await delay(wait)
  }
  throw new SandboxError(
    'failed',
    `Process ${pid} of a box does not die; look for a hung device or file system.`,
  )
}

async function text(stream: Readable): Promise<string> {
  let all = ''
  for await (const chunk of stream.setEncoding('utf8')) if (all.length < 10_000) all += chunk
  return all
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.trim() ?? ''
}
