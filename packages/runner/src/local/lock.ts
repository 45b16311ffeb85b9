import { randomBytes } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { RunnerError } from '../errors.js'
import { storageError } from './storage.js'

/** Who holds a lock. */
interface Holder {
  readonly pid: number
  readonly host: string
  /** UTC ISO 8601: since when. */
  readonly started: string
  /** What tells a process from a later one of the same pid; absent where the system does not say. */
  readonly process?: string
}

/**
 * Takes a lock file, or takes it over from a process of this host that is no more.
 *
 * @returns what gives it back
 * @throws RunnerError `locked` saying who holds it; `storage`
 */
export async function takeLock(path: string): Promise<AsyncDisposable> {
  const mine = await describeSelf()
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await writeFile(draft, `${JSON.stringify(mine)}\n`, { flag: 'wx' })
    // A link appears whole and only where there is none: no one ever reads a half-written lock.
    while (!(await linked(draft, path))) await evict(path, draft)
  } catch (error) {
    throw storageError('lock', path, error)
  } finally {
    await rm(draft, { force: true }).catch(() => undefined)
  }
  return {
    async [Symbol.asyncDispose]() {
      if (sameHolder(await readHolder(path), mine)) await rm(path, { force: true })
    },
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/**
 * Removes a dead holder's lock; throws where the holder lives or may live. Many may try at this moment, and what one
 * of them judged dead may be another's new lock by now: so only who holds the guard removes, after looking again.
 */
async function evict(path: string, draft: string): Promise<void> {
  await refuseLiving(path)
  const guard = `${path}.takeover`
  for (let waited = 0; !(await linked(draft, guard)); waited++) {
    const taker = await readHolder(guard)
    if (taker !== undefined && !(await mayLive(taker))) {
      // It died on its way: the guard is a lock as this one is, and goes the same way.
      await evict(guard, draft)
      continue
    }
    if (taker !== undefined && waited > 100) throw locked(guard, taker)
    await setTimeout(10)
  }
  try {
    await refuseLiving(path)
    await rm(path, { force: true })
  } finally {
    await rm(guard, { force: true })
  }
}

async function refuseLiving(path: string): Promise<void> {
  const holder = await readHolder(path)
  if (holder !== undefined && (await mayLive(holder))) throw locked(path, holder)
}

async function mayLive(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return true
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    // EPERM: it lives, as someone else.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = await processMark(holder.pid)
  return holder.process === undefined || now === undefined || holder.process === now
}

/** @returns undefined where there is no lock */
async function readHolder(path: string): Promise<Holder | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const { pid, host, started, process: mark } = JSON.parse(text) as Holder
    if (Number.isInteger(pid) && typeof host === 'string')
      return { pid, host, started, ...(mark !== undefined && { process: mark }) }
  } catch {
    // Not ours to judge: said below.
  }
  throw new RunnerError('locked', `${path} is there, but not as this program writes it: remove it by hand`)
}

async function describeSelf(): Promise<Holder> {
  const mark = await processMark(process.pid)
  return {
    pid: process.pid,
    host: hostname(),
    started: new Date().toISOString(),
    ...(mark !== undefined && { process: mark }),
  }
}

/** Linux: boot id and the process's start in clock ticks since boot (proc(5), field 22 of stat). */
async function processMark(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    // The second field, the name, may hold spaces: count from the last parenthesis.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return `${boot.trim()} ${ticks}`
  } catch {
    return undefined
  }
}

const sameHolder = (a: Holder | undefined, b: Holder): boolean =>
  a !== undefined && a.pid === b.pid && a.host === b.host && a.started === b.started

function locked(path: string, { pid, host, started }: Holder): RunnerError {
  const elsewhere = host !== hostname()
  return new RunnerError(
    'locked',
    `${path} is held by process ${pid} on ${host} since ${started}: ` +
      (elsewhere
        ? 'wait for it, or remove the file if that machine is gone'
        : 'wait for it to end, or stop it'),
  )
}
