/**
 * The bubblewrap suites as an ordinary user, where we are root: in a process of that user, which has this repository
 * before it wherever it lies. Each of its results is a test here, by the same name.
 */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { driver } from '@bench/sandbox'
import { describe, expect, test } from 'vitest'

const uid = 1000
const repository = fileURLToPath(new URL('../../..', import.meta.url))

interface Result {
  readonly ancestorTitles: readonly string[]
  readonly title: string
  readonly status: 'passed' | 'failed' | 'pending' | 'skipped' | 'todo'
  readonly failureMessages: readonly string[]
}

const probe = await (await driver('bubblewrap')).probe()
const reason =
  process.getuid?.() !== 0 ? 'we are an ordinary user already' : probe.ok ? undefined : probe.reason

/** Binds the repository, and the data beside it, where everybody can go; then becomes the user. */
const script = `
  set -e
  mkdir -p "$1/main" "$1/shared"
  mount --bind "$2" "$1/main"
  if [ -d "$2/../shared" ]; then mount --bind "$2/../shared" "$1/shared"; fi
  cd "$1/main"
  exec setpriv --reuid ${uid} --regid ${uid} --clear-groups --inh-caps=-all --no-new-privs \\
    env HOME="$1/home" TMPDIR=/tmp BENCH_TEST_AS_USER=1 BENCH_TEST_CLOSED_SOCKET="$1/closed" DOCKER_HOST= "$3" node_modules/vitest/vitest.mjs run \\
    --config packages/sandbox/test/as-user.config.ts --configLoader runner --reporter json --outputFile "$1/home/results.json"`

async function results(): Promise<readonly Result[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-as-user-'))
  const closed = createServer().listen(join(folder, 'closed'))
  try {
    await once(closed, 'listening')
    await chmod(join(folder, 'closed'), 0o600)
    await mkdir(join(folder, 'home'))
    for (const path of [folder, join(folder, 'home')]) await chmod(path, 0o777)
    const args = [
      '--mount',
      '/bin/sh',
      '-c',
      script,
      'sh',
      folder,
      repository.replace(/\/$/, ''),
      process.execPath,
    ]
    const { stderr } = await promisify(execFile)('unshare', args, {
      maxBuffer: 2 ** 26,
      timeout: 600_000,
    }).catch(
      (error: { stderr: string }) => error, // It ends with 1 where a test fails.
    )
    const path = join(folder, 'home/results.json')
    if (!existsSync(path)) throw new Error(`The suite did not run as uid ${uid}: ${stderr.slice(-2000)}`)
    const { testResults } = JSON.parse(await readFile(path, 'utf8')) as {
      testResults: { assertionResults: Result[] }[]
    }
    return testResults.flatMap(({ assertionResults }) => assertionResults)
  } finally {
    closed.close()
    await rm(folder, { recursive: true, force: true })
  }
}

describe(`as uid ${uid}`, async () => {
  if (reason !== undefined) {
    test('bubblewrap is there to be tested', (context) => {
      if (process.env.CI && process.getuid?.() === 0) throw new Error(reason)
      context.skip(reason)
    })
    return
  }
  const all = await results()
  test('the suites ran', () => expect(all.length).toBeGreaterThan(120))
  for (const { ancestorTitles, title, status, failureMessages } of all)
    test(`${ancestorTitles.join(' ')}: ${title}`, (context) => {
      if (status === 'pending' || status === 'skipped') context.skip()
      expect(failureMessages).toEqual([])
      expect(status).toBe('passed')
    })
})
