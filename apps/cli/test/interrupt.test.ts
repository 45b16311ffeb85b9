import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { driver } from '@bench/sandbox'
import { describe, expect, test } from 'vitest'
import { folder, start } from './cli.js'

/** Code that is still running whenever Ctrl-C comes. */
const endless = JSON.stringify({
  name: 'endless',
  version: '1.0.0',
  test_cases: Array.from({ length: 6 }, (_, i) => ({
    id: `e${i}`,
    prompt: `Write wait${i}().`,
    solution: `def wait${i}():\n    while True: pass`,
    code: {
      language: 'python',
      entry_point: `wait${i}`,
      test_cases: [{ input: [], expected_output: 1, timeout: 600, weight: 1 }],
    },
  })),
})

/** All that descend from a process, by /proc. */
function descendants(pid: number): number[] {
  const parents = new Map(
    readdirSync('/proc').flatMap((name) => {
      if (!/^\d+$/.test(name)) return []
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0])] as const]
      } catch {
        return []
      }
    }),
  )
  const isOurs = (id: number): boolean => {
    const parent = parents.get(id)
    return parent !== undefined && (parent === pid || (parent > 1 && isOurs(parent)))
  }
  return [...parents.keys()].filter(isOurs)
}

const isThere = (pid: number) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(statusOf(pid))
const statusOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}

/** Containers that name the process as theirs, as the engine tells. */
function containersOf(pid: number): number {
  const filters = encodeURIComponent(JSON.stringify({ label: [`bench.sandbox=${pid}`] }))
  const socket = process.env.DOCKER_HOST?.replace('unix://', '') ?? '/var/run/docker.sock'
  const url = `http://engine/containers/json?all=1&filters=${filters}`
  const { stdout } = spawnSync('curl', ['-fsS', '--unix-socket', socket, url], { encoding: 'utf8' })
  return JSON.parse(stdout).length
}

const places = await Promise.all(
  ['bubblewrap', 'docker', 'process'].map(async (name) => {
    const probe = await (await driver(name)).probe()
    return { name, reason: probe.ok ? undefined : probe.reason }
  }),
)

describe.each(places)('Ctrl-C while code runs, in $name', ({ name, reason }) => {
  test.each([1, 2])('%i times: says what is saved and how to go on, leaves no process', async (times) => {
    if (reason !== undefined && process.env.CI) throw new Error(reason)
    if (reason !== undefined || process.platform !== 'linux') {
      console.log(`skipped, ${name}: ${reason ?? 'there is no /proc'}`)
      return
    }
    await using at = await folder()
    await at.file('e.json', endless)
    const { DOCKER_HOST = '' } = process.env
    const running = start(
      ['bench', '-d', 'e.json', '-p', 'oracle', '--sandbox', name, '--no-preflight', '--display', 'plain'],
      { cwd: at.path, env: DOCKER_HOST === '' ? {} : { DOCKER_HOST } },
    )
    const pid = running.child.pid!
    while (replies(at.path) < 6) await delay(20)
    while (name === 'docker' ? containersOf(pid) === 0 : descendants(pid).length === 0) await delay(20)
    const mine = descendants(pid)
    for (let i = 0; i < times; i++) {
      running.child.kill('SIGINT')
      if (i + 1 < times) await once(running.child.stderr, 'data')
    }
    const ended = await running.ended
    expect(ended.code).toBe(130)
    expect(ended.stderr).toMatch(
      /stopping \(once more forces\): 0 of 6 attempts are done, 6 replies wait to be judged, all are saved; to go on: bench resume \S+\n/,
    )
    // The test's own time is the limit.
    while (mine.some(isThere)) await delay(20)
    if (name === 'docker') while (containersOf(pid) > 0) await delay(50)
  })
})

/** How many replies the log of the only run has. */
function replies(path: string): number {
  const output = `${path}/bench-results`
  const [run] = existsSync(output) ? readdirSync(output) : []
  const log = `${output}/${run}/results.jsonl`
  return existsSync(log) ? readFileSync(log, 'utf8').split('"what":"replied"').length - 1 : 0
}
