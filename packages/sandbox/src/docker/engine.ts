/** Finding a container engine: Docker's, or podman's in the same language. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type Docker from 'dockerode'
import { SandboxError } from '../errors.js'
import type { Probe } from '../spec.js'

export type Refusal = Extract<Probe, { ok: false }>

/** An engine that answered. */
export interface FoundEngine {
  readonly engine: Docker
  /** With its name: `Docker Engine 20.10.24`. */
  readonly version: string
  readonly podman: boolean
  /** OCI runtime to use where not the engine's own: `runsc`, `crun`, `kata`. */
  readonly runtime?: string
}

/**
 * The first engine that answers, or what to do so that one does.
 * @param host address of the engine; by default that of DOCKER_HOST, else the usual sockets
 */
export async function findEngine(host = process.env.DOCKER_HOST): Promise<FoundEngine | Refusal> {
  const { default: Engine } = await import('dockerode')
  const sockets = host ? [host] : usualSockets().filter((path) => existsSync(path))
  let refusal = nowhere()
  for (const socket of sockets) {
    const path = socket.replace(/^unix:\/\//, '')
    // With no socket given, dockerode reads DOCKER_HOST and its certificates from the environment.
    const engine = path.startsWith('/') ? new Engine({ socketPath: path }) : new Engine()
    try {
      const { Version, Components } = await engine.version()
      const podman = Components?.[0]?.Name?.startsWith('Podman') ?? false
      return { engine, version: `${podman ? 'podman' : 'Docker Engine'} ${Version}`, podman }
    } catch (error) {
      refusal = silence(socket, error as NodeJS.ErrnoException)
    }
  }
  return refusal
}

/** @throws SandboxError `unavailable` */
export async function requireEngine(host?: string): Promise<FoundEngine> {
  const found = await findEngine(host)
  if ('engine' in found) return found
  throw new SandboxError('unavailable', found.reason)
}

function usualSockets(): string[] {
  const runtime = process.env.XDG_RUNTIME_DIR
  return [
    '/var/run/docker.sock',
    ...(runtime ? [`${runtime}/podman/podman.sock`] : []),
    '/run/podman/podman.sock',
  ]
}

function nowhere(): Refusal {
  const installed = ['dockerd', 'podman', 'docker'].find((name) =>
    (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name))),
  )
  return installed
    ? {
        ok: false,
        code: 'not_running',
        reason: `Docker: ${installed} is installed but no engine listens; start Docker, or: systemctl --user start podman.socket`,
      }
    : {
        ok: false,
        code: 'not_installed',
        reason: 'Docker: neither Docker nor podman is installed; see https://docs.docker.com/engine/install',
      }
}

function silence(socket: string, error: NodeJS.ErrnoException): Refusal {
  if (error.code === 'EACCES' || error.code === 'EPERM')
    return {
      ok: false,
      code: 'no_permission',
      reason: `Docker: no permission to use ${socket}; join its group: sudo usermod -aG docker $USER, then log in again`,
    }
  return {
    ok: false,
    code: 'not_running',
    reason: `Docker: no engine answers at ${socket} (${error.code ?? error.message}); start Docker`,
  }
}
