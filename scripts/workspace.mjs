/** What the two commands of the README need before they can start: an installed and built workspace, each only once. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const windows = process.platform === 'win32'
const bin = join(root, 'node_modules', '.bin')
const installStamp = join(root, 'node_modules', '.bench-installed')
const buildStamp = join(root, 'node_modules', '.bench-built')

/** The environment of every tool we start: local binaries first, no telemetry. */
export const toolEnv = () => ({
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
})

/** Runs a tool of the workspace in the foreground. @returns its exit code. */
export function tool(name, args, options = {}) {
  const result = spawnSync(name, args, {
    cwd: root,
    env: toolEnv(),
    stdio: 'inherit',
    shell: windows,
    ...options,
  })
  if (result.error) {
    fail(`could not start ${name}: ${result.error.message}`)
  }
  return result.status ?? 1
}

/** Installs exactly what the lockfile says, unless that has been done. */
export function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(
      `Node ${process.versions.node} is too old: @bench needs 20.19 or newer. Get it from https://nodejs.org.`,
    )
  }
  const wanted = fingerprint()
  if (existsSync(installStamp) && readFileSync(installStamp, 'utf8') === wanted) {
    return
  }
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  say('installing dependencies (once)')
  const args = [
    'install',
    '--frozen-lockfile',
    '--prefer-offline',
    '--reporter=append-only',
    '--loglevel=warn',
  ]
  const local = existsSync(join(bin, 'pnpm'))
  const [command, prefix] = local ? ['pnpm', []] : ['npx', ['--yes', manifest.packageManager]]
  // Installed without CI or a terminal to ask at, pnpm must not stop to ask whether old modules may go.
  const env = { ...toolEnv(), CI: 'true' }
  if (tool(command, [...prefix, ...args], { env, stdio: ['ignore', 2, 2] }) !== 0) {
    fail(
      'installing failed (see above). Check that the npm registry can be reached, then run the same command again.',
    )
  }
  writeFileSync(installStamp, wanted)
}

/** Builds the CLI and the libraries it needs, unless nothing has changed since. */
export function ensureBuilt() {
  const built = existsSync(buildStamp) ? statSync(buildStamp).mtimeMs : 0
  if (built > newestSource() && existsSync(join(root, 'apps/cli/dist/main.js'))) {
    return
  }
  say('building (once)')
  const started = new Date()
  const result = spawnSync('turbo', ['run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    env: toolEnv(),
    encoding: 'utf8',
    shell: windows,
  })
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`)
    fail('the build failed (see above). `git status` shows what differs from the last commit.')
  }
  mkdirSync(dirname(buildStamp), { recursive: true })
  writeFileSync(buildStamp, started.toISOString())
}

export function say(message) {
  process.stderr.write(`bench: ${message}\n`)
}

export function fail(message) {
  say(message)
  process.exit(1)
}

/** Lockfile and manifests, hashed: what an install depends on. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  const manifests = ['packages', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name, 'package.json')),
  )
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests.sort()]) {
    if (existsSync(join(root, file))) {
      hash.update(readFileSync(join(root, file)))
    }
  }
  return hash.digest('hex')
}

function newestSource() {
  const files = ['tsup.base.ts', 'tsconfig.base.json', 'pnpm-lock.yaml', 'datasets']
  for (const folder of ['packages', 'apps']) {
    for (const name of readdirSync(join(root, folder))) {
      files.push(
        ...['src', 'package.json', 'tsup.config.ts', 'python'].map((entry) => join(folder, name, entry)),
      )
    }
  }
  return Math.max(...files.map((file) => newest(join(root, file))))
}

function newest(path) {
  if (!existsSync(path)) {
    return 0
  }
  const found = statSync(path)
  if (!found.isDirectory()) {
    return found.mtimeMs
  }
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}
