/** A bwrap as a child of ours, and the descriptors it is given beside the three of every program. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import type { Exit } from '../supervise.js'
import { seccompFilter } from './seccomp.js'

/** Where real root starts boxes, they belong to this user: no root of the host is ever inside. */
export const unprivileged = 65534

/** Whether there is such a user in a user namespace, by its map of users (user_namespaces(7)): in ours, where none is given. */
export function isMapped(uid: number, map = readFileSync('/proc/self/uid_map', 'latin1')): boolean {
  return map.split('\n').some((line) => {
    const [first = Number.NaN, , count = 0] = line.trim().split(/\s+/).map(Number)
    return uid >= first && uid < first + count
  })
}

export const hostEnv = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }
/** Descriptor numbers as bwrap and nsenter get them. */
export const fd = { status: 3, block: 4, seccomp: 5, user: 6, mount: 7 }

export interface Child {
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
export function closing(descriptors: readonly number[]): string[] {
  // Only some shells know descriptors of two digits; with others /dev/null stays where begin() has put it.
  const shell = descriptors.some((n) => n > 9) && existsSync('/bin/bash') ? 'bash' : 'sh'
  const closable = descriptors.filter((n) => n > 5 && (n <= 9 || shell === 'bash'))
  return [shell, '-c', `exec "$@" ${closable.map((n) => `${n}<&-`).join(' ')}`, shell]
}

/** Starts it; `namespaces` are handed on from number `fd.user`, what else we have inherited is not. */
export function begin(
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
  // A group of its own: Ctrl-C at the terminal is for the harness, which ends its boxes itself.
  const child = spawn(file, args, { ...identity, env: hostEnv, cwd: '/', stdio, detached: true })
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

export function exitOf(child: Child): Promise<Exit> {
  return new Promise((resolve) => {
    child.process.once('exit', (code, signal) => resolve({ code, signal }))
    child.process.once('error', () => resolve({ code: 127, signal: null }))
  })
}
