/** One container is one box: an idle supervisor as its first process, commands by `exec` as an ordinary user. */
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import type { BoxSpec, Limits, Mount } from '../spec.js'
import type { Running } from '../supervise.js'
import { demux } from './demux.js'
import type { FoundEngine } from './engine.js'
import { exitOf } from './exit.js'
import { hardening } from './hardening.js'
import { conversation, supervisor, workFolder } from './supervisor.js'

/** By which `bench clean` knows its own. */
export const label = 'bench.sandbox'

const commandUser = '65534:65534'
const closed = 'rw,noexec,nosuid,nodev,size=4096,mode=0700'

export interface Box {
  readonly container: Docker.Container
  /** Kills every command in the box; how often memory ran out so far. Rejects where the supervisor is silent. */
  sweep(): Promise<number>
  /** Kills the container and waits until the engine has removed it. */
  remove(): Promise<void>
  /** Holds commands from here on to other limits of memory, processes and cores. */
  limit(limits: Limits): Promise<void>
  run(command: readonly string[], hooks: { end(): Promise<boolean> }): Promise<Running>
}

/** A mount whose commands write to a copy of it, in the box's memory. */
export interface Copied extends Mount {
  /** Where what is copied lies in the container. */
  readonly from: string
  /** Bytes of it, in whole pages; and how many files, folders and links. */
  readonly bytes: number
  readonly inodes: number
}

/** Copies as the commands' user, to whom all of it then belongs, but for the folder that it is copied into. */
export function copyCommand({ from, target }: Copied): readonly string[] {
  const script = `
    to=$1
    set --
    for name in * .[!.]* ..?*; do
      if [ -e "$name" ] || [ -L "$name" ]; then set -- "$@" "$name"; fi
    done
    [ $# = 0 ] || exec cp -RP --preserve=mode,timestamps,links -- "$@" "$to"`
  return ['/bin/sh', '-c', `cd "$2" && { ${script}; }`, 'sh', target, from]
}

/** @throws SandboxError `unavailable` */
export async function createBox(
  at: FoundEngine,
  image: string,
  spec: BoxSpec,
  limits: Limits,
  copied: readonly Copied[] = [],
): Promise<Box> {
  const extra = copied.reduce((sum, { bytes }) => sum + bytes, 0)
  const container = await at.engine.createContainer(settings(at, image, spec, limits, copied, extra))
  const stream = await attach(container)
  await container.start()
  const ask = conversation(stream)
  let held = limits
  const box: Box = {
    container,
    sweep: () => ask(),
    async remove() {
      await removeContainer(container)
      stream.destroy()
    },
    async limit(wanted) {
      const same = ['memoryBytes', 'pids', 'cpus'] as const
      if (same.every((name) => wanted[name] === held[name])) return
      await container.update(resources(wanted, extra))
      held = wanted
    },
    run: (command, hooks) => run(at, container, command, spec, hooks),
  }
  try {
    await ask('ready')
    return box
  } catch (error) {
    await box.remove()
    throw error
  }
}

/** Its options go into the address: podman would pass a body on to the container's stdin. */
export async function attach(container: Docker.Container): Promise<Duplex> {
  const options = {
    _query: { stream: true, stdin: true, stdout: true, stderr: true },
    _body: {},
    hijack: true,
  }
  return (await container.attach(options as Docker.ContainerAttachOptions)) as Duplex
}

function settings(
  at: FoundEngine,
  image: string,
  spec: BoxSpec,
  limits: Limits,
  copied: readonly Copied[],
  extra: number,
): Docker.ContainerCreateOptions {
  const inodes = Math.max(64, Math.floor(limits.diskBytes / 4096))
  return {
    Image: image,
    Entrypoint: ['/bin/sh', '-c', supervisor],
    Cmd: [],
    User: '0:0', // Of the supervisor, with the one capability to kill what is not its own; never of a command.
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    Labels: { [label]: String(process.pid) },
    HostConfig: {
      ...resources(limits, extra),
      ...hardening(at),
      CapAdd: ['KILL'],
      AutoRemove: true,
      Tmpfs: {
        '/tmp': `${memoryDisk(at, limits.diskBytes, inodes)},mode=1777`,
        ...Object.fromEntries(copied.map((copy) => [copy.target, roomFor(at, copy, limits)])),
        // podman makes these itself, open to all and without a size.
        ...(at.podman ? { '/run': closed, '/var/tmp': closed } : {}),
      },
      Mounts: [
        ...(spec.mounts ?? []).filter(({ copyOnWrite }) => !copyOnWrite),
        ...copied.map(({ source, from }) => ({ source, target: from })),
      ].map(({ source, target }) => ({ Type: 'bind', Source: source, Target: target, ReadOnly: true })),
      Ulimits: [
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'msgqueue', Soft: 0, Hard: 0 }, // Engines mount a writable /dev/mqueue.
        { Name: 'nofile', Soft: 1024, Hard: 1024 },
        { Name: 'fsize', Soft: limits.diskBytes, Hard: limits.diskBytes },
        // Counted by user over all containers: only a backstop, and podman's own default may be more than it may set.
        { Name: 'nproc', Soft: 4096, Hard: 4096 },
      ],
    },
  }
}

/** podman has no word for the number of files: there, their memory is what ends them. */
export function memoryDisk({ podman }: FoundEngine, bytes: number, inodes: number): string {
  return `rw,exec,nosuid,nodev,size=${bytes}${podman ? '' : `,nr_inodes=${inodes}`}`
}

function roomFor(at: FoundEngine, { bytes, inodes }: Copied, limits: Limits): string {
  const more = Math.floor(limits.diskBytes / 4096)
  return `${memoryDisk(at, bytes + limits.diskBytes, inodes + more)},mode=0777`
}

/** @param extra bytes of files that lie in memory, and are none of the commands' doing */
function resources(limits: Limits, extra: number) {
  return {
    Memory: limits.memoryBytes + extra,
    MemorySwap: limits.memoryBytes + extra,
    PidsLimit: limits.pids + 1, // The supervisor is one.
    NanoCpus: Math.round(limits.cpus * 1e9),
  }
}

async function run(
  at: FoundEngine,
  container: Docker.Container,
  command: readonly string[],
  spec: BoxSpec,
  hooks: { end(): Promise<boolean> },
): Promise<Running> {
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: workFolder,
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    ...spec.env,
  }
  const unasked = ['container', 'TERM', 'HOSTNAME'].filter((name) => !(name in env)) // Of engines.
  const exec = await container.exec({
    Cmd: ['/bin/sh', '-c', `unset _ ${unasked.join(' ')}; exec "$@"`, 'sh', ...command],
    User: commandUser,
    WorkingDir: workFolder,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  })
  const stream = (await exec.start({ hijack: true, stdin: true })) as Duplex
  stream.on('error', () => {})
  const { stdout, stderr, ended } = demux(stream)
  let exhausted = false
  let ending: Promise<void> | undefined
  const exited = exitOf(at, exec, ended)
  const end = async () => {
    exhausted = await hooks.end()
    await exited
  }
  return {
    stdin: stream,
    stdout,
    stderr,
    exited,
    kill() {
      ending ??= end()
      return ending
    },
    memory: () => ({ exhausted }),
  }
}

/** Kills it and waits until the engine has removed it. @throws the engine's error where it stays */
export async function removeContainer(container: Docker.Container): Promise<void> {
  for (let wait = 10; ; wait *= 2) {
    try {
      return await container.remove({ force: true, v: true })
    } catch (error) {
      const { statusCode } = error as { statusCode?: number }
      if (statusCode === 404) return // Removed by itself.
      // 409: being removed. 500: podman found it dead while it killed it. The next attempt tells.
      if ((statusCode !== 409 && statusCode !== 500) || wait > 5000) throw error
      await delay(wait)
    }
  }
}
