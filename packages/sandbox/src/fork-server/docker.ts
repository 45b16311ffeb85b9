/** A fork server in a container. */
import { randomInt } from 'node:crypto'
import type Docker from 'dockerode'
import { attach, label, memoryDisk, removeContainer } from '../docker/container.js'
import { demux } from '../docker/demux.js'
import type { FoundEngine } from '../docker/engine.js'
import { hardening } from '../docker/hardening.js'
import { SandboxError } from '../errors.js'
import { limitsOf } from '../limits.js'
import type { ForkServer, ForkServerSpec, Limits, Runtime } from '../spec.js'
import { agentCommand, agentEnv, opening, spareNodes } from './agent.js'
import { type AgentBox, serve } from './server.js'

const layout = { mode: 'users', scratch: '/tmp', programs: '/programs' } as const

/** Users that no image has; where an engine maps them there are 65,536 in all. A box has a block of them. */
const users = { first: 20_000, blocks: 200, each: 200 }

/** Two harnesses on one machine seldom begin at the same one. */
let block = randomInt(users.blocks)

function nextUsers(): readonly [first: number, count: number] {
  block = (block + 1) % users.blocks
  return [users.first + block * users.each, users.each]
}

/** What the agent itself may use beside its jobs. */
const own = { memoryBytes: 96 * 2 ** 20, pids: 16, programBytes: 32 * 2 ** 20 }

/** @throws SandboxError `unavailable` or `unsupported` */
export async function openInContainer(
  at: FoundEngine,
  image: string,
  spec: ForkServerSpec,
  runtimes: Readonly<Record<string, Runtime>>,
): Promise<ForkServer> {
  if (runtimes.python === undefined)
    throw new SandboxError(
      'unsupported',
      `A fork server needs Python 3, and ${image} has none; build another.`,
    )
  const limits = limitsOf(spec.limits)
  const box = await createContainer(at.engine, settings(at, image, runtimes.python.command, spec, limits))
  const first = opening({ ...layout, users: nextUsers() }, spec, limits, runtimes.node)
  return serve(box, first, Object.keys(spec.programs), limits, runtimes)
}

async function createContainer(engine: Docker, options: Docker.ContainerCreateOptions): Promise<AgentBox> {
  try {
    const container = await engine.createContainer(options)
    const stream = await attach(container)
    await container.start()
    const { stdout, stderr, ended } = demux(stream)
    let said = ''
    stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said = (said + chunk).slice(-2000)
    })
    let ending: Promise<void> | undefined
    const remove = async () => {
      stream.destroy()
      await removeContainer(container)
    }
    return {
      stdin: stream,
      stdout,
      ended: ended.then(() => said.trim().split('\n').at(-1) ?? ''),
      kill() {
        ending ??= remove()
        return ending
      },
    }
  } catch (error) {
    throw new SandboxError('unavailable', `Docker could not make a box: ${(error as Error).message}`, error)
  }
}

function settings(
  at: FoundEngine,
  image: string,
  python: string,
  spec: ForkServerSpec,
  limits: Limits,
): Docker.ContainerCreateOptions {
  const inodes = Math.max(64, Math.floor(limits.diskBytes / 4096))
  const spare = spareNodes(spec)
  const memory = limits.memoryBytes + own.memoryBytes + spare * 64 * 2 ** 20
  return {
    Image: image,
    Entrypoint: [...agentCommand(python)],
    Cmd: [],
    Env: Object.entries(agentEnv).map(([name, value]) => `${name}=${value}`),
    User: '0:0', // Of the agent, which gives each job a user of its own.
    WorkingDir: '/',
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Labels: { [label]: String(process.pid) },
    HostConfig: {
      Memory: memory,
      MemorySwap: memory,
      PidsLimit: 2 * limits.pids + own.pids + spare * 16,
      NanoCpus: Math.round(limits.cpus * 1e9),
      ...hardening(at),
      CapAdd: ['SETUID', 'SETGID', 'KILL', 'CHOWN'],
      AutoRemove: true,
      Tmpfs: {
        '/tmp': `${memoryDisk(at, 2 * limits.diskBytes, 2 * inodes)},mode=0711`,
        '/programs': `rw,noexec,nosuid,nodev,size=${own.programBytes},mode=0755`,
      },
      Mounts: (spec.mounts ?? []).map(({ source, target }) => ({
        Type: 'bind',
        Source: source,
        Target: target,
        ReadOnly: true,
      })),
      Ulimits: [
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'msgqueue', Soft: 0, Hard: 0 }, // Engines mount a writable /dev/mqueue.
        { Name: 'nofile', Soft: 1024, Hard: 1024 },
        // Counted by user over all containers: only a backstop, and podman's own default may be more than it may set.
        { Name: 'nproc', Soft: 4096, Hard: 4096 },
      ],
    },
  }
}
