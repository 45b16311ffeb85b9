/** Walls that stand behind others: no attack gets as far, so each is looked at by itself. */
import { once } from 'node:events'
import { readlinkSync, statSync } from 'node:fs'
import { driver, type ForkServer, type Sandbox } from '@bench/sandbox'
import { describe, expect, test } from 'vitest'
import { survivors } from '../src/conformance/case.js'
import { alone, MiB, programs, python } from '../src/fork-server/conformance/case.js'
import { withPython } from './python.js'

/** Of the namespaces that this process is in, those that are another's inside. Engines keep the user and may keep the group. */
const namespaces = {
  bubblewrap: ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'],
  docker: ['ipc', 'mnt', 'net', 'pid', 'uts'],
} as const

const namespaceOf = (name: string) => `import os\nprint(os.readlink('/proc/self/ns/${name}'), flush=True)`

/** Mounts that may be written to, without devices and views of the kernel, which have tests of their own. */
const writable = `for line in open('/proc/self/mountinfo'):
    point, options = line.split()[4:6]
    if 'ro' not in options.split(',') and not point.startswith(('/dev', '/proc', '/sys')): print(point)`

const capabilities = `print(*[line.split()[1] for line in open('/proc/self/status') if line.startswith('CapBnd')])`

for (const name of ['bubblewrap', 'docker'] as const) {
  const made = await driver(name)
  await withPython(made, () =>
    describe(name, () => {
      const inBox = async (code: string) => {
        await using box: Sandbox = await made.open()
        const { stdout } = await box.exec([box.runtimes.python?.command ?? '', '-c', code])
        return new TextDecoder().decode(stdout)
      }
      const inJob = async (code: string) => {
        await using server: ForkServer = await made.forkServer!({ programs })
        return (await alone(server, python(code))).out
      }

      test.each([
        ...namespaces[name].map((kind) => ['a command', kind, inBox] as const),
        ...namespaces[name].map((kind) => ['a job', kind, inJob] as const),
      ])('%s is in a namespace of its own: %s', async (_, kind, run) => {
        const found = (await run(namespaceOf(kind))).trim()
        expect(found).toMatch(new RegExp(`^${kind}:\\[\\d+\\]$`))
        expect(found).not.toBe(readlinkSync(`/proc/self/ns/${kind}`))
      })

      test('all is mounted read-only but what is made for the box', async () => {
        const places = (await inBox(writable)).trim().split('\n')
        expect(places.filter((path) => !/^\/tmp(?:\/work)?$/.test(path))).toEqual([])
      })

      test('no capability is to be had by any program', async () => {
        // Of bubblewrap's own namespaces, and of a container the one that its supervisor kills with.
        const most = name === 'docker' ? 1n << 5n : 0n
        expect(BigInt(`0x${(await inBox(capabilities)).trim()}`) & ~most).toBe(0n)
      })
    }),
  )
}

const bubblewrap = await driver('bubblewrap')
await withPython(bubblewrap, () => {
  test('a command of bubblewrap belongs to no privileged user of the host', async () => {
    await using box = await bubblewrap.open()
    const mark = `bench-witness-${process.pid}-${Math.random()}`
    const stays = await box.start(['/bin/sh', '-c', 'echo; read -r line', mark])
    await once(stays.stdout, 'data')
    const users = survivors(mark).map((pid) => statSync(`/proc/${pid}`).uid)
    expect(users.length).toBeGreaterThan(0)
    expect(users).not.toContain(0)
  })

  test('CPU time of a job and of its children is seen long before the kernel would end it', async () => {
    await using server = await bubblewrap.forkServer!({ programs })
    for (const code of ['while True: pass', 'os.fork(); os.fork()\nwhile True: pass']) {
      const end = await alone(server, python(code, { cpuSec: 0.3 }), { wallSec: 60 })
      expect(end).toMatchObject({ reason: 'timeout' })
      expect(end.cpuMs).toBeLessThan(1800)
    }
  })

  test('a limit of the kernel stands behind those who watch CPU time and memory', async () => {
    await using server = await bubblewrap.forkServer!({ programs })
    const look =
      'import resource\ntell(resource.getrlimit(resource.RLIMIT_CPU)[1], resource.getrlimit(resource.RLIMIT_DATA)[1])'
    const job = python(look, { cpuSec: 3, memoryBytes: 100 * MiB })
    expect((await alone(server, job)).told).toBe(`5 ${100 * MiB}`)
  })
})
