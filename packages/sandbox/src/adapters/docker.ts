import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import { type Box, createBox } from '../docker/container.js'
import { findEngine, requireEngine } from '../docker/engine.js'
import { imageName } from '../docker/image.js'
import { SandboxError } from '../errors.js'
import { limitsOf } from '../limits.js'
import { versionsOf } from '../runtimes.js'
import type { BoxSpec, ExecOptions, Files, Limits, Sandbox, SandboxDriver } from '../spec.js'
import { complete, type Running, stay } from '../supervise.js'
import { readFiles, writeFiles } from '../tar.js'

/**
 * Containers of Docker or podman. The commands of one box share a process table: ending one by force ends them
 * all, and limits of memory, processes and cores hold for all together.
 */
export const driver: SandboxDriver = {
  name: 'docker',
  isolates: true,
  kinds: ['io', 'assert'],
  async probe() {
    known = undefined
    const found = await findEngine()
    if (!('engine' in found)) return found
    const image = imageName()
    try {
      await found.engine.getImage(image).inspect()
    } catch {
      return {
        ok: false,
        code: 'image_missing',
        reason: `Docker: there is no image ${image}; run: bench sandbox build`,
      }
    }
    try {
      return { ok: true, version: found.version, runtimes: await runtimes(found.engine), notes: [] }
    } catch (error) {
      return { ok: false, code: 'unsupported', reason: `Docker: ${(error as Error).message}` }
    }
  },
  async open(spec = {}) {
    const engine = await requireEngine()
    return openBox(engine, spec, await runtimes(engine))
  },
  async forkServer(spec) {
    const engine = await requireEngine()
    const { openInContainer } = await import('../fork-server/docker.js')
    return openInContainer(engine, imageName(), spec, await runtimes(engine))
  },
}

let known: Promise<Sandbox['runtimes']> | undefined

/** Asked once: an image does not change under its name. */
function runtimes(engine: Docker): Promise<Sandbox['runtimes']> {
  const ask = async () => {
    await using box = await openBox(engine, {}, {})
    return await versionsOf(box, {
      python: ['/usr/bin/python3', '/usr/local/bin/python3'],
      node: ['/usr/bin/node', '/usr/local/bin/node'],
    })
  }
  known ??= ask().catch((error) => {
    known = undefined
    throw error
  })
  return known
}

async function openBox(engine: Docker, spec: BoxSpec, runtimes: Sandbox['runtimes']): Promise<Sandbox> {
  const own = limitsOf(spec.limits)
  const fresh = async () => {
    try {
      return await createBox(engine, imageName(), spec, own)
    } catch (error) {
      throw new SandboxError('unavailable', `Docker could not make a box: ${(error as Error).message}`, error)
    }
  }
  let box: Box | undefined = await fresh()
  let written: Files = {}
  let kills = 0
  const closing = new AbortController()
  const alive = new Set<Running>()

  const current = async (): Promise<Box> => {
    if (closing.signal.aborted) throw new SandboxError('failed', 'The box is closed; open another.')
    if (box !== undefined) return box
    // The last container had to be killed as a whole: what was written by us is there again, the rest is not.
    box = await fresh()
    kills = 0
    await writeFiles(exec, written)
    return box
  }
  const destroy = async () => {
    const broken = box
    box = undefined
    await broken?.remove()
  }
  /** Whatever a command has left is ended, unless that would end another that still runs. */
  const end = async (running: Running, forced: boolean): Promise<boolean> => {
    alive.delete(running)
    if (!forced && alive.size > 0) return false
    try {
      // A command told to end before the engine has begun it comes after the first sweep.
      for (let round = 0; round < 20 && box !== undefined; round++) {
        const [before, now] = [kills, await box.sweep()]
        kills = now
        if (await Promise.race([running.exited.then(() => true), delay(100, false)])) return now > before
      }
    } catch {
      // Its supervisor is silent: the container goes as a whole.
    }
    await destroy()
    return false
  }
  const begin = async (command: readonly string[], limits: Limits): Promise<Running> => {
    const attempt = async () => {
      const place = await current()
      await place.limit(limits)
      let over = false
      const running: Running = await place.run(command, { end: () => end(running, !over) })
      alive.add(running)
      void running.exited.then(() => {
        over = true
      })
      return running
    }
    try {
      return await attempt()
    } catch (error) {
      // What ran before may have left no room for a process, or have died with the container: once more, afresh.
      if (closing.signal.aborted || alive.size > 0) throw failed(command, error)
      await destroy()
      return attempt().catch((again) => {
        throw failed(command, again)
      })
    }
  }
  const exec = async (command: readonly string[], options: ExecOptions = {}) => {
    const limits = limitsOf(spec.limits, options.limits)
    return complete(await begin(command, limits), limits, options, closing.signal)
  }
  return {
    runtimes,
    forks: true,
    async write(files) {
      await writeFiles(exec, files)
      written = { ...written, ...files }
    },
    read: (paths) => readFiles(exec, paths, own),
    exec,
    async start(command, options = {}) {
      const limits = limitsOf(spec.limits, options.limits)
      return stay(await begin(command, limits), limits, options.limits?.timeoutSec, closing.signal)
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await destroy()
    },
  }
}

function failed(command: readonly string[], error: unknown): SandboxError {
  return new SandboxError(
    'failed',
    `Docker could not start ${command[0]}: ${(error as Error).message}`,
    error,
  )
}
