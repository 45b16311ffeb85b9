/**
 * A limit of memory for a box where no control group can be had: what all its processes hold together is looked at
 * again and again, and past the limit the box is killed. What one process takes at once, its own limit holds.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import type { Limits } from '../spec.js'
import type { Cgroup } from './cgroup.js'
import { identify } from './process.js'

/** Two cores fill some 60 MB in that time. */
const everyMs = 20

/** What a socket of TCP may hold beside: its buffers grow by themselves. */
const tcpBytes = 2 ** 20

/** In place of a control group: the same questions, answered by looking. */
export function createWatch(limits: Limits): Cgroup {
  let timer: NodeJS.Timeout | undefined
  let peakBytes: number | undefined
  let exhausted = false
  return {
    add(first) {
      const started = identify(first)?.started
      // Before whatever it starts: a busy machine lets those who look go first.
      attempt(() => setPriority(first, constants.priority.PRIORITY_BELOW_NORMAL))
      const look = () => {
        if (identify(first)?.started !== started) return clearInterval(timer)
        const family = familyOf(first)
        const sockets = socketsOf(first)
        let held = sockets + sum(family, quickly)
        // What a child has of its parent until one of them writes was counted twice.
        if (held > limits.memoryBytes) held = sockets + sum(family, exactly)
        peakBytes = Math.max(peakBytes ?? 0, held)
        if (held <= limits.memoryBytes) return
        exhausted = true
        clearInterval(timer)
        kill(first)
      }
      timer = setInterval(look, everyMs)
      timer.unref()
    },
    memory: () => ({ exhausted, ...(peakBytes === undefined ? {} : { peakBytes }) }),
    async remove() {
      clearInterval(timer)
    },
  }
}

/** A process and all that descends from it. Whoever loses its parent in a pid namespace gets the first for one. */
function familyOf(first: number): ReadonlySet<number> {
  const family = new Set([first])
  for (const pid of family)
    for (const thread of attempt(() => readdirSync(`/proc/${pid}/task`)) ?? [])
      for (const child of content(`/proc/${pid}/task/${thread}/children`).split(' '))
        if (child !== '') family.add(Number(child))
  return family
}

/** Fields of proc_pid_status(5): what is its own, what it shares in memory, what is swapped out, its page tables. */
function quickly(pid: number): number {
  return kibibytes(content(`/proc/${pid}/status`), /^(?:RssAnon|RssShmem|VmSwap|VmPTE):\s+(\d+) kB$/gm)
}

/** Its share of each page, by the number of processes that have it; for those who forbid that look, the whole. */
function exactly(pid: number): number {
  const rollup = content(`/proc/${pid}/smaps_rollup`)
  return rollup === '' ? quickly(pid) : kibibytes(rollup, /^(?:Pss_Anon|Pss_Shmem|SwapPss):\s+(\d+) kB$/gm)
}

/** Of its network namespace; the most they could hold, since the kernel tells no more. No one may ask for larger ones. */
function socketsOf(first: number): number {
  const socketBytes = Number(content('/proc/sys/net/core/wmem_default')) || 212_992
  const stats = content(`/proc/${first}/net/sockstat`)
  const count = (pattern: RegExp) => Number(pattern.exec(stats)?.[1] ?? 0)
  return count(/^sockets: used (\d+)/m) * socketBytes + count(/^TCP: inuse (\d+)/m) * tcpBytes
}

function kibibytes(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((total, [, value]) => total + Number(value) * 1024, 0)
}

function sum(family: ReadonlySet<number>, measure: (pid: number) => number): number {
  let total = 0
  for (const pid of family) total += measure(pid)
  return total
}

function kill(pid: number): void {
  attempt(() => process.kill(pid, 'SIGKILL'))
}

function content(path: string): string {
  return attempt(() => readFileSync(path, 'latin1')) ?? ''
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined // It has ended.
  }
}
