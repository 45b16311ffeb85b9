/** A fork server on this machine, in no box: for code that you would run by hand. */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SandboxError } from '../errors.js'
import { limitsOf } from '../limits.js'
import { endsWithUs } from '../process-groups.js'
import type { ForkServer, ForkServerSpec, Runtime } from '../spec.js'
import { agentCommand, agentEnv, opening } from './agent.js'
import { boxOf } from './child.js'
import { serve } from './server.js'

/** @throws SandboxError `unsupported` or `unavailable` */
export async function openBare(
  spec: ForkServerSpec,
  runtimes: Readonly<Record<string, Runtime>>,
): Promise<ForkServer> {
  if (process.platform === 'win32' || runtimes.python === undefined)
    throw new SandboxError(
      'unsupported',
      'A fork server needs Python 3 and a system that forks; use Docker here.',
    )
  if (spec.mounts?.length)
    throw new SandboxError('unsupported', 'The process driver has no mounts; read the files where they are.')
  const limits = limitsOf(spec.limits)
  const folder = await mkdtemp(join(tmpdir(), 'bench-process-'))
  const layout = { mode: 'bare', scratch: join(folder, 'jobs'), programs: join(folder, 'programs') } as const
  await Promise.all([mkdir(layout.scratch), mkdir(layout.programs)])
  const [file = '', ...args] = agentCommand(runtimes.python.command)
  const child = spawn(file, args, { cwd: folder, env: { ...agentEnv }, detached: true, stdio: 'pipe' })
  endsWithUs(child)
  const box = boxOf(child, () => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  return serve(
    box,
    opening(layout, spec, limits, runtimes.node),
    Object.keys(spec.programs),
    limits,
    runtimes,
  )
}
