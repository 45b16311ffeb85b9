import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { seccompFilter } from '../src/bubblewrap/seccomp.js'
import { families, namespaceFlags, newest, refused as refusedCalls } from '../src/system-calls.js'

const [killed, allowed] = [0x8000_0000, 0x7fff_0000]
const refused = (errno: number) => 0x0005_0000 | errno
const arch = { x64: 0xc000003e, arm64: 0xc00000b7 }

/** What the filter answers to a call: the interpreter of classic BPF, as far as the filter uses it. */
function answer(filter: Buffer, nr: number, args: readonly number[] = [], audit: number = arch.x64): number {
  const data = Buffer.alloc(64)
  data.writeUInt32LE(nr >>> 0, 0)
  data.writeUInt32LE(audit >>> 0, 4)
  for (const [i, value] of args.entries()) data.writeUInt32LE(value >>> 0, 16 + 8 * i)
  let accumulator = 0
  for (let at = 0; at < filter.length / 8; at++) {
    const code = filter.readUInt16LE(at * 8)
    const [yes, no] = [filter.readUInt8(at * 8 + 2), filter.readUInt8(at * 8 + 3)]
    const k = filter.readUInt32LE(at * 8 + 4)
    if (code === 0x06) return k
    if (code === 0x20) accumulator = data.readUInt32LE(k)
    else if (code === 0x54) accumulator = (accumulator & k) >>> 0
    else if (code === 0x15) at += accumulator === k ? yes : no
    else if (code === 0x35) at += accumulator >= k ? yes : no
    else if (code === 0x45) at += (accumulator & k) !== 0 ? yes : no
    else throw new Error(`unknown instruction ${code} at ${at}`)
  }
  throw new Error('ran off the end')
}

const x64 = seccompFilter('x64') as Buffer
const arm64 = seccompFilter('arm64') as Buffer

test.each([
  ['read', 0, 63],
  ['openat', 257, 56],
  ['execve', 59, 221],
  ['futex', 202, 98],
  ['exit_group', 231, 94],
])('%s is allowed', (_, onX64, onArm64) => {
  expect(answer(x64, onX64)).toBe(allowed)
  expect(answer(arm64, onArm64, [], arch.arm64)).toBe(allowed)
})

test.each([
  ['bpf', 321, 280],
  ['mount', 165, 40],
  ['unshare', 272, 97],
  ['ptrace', 101, 117],
  ['io_uring_setup', 425, 425],
  ['keyctl', 250, 219],
  ['memfd_create', 319, 279],
  ['shmget', 29, 194],
  ['io_setup', 206, 0],
  ['vmsplice', 278, 75],
])('%s is refused', (_, onX64, onArm64) => {
  expect(answer(x64, onX64)).toBe(refused(1))
  expect(answer(arm64, onArm64, [], arch.arm64)).toBe(refused(1))
})

test('another architecture is killed, the x32 interface refused', () => {
  expect(answer(x64, 0, [], 0x40000003)).toBe(killed)
  expect(answer(x64, 0, [], arch.arm64)).toBe(killed)
  expect(answer(arm64, 63, [], arch.x64)).toBe(killed)
  expect(answer(x64, 0x4000_0000)).toBe(refused(1))
  expect(answer(x64, 0xffff_ffff)).toBe(refused(1))
})

test('what is newer than its list does not exist', () => {
  expect(answer(x64, newest)).toBe(allowed)
  for (const later of [newest + 1, 467, 469, 1000, 0x3fff_ffff]) {
    expect(answer(x64, later)).toBe(refused(38))
    expect(answer(arm64, later, [], arch.arm64)).toBe(refused(38))
  }
})

test('clone may start processes and threads, not namespaces; clone3 does not exist', () => {
  expect(answer(x64, 56, [0x1200011])).toBe(allowed)
  expect(answer(x64, 56, [0x3d0f00])).toBe(allowed)
  for (const flag of [0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000])
    expect(answer(x64, 56, [flag | 17])).toBe(refused(1))
  expect(answer(x64, 435)).toBe(refused(38))
})

test('mmap may not be shared and anonymous at once', () => {
  expect(answer(x64, 9, [0, 0, 3, 0x22])).toBe(allowed)
  expect(answer(x64, 9, [0, 0, 3, 0x01])).toBe(allowed)
  expect(answer(x64, 9, [0, 0, 3, 0x21])).toBe(refused(1))
  expect(answer(arm64, 222, [0, 0, 3, 0x4021], arch.arm64)).toBe(refused(1))
})

test('sockets are of the three plain families; terminals take no input', () => {
  for (const family of [1, 2, 10]) expect(answer(x64, 41, [family])).toBe(allowed)
  for (const family of [0, 16, 17, 38, 40]) expect(answer(x64, 41, [family])).toBe(refused(97))
  for (const request of [0x5412, 0x541c]) expect(answer(x64, 16, [0, request])).toBe(refused(1))
  expect(answer(x64, 16, [0, 0x5401])).toBe(allowed)
})

test('limits are of oneself alone; sockets keep their sizes and are not told so', () => {
  expect(answer(x64, 302, [0, 7])).toBe(allowed)
  expect(answer(x64, 302, [1, 7])).toBe(refused(1))
  expect(answer(arm64, 261, [1, 7], arch.arm64)).toBe(refused(1))
  for (const size of [7, 8]) expect(answer(x64, 54, [3, 1, size])).toBe(refused(0))
  expect(answer(x64, 54, [3, 1, 2])).toBe(allowed)
  expect(answer(x64, 54, [3, 6, 7])).toBe(allowed)
  expect(answer(arm64, 208, [3, 1, 8], arch.arm64)).toBe(refused(0))
})

test("engines' filter names nothing that ours refuses, and clone without namespaces", () => {
  const path = fileURLToPath(new URL('../image/seccomp.json', import.meta.url))
  const { defaultAction, syscalls } = JSON.parse(readFileSync(path, 'utf8')) as {
    defaultAction: string
    syscalls: { names: string[]; action: string; args: { value: number; valueTwo: number; op: string }[] }[]
  }
  expect(defaultAction).toBe('SCMP_ACT_ERRNO')
  const allowedThere = syscalls.filter(({ action }) => action === 'SCMP_ACT_ALLOW')
  const named = new Set(allowedThere.flatMap(({ names }) => names))
  expect(Object.keys(refusedCalls).filter((name) => named.has(name))).toEqual([])
  expect(allowedThere.filter(({ names }) => names.includes('clone')).map(({ args }) => args)).toEqual([
    [{ index: 0, value: namespaceFlags, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
  ])
  const sockets = allowedThere.filter(({ names }) => names.includes('socket'))
  expect(sockets.map(({ args }) => args[0]?.value)).toEqual([...families, 16])
})

test('an architecture whose numbers are not known has no filter', () => {
  expect(seccompFilter('riscv64')).toBeUndefined()
})
