import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultLimits } from '@bench/sandbox'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCgroup, findCgroups } from '../src/bubblewrap/cgroup.js'

// Plain folders stand for the kernel's: which files are written with what. That the kernel obeys is the
// conformance suite's to show.
let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bench-cgroup-'))
})
afterEach(() => rmSync(root, { recursive: true }))

test('version 2 gets memory without swap, processes and cores', () => {
  const group = createCgroup({ version: 2, path: root }, { ...defaultLimits, cpus: 0.5, pids: 7 })
  const [name = ''] = readdirSync(root)
  const value = (file: string) => readFileSync(join(root, name, file), 'utf8')
  expect(value('memory.max')).toBe('536870912')
  expect(value('memory.swap.max')).toBe('0')
  expect(value('pids.max')).toBe('7')
  expect(value('cpu.max')).toBe('50000 100000')
  group.add(42)
  expect(value('cgroup.procs')).toBe('42')
  expect(group.memory()).toEqual({ kills: 0 })
  writeFileSync(join(root, name, 'memory.peak'), '1234\n')
  writeFileSync(join(root, name, 'memory.events'), 'low 0\nhigh 0\nmax 9\noom 3\noom_kill 2\n')
  expect(group.memory()).toEqual({ kills: 2, peakBytes: 1234 })
})

test('a group that a harness of the same number has left is not taken for a new one', () => {
  const place = { version: 2, path: root } as const
  createCgroup(place, defaultLimits)
  const number = Number(/\d+$/.exec(readdirSync(root)[0] ?? '')?.[0])
  for (const left of [1, 2]) mkdirSync(join(root, `bench-${process.pid}-${number + left}`))
  createCgroup(place, defaultLimits)
  expect(readdirSync(root)).toContain(`bench-${process.pid}-${number + 3}`)
})

test('a machine is asked through its mounts', () => {
  const line = (path: string, type: string, options: string) =>
    `30 24 0:26 / ${path} rw,nosuid shared:4 - ${type} cgroup ${options}`
  expect(findCgroups('')).toBeUndefined()
  expect(findCgroups(line(root, 'cgroup', 'rw,memory'))).toBeUndefined()
  expect(
    findCgroups(
      ['memory', 'pids', 'cpu,cpuacct'].map((name) => line(root, 'cgroup', `rw,${name}`)).join('\n'),
    ),
  ).toEqual({
    version: 1,
    memory: root,
    pids: root,
    cpu: root,
  })
  expect(findCgroups(line(join(root, 'absent'), 'cgroup2', 'rw'))).toBeUndefined()
  writeFileSync(join(root, 'cgroup.subtree_control'), 'cpu memory pids\n')
  expect(findCgroups(line(root, 'cgroup2', 'rw,nsdelegate'))).toBeUndefined()
  writeFileSync(join(root, 'cgroup.procs'), '')
  expect(findCgroups(line(root, 'cgroup2', 'rw,nsdelegate'))).toEqual({ version: 2, path: root })
  writeFileSync(join(root, 'cgroup.subtree_control'), 'memory\n')
  rmSync(join(root, 'cgroup.subtree_control'))
  expect(findCgroups(line(root, 'cgroup2', 'rw'))).toBeUndefined()
})

test('a user is given a place beside the group that we are in', () => {
  const mine = join(root, 'user.slice/app.slice')
  mkdirSync(join(mine, 'run.scope'), { recursive: true })
  writeFileSync(join(mine, 'cgroup.subtree_control'), 'cpu memory pids\n')
  writeFileSync(join(mine, 'cgroup.procs'), '')
  const mounted = `30 24 0:26 / ${root} rw shared:4 - cgroup2 cgroup2 rw`
  expect(findCgroups(mounted, '0::/user.slice/app.slice/run.scope\n')).toEqual({ version: 2, path: mine })
  expect(findCgroups(mounted, '0::/\n')).toBeUndefined()
  expect(findCgroups(mounted, '4:memory:/x\n')).toBeUndefined()
})
