/** That a suite which contains nothing, and may run as root, does nothing to what is not its own. */
import { readFileSync, statSync } from 'node:fs'
import { afterAll, beforeAll, expect } from 'vitest'

/** Limits, priority, cores and who traces it, of the machine's first process and of those that run this test; programs in /tmp. */
function settings(): Readonly<Record<string, string>> {
  const pids = [1, process.ppid, process.pid]
  const planted = ['/tmp/tar', '/tmp/bin/tar', '/tmp/usr/bin/tar'].map(
    (path) => [path, String(statSync(path, { throwIfNoEntry: false })?.mtimeMs)] as const,
  )
  return Object.fromEntries([...pids.flatMap(settingsOf), ...planted])
}

function settingsOf(pid: number): readonly (readonly [string, string])[] {
  const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'latin1')
  const stat = read('stat')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // From field 3 of proc(5).
  const status = read('status').split('\n')
  const kept = status.filter((line) => /^(?:TracerPid|Uid|Groups|Seccomp|Cpus_allowed_list):/.test(line))
  return [
    [`limits of ${pid}`, read('limits')],
    [`shield of ${pid}`, read('oom_score_adj')],
    [`nice value, real-time priority and policy of ${pid}`, [fields[16], fields[37], fields[38]].join(' ')],
    [`rights and cores of ${pid}`, kept.join('\n')],
  ]
}

/** Looks before the tests of where it is called, and after them. */
export function machineStaysAsItIs(): void {
  if (process.platform !== 'linux') return
  let before: ReturnType<typeof settings>
  beforeAll(() => {
    before = settings()
  })
  afterAll(() => expect(settings()).toEqual(before))
}
