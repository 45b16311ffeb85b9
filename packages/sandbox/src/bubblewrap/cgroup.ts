/** Limits for a command and all it starts, by control groups made by hand, where they are writable. */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Limits } from '../spec.js'

/** Where groups can be made. */
export type CgroupRoot =
  | { readonly version: 2; readonly path: string }
  | { readonly version: 1; readonly memory: string; readonly pids: string; readonly cpu: string }

interface MemoryUse {
  readonly peakBytes?: number
  readonly kills: number
}

export interface Cgroup {
  add(pid: number): void
  /** Highest memory use so far in bytes, and how often was killed for want of memory. */
  memory(): MemoryUse
  /** Once no process is in it. */
  remove(): Promise<void>
}

/**
 * The place for groups on this machine, or undefined where none is writable with what we need. For root that is the
 * top; for a user whom systemd has given a part of the tree (version 2), beside the group that we are in.
 */
export function findCgroups(
  mountinfo = readFileSync('/proc/self/mountinfo', 'utf8'),
  own = readFileSync('/proc/self/cgroup', 'utf8'),
): CgroupRoot | undefined {
  const mounts = mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ')
    const [type = '', , options = ''] = after.split(' ')
    const path = before.split(' ')[4] ?? ''
    return type.startsWith('cgroup') ? [{ type, path, options: options.split(',') }] : []
  })
  const v1 = (controller: string) =>
    mounts.find(
      ({ type, path, options }) => type === 'cgroup' && options.includes(controller) && writable(path),
    )?.path
  const [memory, pids, cpu] = [v1('memory'), v1('pids'), v1('cpu')]
  if (memory !== undefined && pids !== undefined && cpu !== undefined)
    return { version: 1, memory, pids, cpu }
  const group = /^0::(\/.+)$/m.exec(own)?.[1]
  const path = mounts
    .filter(({ type }) => type === 'cgroup2')
    .flatMap(({ path }) => [path, ...(group === undefined ? [] : [dirname(join(path, group))])])
    .find((place) => writable(place) && writable(join(place, 'cgroup.procs')) && delegates(place))
  return path === undefined ? undefined : { version: 2, path }
}

let made = 0

/** A new group. Groups that a killed harness left behind are removed on the way. */
export function createCgroup(root: CgroupRoot, limits: Limits): Cgroup {
  if (made === 0) sweep(root)
  const parent = root.version === 2 ? root.path : root.memory
  // A harness of the same number may have been killed here: in containers each has the same.
  while (existsSync(join(parent, `bench-${process.pid}-${made}`))) made++
  const name = `bench-${process.pid}-${made++}`
  return root.version === 2 ? createV2(join(root.path, name), limits) : createV1(root, name, limits)
}

const period = 100_000 // Microseconds; the kernel's default.

function createV2(path: string, limits: Limits): Cgroup {
  mkdirSync(path)
  const set = (file: string, value: string | number) => writeFileSync(join(path, file), String(value))
  set('memory.max', limits.memoryBytes)
  attempt(() => set('memory.swap.max', 0)) // Absent in a kernel without swap.
  set('pids.max', limits.pids)
  set('cpu.max', `${Math.round(limits.cpus * period)} ${period}`)
  return {
    add: (pid) => set('cgroup.procs', pid),
    memory: () => usage(join(path, 'memory.peak'), join(path, 'memory.events')),
    remove: () => removeEmpty([path]),
  }
}

function createV1(root: Extract<CgroupRoot, { version: 1 }>, name: string, limits: Limits): Cgroup {
  const [memory, pids, cpu] = [join(root.memory, name), join(root.pids, name), join(root.cpu, name)]
  const folders = [memory, pids, cpu]
  for (const folder of folders) mkdirSync(folder)
  const set = (folder: string, file: string, value: number) =>
    writeFileSync(join(folder, file), String(value))
  set(memory, 'memory.limit_in_bytes', limits.memoryBytes)
  attempt(() => set(memory, 'memory.memsw.limit_in_bytes', limits.memoryBytes)) // Absent without swap accounting.
  // What connections hold is a count of its own there, and unlimited.
  attempt(() => set(memory, 'memory.kmem.tcp.limit_in_bytes', limits.memoryBytes))
  set(pids, 'pids.max', limits.pids)
  set(cpu, 'cpu.cfs_period_us', period)
  set(cpu, 'cpu.cfs_quota_us', Math.round(limits.cpus * period))
  return {
    add: (pid) => {
      for (const folder of folders) set(folder, 'cgroup.procs', pid)
    },
    memory: () => usage(join(memory, 'memory.max_usage_in_bytes'), join(memory, 'memory.oom_control')),
    remove: () => removeEmpty(folders),
  }
}

function usage(peakFile: string, eventsFile: string): MemoryUse {
  const kills = /^oom_kill (\d+)$/m.exec(attempt(() => readFileSync(eventsFile, 'utf8')) ?? '')?.[1]
  const peak = Number(attempt(() => readFileSync(peakFile, 'utf8')) ?? Number.NaN)
  return { kills: Number(kills ?? 0), ...(Number.isFinite(peak) ? { peakBytes: peak } : {}) }
}

/** The kernel may count a dead process for a moment more. */
async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders)
    for (let wait = 1; wait <= 256; wait *= 2) {
      if (attempt(() => rmdirSync(folder) ?? true)) break
      await delay(wait)
    }
}

function sweep(root: CgroupRoot): void {
  for (const parent of root.version === 2 ? [root.path] : [root.memory, root.pids, root.cpu])
    for (const name of readdirSync(parent)) {
      const owner = /^bench-(\d+)-\d+$/.exec(name)?.[1]
      if (owner !== undefined && !alive(Number(owner))) attempt(() => rmdirSync(join(parent, name)))
    }
}

function alive(pid: number): boolean {
  return attempt(() => process.kill(pid, 0)) === true
}

/** Whether groups made here get the controllers we set. */
function delegates(path: string): boolean {
  const enabled = () =>
    ['memory', 'pids', 'cpu'].every((name) =>
      readFileSync(join(path, 'cgroup.subtree_control'), 'utf8').trim().split(' ').includes(name),
    )
  attempt(() => enabled() || writeFileSync(join(path, 'cgroup.subtree_control'), '+memory +pids +cpu'))
  return attempt(enabled) === true
}

function writable(path: string): boolean {
  return attempt(() => accessSync(path, constants.W_OK) ?? true) === true
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}
