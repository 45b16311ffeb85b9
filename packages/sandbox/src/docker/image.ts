/** The image that boxes are made from, and how it comes to be. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type Docker from 'dockerode'
import { pack } from 'tar-stream'
import { SandboxError } from '../errors.js'
import { requireEngine } from './engine.js'

/** Beside `src` in the sources, beside `dist` in the package. */
function recipe(name: string): string {
  const places = ['../image', '../../image'].map((folder) =>
    fileURLToPath(new URL(`${folder}/${name}`, import.meta.url)),
  )
  return places.find((path) => existsSync(path)) ?? name
}

/** `BENCH_SANDBOX_IMAGE`, or one named after the content of the recipes, so that a changed recipe is a new image. */
export function imageName(): string {
  if (process.env.BENCH_SANDBOX_IMAGE) return process.env.BENCH_SANDBOX_IMAGE
  const hash = createHash('sha256')
  for (const name of ['Dockerfile', 'host-root.sh']) hash.update(readFileSync(recipe(name)))
  return `bench/sandbox:${hash.digest('hex').slice(0, 12)}`
}

export interface BuildOptions {
  /**
   * `registry` builds on public base images; `host` packs this machine's own Python and Node (Linux only, no
   * network needed). By default the first, and the second where no registry answers.
   */
  readonly from?: 'registry' | 'host'
  readonly engine?: Docker
}

/** Builds the sandbox image and returns its name. @throws SandboxError `unavailable` or `failed` */
export async function buildImage(options: BuildOptions = {}): Promise<string> {
  const engine = options.engine ?? (await requireEngine())
  const name = imageName()
  if (options.from === 'host') await fromHost(engine, name)
  else
    try {
      await fromRegistry(engine, name)
    } catch (error) {
      if (options.from === 'registry' || process.platform !== 'linux')
        throw new SandboxError('failed', `Could not build ${name}: ${(error as Error).message}`, error)
      await fromHost(engine, name)
    }
  return name
}

async function fromRegistry(engine: Docker, name: string): Promise<void> {
  const context = pack()
  context.entry({ name: 'Dockerfile' }, readFileSync(recipe('Dockerfile')))
  context.finalize()
  const progress = await engine.buildImage(context, { t: name })
  await new Promise<void>((resolve, reject) => {
    engine.modem.followProgress(progress, (error, steps: readonly { error?: string }[] = []) => {
      const failed = error?.message ?? steps.find((step) => step.error)?.error
      if (failed) reject(new Error(failed))
      else resolve()
    })
  })
}

async function fromHost(engine: Docker, name: string): Promise<void> {
  const script = spawn('/bin/sh', [recipe('host-root.sh')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH },
  })
  let said = ''
  script.stderr.on('data', (chunk) => {
    said += chunk
  })
  const [repo = name, tag = 'latest'] = name.split(':')
  const ended = once(script, 'close')
  const progress = await engine.importImage(script.stdout, { repo, tag, changes: ['ENV PATH=/usr/bin:/bin'] })
  progress.resume()
  await once(progress, 'end')
  const [code] = await ended
  if (code !== 0)
    throw new SandboxError(
      'failed',
      `Could not pack this machine's Python for ${name}: ${said.trim().split('\n').at(-1)}`,
    )
  // podman ignores the tag of an import; Docker does not mind being told again.
  await engine.getImage(name).inspect()
}
