/** A fork server in one bubblewrap: the agent is the first process of its pid namespace. */
import { type CgroupRoot, createCgroup } from '../bubblewrap/cgroup.js'
import { begin, exitOf, fd } from '../bubblewrap/child.js'
import { inheritedDescriptors } from '../bubblewrap/descriptors.js'
import { destroy, identify } from '../bubblewrap/process.js'
import { agentArgs } from '../bubblewrap/root.js'
import { createWatch } from '../bubblewrap/watch.js'
import { SandboxError } from '../errors.js'
import { limitsOf } from '../limits.js'
import type { ForkServer, ForkServerSpec, Limits, Mount, Runtime } from '../spec.js'
import { agentCommand, agentEnv, opening, spareNodes } from './agent.js'
import { type AgentBox, serve } from './server.js'

const layout = { mode: 'namespaces', scratch: '/tmp', programs: '/programs' } as const

/** What the agent itself may use beside its jobs. */
const own = { memoryBytes: 96 * 2 ** 20, pids: 16, programBytes: 32 * 2 ** 20 }

/** @param mounts what the runtimes need, and what the spec asks for. @throws SandboxError `unavailable` or `unsupported` */
export async function openInNamespaces(
  mounts: readonly Mount[],
  cgroups: CgroupRoot | undefined,
  spec: ForkServerSpec,
  runtimes: Readonly<Record<string, Runtime>>,
): Promise<ForkServer> {
  if (runtimes.python === undefined)
    throw new SandboxError('unsupported', 'A fork server needs Python 3 below /usr: apt-get install python3')
  const limits = limitsOf(spec.limits)
  const spare = spareNodes(spec)
  const command = agentCommand(runtimes.python.command)
  const whole: Limits = {
    ...limits,
    memoryBytes: limits.memoryBytes + own.memoryBytes + spare * 64 * 2 ** 20,
    pids: 2 * limits.pids + own.pids + spare * 16,
  }
  const box = await launch([...boxArgs(mounts, agentEnv), '--', ...command], cgroups, whole)
  const first = opening(layout, spec, limits, runtimes.node)
  return serve(box, first, Object.keys(spec.programs), limits, runtimes)
}

function boxArgs(mounts: readonly Mount[], env: Readonly<Record<string, string>>): string[] {
  return [
    ...['--unshare-all', '--unshare-user', '--uid', '1000', '--gid', '1000', '--cap-add', 'CAP_SYS_ADMIN'],
    ...['--hostname', 'sandbox', '--die-with-parent', '--new-session', '--as-pid-1', '--clearenv'],
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
    ...agentArgs(mounts, own.programBytes),
    ...['--chdir', '/', '--json-status-fd', String(fd.status), '--block-fd', String(fd.block)],
  ]
}

async function launch(
  args: readonly string[],
  cgroups: CgroupRoot | undefined,
  limits: Limits,
): Promise<AgentBox> {
  const cgroup = cgroups ? createCgroup(cgroups, limits) : createWatch(limits, { sparing: true })
  const child = begin('bwrap', args, inheritedDescriptors(), [])
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-2000)
  })
  const exited = exitOf(child)
  const pid = await child.pid
  const first = pid === undefined ? undefined : identify(pid)
  const end = async () => {
    if (first !== undefined) await destroy(first)
    child.process.kill('SIGKILL') // Which waits for the first and ends with it, if it is not stopped.
    await exited
    await cgroup.remove()
  }
  let ending: Promise<void> | undefined
  const kill = () => {
    ending ??= end()
    return ending
  }
  try {
    if (first !== undefined) cgroup.add(first.pid)
  } catch (error) {
    await kill()
    throw new SandboxError(
      'failed',
      `Could not limit a box by control group: ${(error as Error).message}`,
      error,
    )
  }
  child.unblock()
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    ended: exited.then(() => said.trim().split('\n').at(-1) ?? ''),
    kill,
    outOfMemory: () => cgroup.memory().kills,
  }
}
