/** The image that boxes are made from, and how it comes to be. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type Docker from 'dockerode'
import { pack } from 'tar-stream'
import { SandboxError } from '../errors.js'
import type { ToolChain } from '../spec.js'
import { requireEngine } from './engine.js'
import { recipe } from './recipes.js'

const repository = 'bench/sandbox'
/** Under which an image tells the recipes it was made by: those of another version of ours are not used. */
const label = 'bench.recipes'

export interface BuildOptions {
  /**
   * `registry` builds on public base images; `host` packs this machine's own Python and Node (Linux only, no
   * network needed). By default the first, and the second where no registry answers.
   */
  readonly from?: 'registry' | 'host'
  /** Takes this image's files instead, and nothing of its settings. It needs /bin/sh, tar, and Python 3 or Node. */
  readonly base?: string
  /** Compilers to put in, as Debian has them; of the host's, those that are installed. A base brings its own. */
  readonly with?: readonly ToolChain[]
  readonly engine?: Docker
}

/** The compiler itself, and the package of Debian that brings it. */
const compilers: Readonly<Record<ToolChain, { readonly program: string; readonly package: string }>> = {
  cpp: { program: 'g++', package: 'g++' },
  rust: { program: 'rustc', package: 'rustc' },
  java: { program: 'javac', package: 'default-jdk-headless' },
  go: { program: 'go', package: 'golang-go' },
}

/**
 * The image to use: `BENCH_SANDBOX_IMAGE`, else the newest that was built by this version's recipes.
 * Undefined where there is none.
 */
export async function findImage(engine: Docker): Promise<string | undefined> {
  const named = process.env.BENCH_SANDBOX_IMAGE
  if (named) return (await has(engine, named)) ? named : undefined
  const built = await engine.listImages({ filters: { label: [`${label}=${recipes()}`] } })
  const [newest] = built
    .filter(({ RepoTags }) => RepoTags?.some((tag) => tag.includes(`${repository}:`)))
    .sort((one, other) => other.Created - one.Created)
  return newest?.RepoTags?.find((tag) => tag.includes(`${repository}:`))
}

/**
 * Builds the sandbox image and returns its name, whose tag is a hash of all that determines it: what is there already
 * is not built again. The newest is the one that boxes are made from.
 * @throws SandboxError `unavailable` or `failed`
 */
export async function buildImage(options: BuildOptions = {}): Promise<string> {
  const engine = options.engine ?? (await requireEngine()).engine
  try {
    if (options.base !== undefined) return await fromBase(engine, options.base)
    const wanted = [...(options.with ?? [])].sort()
    if (options.from === 'host') return await fromHost(engine, wanted)
    return await fromRegistry(engine, wanted).catch((error) => {
      if (options.from === 'registry' || process.platform !== 'linux') throw error
      return fromHost(engine, wanted)
    })
  } catch (error) {
    if (error instanceof SandboxError) throw error
    throw new SandboxError('failed', `Could not build ${repository}: ${(error as Error).message}`, error)
  }
}

/** All in one layer, so that no setting of the base comes along: not its user, entry point, volumes, environment. */
async function fromBase(engine: Docker, base: string): Promise<string> {
  const { Id } = await pulled(engine, base)
  const name = nameOf(`base ${Id}`)
  if (await has(engine, name)) return name
  const container = await engine.createContainer({ Image: Id, Entrypoint: ['/bin/sh'], Cmd: [] })
  try {
    await imported(engine, (await container.export()) as NodeJS.ReadableStream, name)
  } finally {
    await container.remove({ force: true, v: true })
  }
  return name
}

async function fromRegistry(engine: Docker, wanted: readonly ToolChain[]): Promise<string> {
  const dockerfile = readFileSync(recipe('Dockerfile'), 'utf8')
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base = '']) => base)
  const ids: string[] = []
  for (const base of bases) ids.push((await pulled(engine, base)).Id)
  const packages = wanted.map((one) => compilers[one].package).join(' ')
  const name = nameOf(`registry ${ids.join(' ')} ${packages}`)
  if (await has(engine, name)) return name
  const context = pack()
  context.entry({ name: 'Dockerfile' }, dockerfile)
  context.finalize()
  const options = { t: name, labels: { [label]: recipes() }, buildargs: { PACKAGES: packages } }
  await followed(engine, await engine.buildImage(context, options))
  return name
}

async function fromHost(engine: Docker, wanted: readonly ToolChain[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-image-'))
  try {
    const archive = join(folder, 'root.tar')
    const script = spawn(
      '/bin/sh',
      [recipe('host-root.sh'), ...wanted.map((one) => compilers[one].program)],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env.PATH },
      },
    )
    let said = ''
    script.stderr.on('data', (chunk) => {
      said += chunk
    })
    const ended = once(script, 'close')
    const hash = createHash('sha256')
    script.stdout.on('data', (chunk) => hash.update(chunk))
    await pipeline(script.stdout, createWriteStream(archive))
    const [code] = await ended
    if (code !== 0)
      throw new SandboxError(
        'failed',
        `Could not pack this machine's own programs: ${said.trim().split('\n').at(-1)}`,
      )
    const name = nameOf(`host ${hash.digest('hex')}`)
    if (!(await has(engine, name))) await imported(engine, createReadStream(archive), name)
    return name
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** podman ignores the tag of an import, and tells the image instead. */
async function imported(engine: Docker, archive: NodeJS.ReadableStream, name: string): Promise<void> {
  const [repo = name, tag = 'latest'] = name.split(':')
  const changes = ['ENV PATH=/usr/local/bin:/usr/bin:/bin', `LABEL ${label}=${recipes()}`]
  const steps = await followed(engine, await engine.importImage(archive, { repo, tag, changes }))
  if (await has(engine, name)) return
  const id = steps
    .map(({ id, status }) => id ?? status)
    .findLast((text) => /^(sha256:)?[0-9a-f]{64}$/.test(text ?? ''))
  if (id === undefined) throw new Error('the engine imported it and does not tell under which name')
  await engine.getImage(id).tag({ repo, tag })
}

interface Step {
  readonly id?: string
  readonly status?: string
  readonly error?: string
}

function followed(engine: Docker, progress: NodeJS.ReadableStream): Promise<readonly Step[]> {
  return new Promise((resolve, reject) => {
    engine.modem.followProgress(progress, (error, steps: readonly Step[] | null) => {
      const failed = error?.message ?? steps?.find((step) => step.error)?.error
      if (failed) reject(new Error(failed))
      else resolve(steps ?? [])
    })
  })
}

async function pulled(engine: Docker, image: string): Promise<Docker.ImageInspectInfo> {
  const inspect = () => engine.getImage(image).inspect()
  try {
    return await inspect()
  } catch {
    await followed(engine, await engine.pull(image))
    return inspect()
  }
}

async function has(engine: Docker, image: string): Promise<boolean> {
  return engine
    .getImage(image)
    .inspect()
    .then(
      () => true,
      () => false,
    )
}

function recipes(): string {
  const hash = createHash('sha256')
  for (const name of ['Dockerfile', 'host-root.sh'] as const) hash.update(readFileSync(recipe(name)))
  return hash.digest('hex').slice(0, 12)
}

/** @param content what determines it beside the recipes */
function nameOf(content: string): string {
  return `${repository}:${createHash('sha256').update(`${recipes()} ${content}\n`).digest('hex').slice(0, 12)}`
}
