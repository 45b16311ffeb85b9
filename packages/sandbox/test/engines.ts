/** The container engines that are here to be tested, with the image that this machine can make. */
import { buildImage } from '@bench/sandbox'
import { docker } from '../src/adapters/docker.js'
import { findEngine } from '../src/docker/engine.js'

export interface TestedEngine {
  readonly name: 'docker' | 'podman'
  readonly host: string
  /** Why it cannot be tested. */
  readonly reason?: string
}

/** `.ci/services` tells where they listen. */
const hosts = {
  docker: process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock',
  podman: process.env.BENCH_TEST_PODMAN ?? 'unix:///run/podman/podman.sock',
}

export const engines: readonly TestedEngine[] = [
  await tested('docker', hosts.docker),
  await tested('podman', hosts.podman),
]

async function tested(name: TestedEngine['name'], host: string): Promise<TestedEngine> {
  const found = await findEngine(host)
  if (!('engine' in found)) return { name, host, reason: found.reason }
  let probe = await docker({ host }).probe()
  if (!probe.ok && probe.code === 'image_missing' && process.platform === 'linux') {
    await buildImage({ from: 'host', engine: found.engine })
    probe = await docker({ host }).probe()
  }
  return probe.ok ? { name, host } : { name, host, reason: probe.reason }
}
