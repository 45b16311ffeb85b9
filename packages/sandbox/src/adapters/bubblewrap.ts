import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { release } from 'node:os'
import { type CgroupRoot, findCgroups } from '../bubblewrap/cgroup.js'
import { isMapped, unprivileged } from '../bubblewrap/child.js'
import { type BoxedCommand, launch, layGround, leaveGround } from '../bubblewrap/launch.js'
import type { Writable } from '../bubblewrap/root.js'
import { hostRuntimes, readable } from '../bubblewrap/runtimes.js'
import { seccompFilter } from '../bubblewrap/seccomp.js'
import { type HostToolChain, hostToolChain } from '../bubblewrap/tool-chains.js'
import { SandboxError } from '../errors.js'
import { folderSize } from '../folder.js'
import { limitsOf } from '../limits.js'
import { KnownToolChains, versionsOf } from '../runtimes.js'
import type {
  BoxSpec,
  ExecOptions,
  Limits,
  Mount,
  Probe,
  Sandbox,
  SandboxDriver,
  ToolChain,
} from '../spec.js'
import { complete, stay } from '../supervise.js'
import { readFiles, writeFiles } from '../tar.js'

/** Linux namespaces by bubblewrap: no daemon, no image, works for ordinary users. */
export const driver: SandboxDriver = bubblewrap()

export interface BubblewrapOptions {
  /** Control groups where they may be written; otherwise, or where false, memory is watched from here. */
  readonly cgroups?: boolean
}

export function bubblewrap(options: BubblewrapOptions = {}): SandboxDriver {
  let known: ReturnType<typeof survey> | undefined
  const facts = () => {
    known ??= survey(options.cgroups ?? true)
    return known
  }
  return {
    name: 'bubblewrap',
    isolates: true,
    kinds: ['io', 'assert'],
    async probe(toolChains) {
      known = undefined // Something may have been installed since.
      const missing = lacking()
      if (missing) return missing
      try {
        const { version, runtimes, notes, toolChainsOf } = await facts()
        const found = await toolChainsOf(toolChains)
        return { ok: true, version, runtimes: { ...runtimes, ...found.runtimes }, notes }
      } catch (error) {
        known = undefined
        return { ok: false, code: 'no_permission', reason: refused(error) }
      }
    },
    async open(spec = {}) {
      const missing = lacking()
      if (missing) throw new SandboxError('unavailable', missing.reason)
      const { runtimes, mounts, cgroups, toolChainsOf } = await facts()
      const found = await toolChainsOf(spec.toolChains)
      return openBox(spec, [...mounts, ...found.mounts], cgroups, { ...runtimes, ...found.runtimes })
    },
    async forkServer(spec) {
      const missing = lacking()
      if (missing) throw new SandboxError('unavailable', missing.reason)
      const { runtimes, mounts, cgroups, toolChainsOf } = await facts()
      const found = await toolChainsOf(spec.toolChains)
      const { openInNamespaces } = await import('../fork-server/bubblewrap.js')
      const all = [...mounts, ...found.mounts, ...checkMounts(spec.mounts ?? [])]
      return openInNamespaces(all, cgroups, spec, { ...runtimes, ...found.runtimes })
    },
  }
}

const tools = {
  bwrap: 'bubblewrap',
  nsenter: 'util-linux',
  prlimit: 'util-linux',
  mount: 'mount',
  tar: 'tar',
}

/** What can be told without trying. */
function lacking(): Extract<Probe, { ok: false }> | undefined {
  const unsupported = (reason: string) => ({ ok: false, code: 'unsupported', reason }) as const
  if (process.platform !== 'linux') return unsupported('bubblewrap is for Linux; use Docker here.')
  if (seccompFilter() === undefined)
    return unsupported(`bubblewrap: no system call filter for ${process.arch} here; use Docker.`)
  if (process.getuid?.() === 0 && !isMapped(unprivileged))
    return unsupported(
      `bubblewrap: this user namespace has no user ${unprivileged} to give boxes to; run as an ordinary user, outside of it.`,
    )
  const [major = 0, minor = 0] = release().split('.').map(Number)
  // Before it, the number of processes is counted by user, over all boxes and whatever else the user runs.
  if (major < 5 || (major === 5 && minor < 14))
    return unsupported(`bubblewrap needs Linux 5.14 or later here, this is ${release()}; use Docker.`)
  const absent = Object.keys(tools).find(
    (tool) => !['/usr/bin', '/usr/sbin', '/bin', '/sbin'].some((folder) => existsSync(`${folder}/${tool}`)),
  )
  if (absent === undefined) return undefined
  const name = tools[absent as keyof typeof tools]
  return {
    ok: false,
    code: 'not_installed',
    reason: `bubblewrap: ${absent} is not installed; run: apt-get install ${name}`,
  }
}

/** What this machine offers, tried out in a box. */
async function survey(useCgroups: boolean) {
  const uid = process.getuid?.() === 0 ? unprivileged : undefined
  const host = await hostRuntimes(uid)
  const cgroups = useCgroups ? await usableCgroups(host.mounts) : undefined
  await using box = await openBox({}, host.mounts, cgroups, {})
  const version = new TextDecoder().decode((await box.exec(['bwrap', '--version'])).stdout).trim()
  const runtimes = await versionsOf(box, host.candidates)
  const notes = [
    ...(cgroups ? [] : ['memory is watched, not limited by the kernel', 'no limit of cores']),
    ...host.notes,
  ]
  const chains = new Map<ToolChain, HostToolChain>()
  const known = new KnownToolChains(async (name) => {
    const chain = await hostToolChain(name, uid)
    chains.set(name, chain)
    if (chain.commands.length === 0) return undefined
    await using box = await openBox({}, [...host.mounts, ...chain.mounts], cgroups, {})
    return (await versionsOf(box, { [name]: chain.commands }))[name]
  })
  const toolChainsOf = async (wanted: readonly ToolChain[] = []) => ({
    runtimes: await known.of(wanted),
    mounts: wanted.flatMap((name) => chains.get(name)?.mounts ?? []),
  })
  return { version, runtimes, notes, mounts: host.mounts, cgroups, toolChainsOf }
}

/** Groups that can be made may yet take no process of another: tried once. */
async function usableCgroups(mounts: readonly Mount[]): Promise<CgroupRoot | undefined> {
  const cgroups = findCgroups()
  if (cgroups === undefined) return undefined
  await using box = await openBox({}, mounts, cgroups, {})
  return box.exec(['true']).then(
    () => cgroups,
    () => undefined,
  )
}

function refused(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error)
  // An engine's own filter forbids them too: what a container is told of the kernel alone sends people the wrong way.
  const how = ['/.dockerenv', '/run/.containerenv'].some((mark) => existsSync(mark))
    ? 'start this container with --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined'
    : 'sysctl kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0'
  return `${said.replace(/ See <.*/s, '').replace(/[.,]$/, '')}; user namespaces must be allowed (${how}).`
}

async function openBox(
  spec: BoxSpec,
  system: readonly Mount[],
  cgroups: CgroupRoot | undefined,
  runtimes: Sandbox['runtimes'],
): Promise<Sandbox> {
  const own = limitsOf(spec.limits)
  const asked = checkMounts(spec.mounts ?? [])
  const mounts = [...system, ...asked.filter(({ copyOnWrite }) => !copyOnWrite)]
  const writables = await Promise.all(
    asked.filter(({ copyOnWrite }) => copyOnWrite).map((mount) => writable(mount, own)),
  )
  const ground = await layGround(mounts, writables, boxEnv(spec), own, cgroups)
  const alive = new Set<Promise<BoxedCommand>>()
  const closing = new AbortController()
  const begin = async (command: readonly string[], limits: Limits, timeoutSec: number | undefined) => {
    if (closing.signal.aborted) throw new SandboxError('failed', 'The box is closed; open another.')
    const launched = launch(ground, command, limits, timeoutSec)
    alive.add(launched)
    const running = await launched.catch((error) => {
      alive.delete(launched)
      throw new SandboxError('failed', `bubblewrap could not start ${command[0]}: ${error.message}`, error)
    })
    void running.exited.then(() => alive.delete(launched))
    return running
  }
  const exec = async (command: readonly string[], options: ExecOptions = {}) => {
    const limits = limitsOf(spec.limits, options.limits)
    const running = await begin(command, limits, limits.timeoutSec)
    const result = await complete(running, limits, options, closing.signal)
    if (result.reason === 'ok' && !running.began()) {
      const said = new TextDecoder().decode(result.stderr).split('\n', 1)[0]
      throw new SandboxError(
        'failed',
        `bubblewrap could not start ${command[0]}: ${said || `exit ${result.code}`}`,
      )
    }
    return result
  }
  return {
    runtimes,
    forks: true,
    write: (files) => writeFiles(exec, files),
    read: (paths) => readFiles(exec, paths, own),
    exec,
    async start(command, options = {}) {
      const limits = limitsOf(spec.limits, options.limits)
      const timeoutSec = options.limits?.timeoutSec
      return stay(await begin(command, limits, timeoutSec), limits, timeoutSec, closing.signal)
    },
    async [Symbol.asyncDispose]() {
      if (closing.signal.aborted) return
      closing.abort()
      await Promise.all([...alive].map(async (launched) => (await launched.catch(() => undefined))?.kill()))
      leaveGround(ground)
    },
  }
}

async function writable(mount: Mount, limits: Limits): Promise<Writable> {
  const [size, { uid }] = await Promise.all([folderSize(mount.source), stat(mount.source)])
  return { ...mount, bytes: size.bytes + limits.diskBytes, owned: uid === process.getuid?.() && uid !== 0 }
}

function boxEnv(spec: BoxSpec): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/tmp/work',
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    ...spec.env,
  }
}

function checkMounts(mounts: readonly Mount[]): readonly Mount[] {
  const uid = process.getuid?.() === 0 ? unprivileged : undefined
  for (const { source } of mounts)
    if (!readable(source, uid))
      throw new SandboxError(
        'failed',
        `The box's user (uid ${uid ?? process.getuid?.()}) cannot read ${source}; copy it to where it can, or write it into the box.`,
      )
  return mounts
}
