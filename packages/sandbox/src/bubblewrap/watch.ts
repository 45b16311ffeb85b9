/**
 * A limit of memory for a box where no control group can be had: what all its processes hold together is looked at
 * again and again, and past the limit the box is killed. What one process takes at once, its own limit holds.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import type { Limits } from '../spec.js'
import type { Cgroup } from './cgroup.js'
import { identify } from './process.js'

/** Two cores fill some 60 MB in that time. */
const everyMs = 20

/** What a socket of TCP may hold beside, at least: its buffers grow by themselves. */
const tcpBytes = 2 ** 20

/** What each end of a pipe may hold, once a user has many: two pages, whatever size was asked for. */
const pipeBytes = 8192

/**
 * In place of a control group: the same questions, answered by looking.
 * @param options.sparing those go first that are marked to die first, as the kernel would have it; the whole box only
 *   where that was not enough, or nobody is marked
 */
export function createWatch(limits: Limits, options: { readonly sparing?: boolean } = {}): Cgroup {
  let timer: NodeJS.Timeout | undefined
  let peakBytes: number | undefined
  let kills = 0
  /** Who was killed and may not be dead yet, with when they started: a dying process gives back what it holds. */
  const dying = new Map<number, string>()
  /** The last look killed those alone who were marked. */
  let spared = false
  return {
    add(first) {
      const started = identify(first)?.started
      // Before whatever it starts: a busy machine lets those who look go first.
      attempt(() => setPriority(first, constants.priority.PRIORITY_BELOW_NORMAL))
      const look = () => {
        if (identify(first)?.started !== started) return clearInterval(timer)
        const family = familyOf(first)
        for (const [pid, since] of dying)
          if (identify(pid)?.started === since) family.delete(pid)
          else dying.delete(pid)
        const sockets = socketsOf(first)
        const kernels = sockets + sum(family, pipesOf)
        let held = kernels + sum(family, quickly)
        // What a child has of its parent until one of them writes was counted twice.
        if (held > limits.memoryBytes) held = kernels + sum(family, exactly)
        peakBytes = Math.max(peakBytes ?? 0, held)
        if (held <= limits.memoryBytes) {
          spared = false
          return
        }
        kills++
        const marked = options.sparing && !spared ? [...family].filter(diesFirst) : []
        spared = marked.length > 0
        for (const pid of marked) {
          dying.set(pid, identify(pid)?.started ?? '')
          kill(pid)
        }
        if (spared) return
        clearInterval(timer)
        kill(first)
      }
      timer = setInterval(look, everyMs)
      timer.unref()
    },
    memory: () => ({ kills, ...(peakBytes === undefined ? {} : { peakBytes }) }),
    async remove() {
      clearInterval(timer)
    },
  }
}

/** A process and all that descends from it. Whoever loses its parent in a pid namespace gets the first for one. */
function familyOf(first: number): Set<number> {
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
  const stats = ['sockstat', 'sockstat6'].map((name) => content(`/proc/${first}/net/${name}`)).join('\n')
  const used = Number(/^sockets: used (\d+)/m.exec(stats)?.[1] ?? 0)
  return used * socketBytes + (/^TCP6?: inuse [1-9]/m.test(stats) ? connectionsOf(first) : 0)
}

/** Of TCP: what lies in its queues, by the tables of proc_pid_net(5). */
function connectionsOf(first: number): number {
  const queues = /^ *\d+: \S+ \S+ \S+ ([\dA-F]+):([\dA-F]+) /gm
  const table = ['tcp', 'tcp6'].map((name) => content(`/proc/${first}/net/${name}`)).join('\n')
  return [...table.matchAll(queues)].reduce(
    (total, [, out = '', back = '']) =>
      total + Math.max(tcpBytes, Number.parseInt(out, 16) + Number.parseInt(back, 16)),
    0,
  )
}

/** What its descriptors hold if all are of pipes. Told as the size of the folder since Linux 6.2, else by a list of it. */
function pipesOf(pid: number): number {
  const folder = `/proc/${pid}/fd`
  const open = attempt(() => statSync(folder).size || readdirSync(folder).length) ?? 0
  return open * pipeBytes
}

function kibibytes(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((total, [, value]) => total + Number(value) * 1024, 0)
}

function sum(family: ReadonlySet<number>, measure: (pid: number) => number): number {
  let total = 0
  for (const pid of family) total += measure(pid)
  return total
}

/** Whom its keeper has marked so. */
function diesFirst(pid: number): boolean {
  return content(`/proc/${pid}/oom_score_adj`).trim() === '1000'
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
