/** A Postgres of one's own, for tests and measurements: a new cluster in a temporary folder, gone when it is disposed of. */
import { execFile, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The folder of Postgres' programs: the newest of Debian's, or where PATH has them; undefined where there is none. */
export function postgresPrograms() {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).map(Number).filter(Boolean) : []
  const folders = [
    ...versions.sort((a, b) => b - a).map((version) => join(debian, String(version), 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ]
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}

/** Who may run it: it refuses to be run by root. */
function unprivileged() {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const [, , uid, gid] =
    users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  return { uid: Number(uid), gid: Number(gid) }
}

const password = 'correct-horse-battery'

/** @param {{ settings?: Readonly<Record<string, string | number>> }} options */
export async function startPostgres({ settings = {} } = {}) {
  const programs = postgresPrograms()
  if (programs === undefined) throw new Error('no Postgres is here: .ci/setup installs Debian’s')
  const user = unprivileged()
  const home = await mkdtemp(join(tmpdir(), 'bench-postgres-'))
  if (user) await chown(home, user.uid, user.gid)
  const as = { ...user, cwd: home, env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } }
  const data = join(home, 'data')
  const secret = join(home, 'password')
  await writeFile(secret, password)
  await run(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'bench', '--pwfile', secret, '-A', 'scram-sha-256', '-E', 'UTF8', '--no-locale', '-N'],
    as,
  )
  const port = await freePort()
  let server
  /** Resolves when it answers. */
  async function start() {
    const options = { listen_addresses: '127.0.0.1', unix_socket_directories: home, port, ...settings }
    const args = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    server = spawn(join(programs, 'postgres'), ['-D', data, ...args], { ...as, stdio: 'ignore' })
    for (let tries = 0; ; tries++) {
      const ready = await run(
        join(programs, 'pg_isready'),
        ['-h', '127.0.0.1', '-p', String(port)],
        as,
      ).catch(() => null)
      if (ready) return
      if (tries > 600 || server.exitCode !== null) throw new Error('Postgres did not start')
      await sleep(50)
    }
  }
  /** @param {NodeJS.Signals} signal SIGINT shuts down at once, SIGKILL is a crash */
  async function stop(signal = 'SIGINT') {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill(signal)
    await ended
  }
  await start()
  const urlOf = (database) => `postgres://bench:${password}@127.0.0.1:${port}/${database}`
  let made = 0
  return {
    port,
    password,
    url: urlOf('postgres'),
    urlOf,
    /** Its URL. */
    async createDatabase() {
      const name = `bench_${++made}`
      const env = { ...as.env, PGPASSWORD: password }
      await run(join(programs, 'createdb'), ['-h', '127.0.0.1', '-p', String(port), '-U', 'bench', name], {
        ...as,
        env,
      })
      return urlOf(name)
    },
    /** All that is in a database, as SQL. */
    async dump(url) {
      const { stdout } = await run(join(programs, 'pg_dump'), [url], { ...as, maxBuffer: 2 ** 30 })
      return stdout
    },
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}

async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}
