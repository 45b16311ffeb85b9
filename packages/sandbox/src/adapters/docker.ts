import { setTimeout as delay } from 'node:timers/promises'
import { type Box, type Copied, copyCommand, createBox } from '../docker/container.js'
import { type FoundEngine, findEngine, requireEngine } from '../docker/engine.js'
import { bringsFilter } from '../docker/hardening.js'
import { findImage } from '../docker/image.js'
import { knownRuntimes, rememberRuntimes } from '../docker/known-images.js'
import { SandboxError } from '../errors.js'
import { folderSize } from '../folder.js'
import { limitsOf } from '../limits.js'
import { KnownToolChains, toolChainPlaces, versionsOf } from '../runtimes.js'
import type { BoxSpec, ExecOptions, Files, Limits, Mount, Sandbox, SandboxDriver } from '../spec.js'
import { complete, type Running, stay } from '../supervise.js'
import { readFiles, writeFiles } from '../tar.js'

/**
 * Containers of Docker or podman. The commands of one box share a process table: ending one by force ends them
 * all, and limits of memory, processes and cores hold for all together.
 */
export const driver: SandboxDriver = docker()

export interface DockerOptions {
  /** OCI runtime that the engine knows: `runsc`, `crun`, `kata`. `BENCH_SANDBOX_RUNTIME` by default, else the engine's own. */
  readonly runtime?: string
  /** Address of the engine: `unix:///run/podman/podman.sock`. `DOCKER_HOST` by default, else the usual sockets. */
  readonly host?: string
}

export function docker(options: DockerOptions = {}): SandboxDriver {
  let known: Promise<FoundPlace> | undefined
  /** Asked once: neither an image nor an engine's runtime changes under its name. */
  const place = (tried = false) => {
    known ??= findPlace(options, tried).catch((error) => {
      known = undefined
      throw error
    })
    return known
  }
  return {
    name: 'docker',
    isolates: true,
    kinds: ['io', 'assert'],
    async probe(toolChains) {
      known = undefined // Something may have been started, built or installed since.
      const found = await findEngine(options.host)
      if (!('engine' in found)) return found
      try {
        const { at, runtimes, toolChains: known } = await place(true)
        const found = { ...runtimes, ...(await known.of(toolChains)) }
        const version = at.runtime === undefined ? at.version : `${at.version} (${at.runtime})`
        const notes = bringsFilter(at) ? [] : ["system calls are filtered by the engine's own rules"]
        return { ok: true, version, runtimes: found, notes }
      } catch (error) {
        if (error instanceof ImageMissing) return { ok: false, code: 'image_missing', reason: error.message }
        return { ok: false, code: 'unsupported', reason: `Docker: ${(error as Error).message}` }
      }
    },
    async open(spec = {}) {
      const at = await place()
      return openBox({ ...at, runtimes: await runtimesFor(at, spec) }, spec)
    },
    async forkServer(spec) {
      const found = await place()
      const { openInContainer } = await import('../fork-server/docker.js')
      return openInContainer(found.at, found.image, spec, await runtimesFor(found, spec))
    },
  }
}

/** Where boxes are made, and of what. */
export interface Place {
  readonly at: FoundEngine
  readonly image: string
  readonly runtimes: Sandbox['runtimes']
}

/** … and of what else on request. */
interface FoundPlace extends Place {
  readonly toolChains: KnownToolChains
}

const runtimesFor = async ({ runtimes, toolChains }: FoundPlace, spec: Pick<BoxSpec, 'toolChains'>) => ({
  ...runtimes,
  ...(await toolChains.of(spec.toolChains)),
})

class ImageMissing extends SandboxError {}

/**
 * @param tried whether a container must have been started to tell
 * @throws SandboxError `unavailable`
 */
async function findPlace(options: DockerOptions, tried: boolean): Promise<FoundPlace> {
  const runtime = options.runtime ?? (process.env.BENCH_SANDBOX_RUNTIME || undefined)
  const found = await requireEngine(options.host)
  const at = runtime === undefined ? found : { ...found, runtime }
  const image = await findImage(at.engine)
  if (image === undefined) {
    const named = process.env.BENCH_SANDBOX_IMAGE
    const remedy = named ? `pull or load ${named}, or unset BENCH_SANDBOX_IMAGE` : 'run: bench sandbox build'
    throw new ImageMissing(
      'unavailable',
      `Docker: there is no image ${named || 'for the sandbox'}; ${remedy}`,
    )
  }
  const { Id: id } = await at.engine.getImage(image).inspect()
  const toolChains = new KnownToolChains(async (name) => {
    await using box = await openBox({ at, image, runtimes: {} }, {})
    return (await versionsOf(box, { [name]: toolChainPlaces[name] }))[name]
  })
  const known = tried ? undefined : await knownRuntimes(id)
  if (known) return { at, image, runtimes: known, toolChains }
  await using box = await openBox({ at, image, runtimes: {} }, {})
  const runtimes = await versionsOf(box, {
    python: ['/usr/bin/python3', '/usr/local/bin/python3'],
    node: ['/usr/bin/node', '/usr/local/bin/node'],
  })
  await rememberRuntimes(id, runtimes)
  return { at, image, runtimes, toolChains }
}

async function openBox({ at, image, runtimes }: Place, spec: BoxSpec): Promise<Sandbox> {
  const own = limitsOf(spec.limits)
  const copied = await Promise.all((spec.mounts ?? []).filter(({ copyOnWrite }) => copyOnWrite).map(sized))
  const fresh = async () => {
    try {
      return await createBox(at, image, spec, own, copied)
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
    await prepare()
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
  const prepare = async () => {
    for (const copy of copied) {
      const { code, stderr } = await exec(copyCommand(copy), { limits: { timeoutSec: 120 } })
      if (code === 0) continue
      const said = new TextDecoder().decode(stderr).split('\n', 1)[0]
      throw new SandboxError(
        'failed',
        `Docker could not copy ${copy.source} into the box: ${said || `exit ${code}`}`,
      )
    }
  }
  try {
    await prepare()
  } catch (error) {
    await destroy()
    throw error
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

async function sized(mount: Mount, index: number): Promise<Copied> {
  return { ...mount, ...(await folderSize(mount.source)), from: `/mnt/prepared/${index}` }
}

function failed(command: readonly string[], error: unknown): SandboxError {
  return new SandboxError(
    'failed',
    `Docker could not start ${command[0]}: ${(error as Error).message}`,
    error,
  )
}
