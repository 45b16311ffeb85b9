/** Care of Docker from outside a run; imported only when asked for, as the drivers are. */
import type { BuildOptions } from './docker/image.js'

export type { BuildOptions }

/** Builds the image that Docker boxes are made from; its name. @throws SandboxError `unavailable` or `failed` */
export async function buildImage(options: BuildOptions = {}): Promise<string> {
  return (await import('./docker/image.js')).buildImage(options)
}

/** Removes every container that a harness has left, also of one that was killed; how many. @throws SandboxError `unavailable` */
export async function cleanContainers(): Promise<number> {
  return (await import('./docker/clean.js')).cleanContainers()
}
