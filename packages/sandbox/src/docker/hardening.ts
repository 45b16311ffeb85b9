import { readFileSync } from 'node:fs'
import type Docker from 'dockerode'
import type { FoundEngine } from './engine.js'
import { recipe } from './recipes.js'

/**
 * What keeps a container's programs from its engine and from the kernel, whoever they run as. The filter of system
 * calls is our own, since engines' differ: Docker 20.10 allows io_uring and sockets to the machine below, podman 4.3
 * allows namespaces and mounts. What it does not name does not exist for a program.
 */
export function hardening(at: FoundEngine): Docker.HostConfig {
  return {
    NetworkMode: 'none',
    IpcMode: 'none',
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges', ...seccomp(at)],
    LogConfig: { Type: 'none', Config: {} },
    ...(at.runtime === undefined ? {} : { Runtime: at.runtime }),
  }
}

/** Whether {@link hardening} brings a filter of our own; otherwise the engine's applies. */
export function bringsFilter({ podman }: FoundEngine): boolean {
  return !podman || process.platform === 'linux'
}

/** Docker is sent the profile; podman is told where it lies, which only an engine on this machine can read. */
function seccomp(at: FoundEngine): string[] {
  if (!bringsFilter(at)) return []
  const path = recipe('seccomp.json')
  return [`seccomp=${at.podman ? path : JSON.stringify(JSON.parse(readFileSync(path, 'utf8')))}`]
}
