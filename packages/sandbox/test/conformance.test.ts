/** The suite itself: a case that could not fail would prove nothing, so each must, where nothing contains. */
import { driver, type SandboxDriver } from '@bench/sandbox'
import { cases } from '@bench/sandbox/testing'
import { describe, expect, test } from 'vitest'
import { machineStaysAsItIs } from './untouched.js'

const open = await driver('process')
const probe = await open.probe()
/** Without rights, without a Python or elsewhere than on Linux, what is tried is refused by other things. */
const reason =
  process.getuid?.() !== 0 || process.platform !== 'linux'
    ? 'only root of Linux may do what the cases try'
    : probe.ok && probe.runtimes.python !== undefined && probe.runtimes.node !== undefined
      ? undefined
      : 'there is no Python 3 or no Node here'

/** What this kind of machine refuses even root, or the bare process driver holds to as well. */
const held: Readonly<Record<string, string>> = {
  'memory that grows by small steps ends at the limit': 'a single process is limited there too',
  'nobody shields itself from a lack of memory': 'root of a virtual machine may lack CAP_SYS_RESOURCE',
  'no two processes are compared': 'kernels may be built without it',
  'no other kernel and no module of it': 'kernels may be built without either',
  'no call that is newer than what was looked at': 'kernels may be older',
  'no call by the x32 table': 'kernels are built without it',
}

test('there are enough, each with a name of its own', () => {
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  expect(cases.length).toBeGreaterThan(150)
})

/** Answers to everything that it went well, and does nothing. */
const idle: SandboxDriver = {
  name: 'idle',
  isolates: true,
  kinds: ['io', 'assert'],
  probe: async () => ({ ok: true, version: '', runtimes: {}, notes: [] }),
  open: async () => ({
    runtimes: { python: { command: 'python3', version: '3' }, node: { command: 'node', version: '20' } },
    forks: true,
    write: async () => {},
    read: async () => ({}),
    exec: async () => {
      const [stdout, stderr] = [new Uint8Array(), new Uint8Array()]
      return { reason: 'ok', code: 0, signal: null, stdout, stderr, ms: 1 }
    },
    start: async () => {
      throw new Error('It starts nothing.')
    },
    [Symbol.asyncDispose]: async () => {},
  }),
}

describe('of a driver that does nothing', () => {
  for (const one of cases)
    test(`fails: ${one.name}`, async () => {
      const place = { driver: idle, notes: [], open: idle.open }
      await expect(one.run(place).then(() => 'it passed')).rejects.toThrow()
    })
})

describe('without containment', () => {
  machineStaysAsItIs()
  for (const one of cases.filter(({ contains }) => contains))
    test(`fails: ${one.name}`, async (context) => {
      if (reason !== undefined) context.skip(reason)
      if (one.harmful) context.skip('it would harm this machine')
      const why = held[one.name]
      if (why !== undefined) context.skip(why)
      await expect(
        one.run({ driver: open, notes: [], open: (spec) => open.open(spec) }).then(() => 'it passed'),
      ).rejects.toThrow()
    })
})
