/**
 * The filter of system calls as a classic BPF program.
 * Format: `struct sock_filter` of linux/filter.h over `struct seccomp_data` of linux/seccomp.h.
 */
import {
  families,
  lasting,
  lastingNothing,
  marks,
  namespaceFlags,
  newest,
  refused,
  scheduling,
  setpriority,
  uncounted,
} from '../system-calls.js'

const machines = {
  x64: {
    index: 0,
    audit: 0xc000003e,
    clone: 56,
    mmap: 9,
    socket: 41,
    ioctl: 16,
    prlimit: 302,
    setsockopt: 54,
  },
  arm64: {
    index: 1,
    audit: 0xc00000b7,
    clone: 220,
    mmap: 222,
    socket: 198,
    ioctl: 29,
    prlimit: 261,
    setsockopt: 208,
  },
} as const

const clone3 = 435
const sharedAnonymous = 0x21 // MAP_SHARED | MAP_ANONYMOUS
const terminalInput = [0x5412, 0x541c] // TIOCSTI, TIOCLINUX
const socketLevel = 1 // SOL_SOCKET
const bufferSizes = [7, 8] // SO_SNDBUF, SO_RCVBUF
const errno = { EPERM: 1, ENOSYS: 38, EAFNOSUPPORT: 97 }

/** Offsets into `struct seccomp_data`; of an argument, its low half (both machines are little-endian). */
const at = { nr: 0, arch: 4, argument: (n: number) => 16 + 8 * n }

const load = (offset: number) => [0x20, 0, 0, offset] as const
const equal = (value: number, yes: number, no: number) => [0x15, yes, no, value] as const
const atLeast = (value: number, yes: number, no: number) => [0x35, yes, no, value] as const
const anyBit = (mask: number, yes: number, no: number) => [0x45, yes, no, mask] as const
const and = (mask: number) => [0x54, 0, 0, mask] as const
const refuse = (error: number) => [0x06, 0, 0, 0x0005_0000 | error] as const
const kill = [0x06, 0, 0, 0x8000_0000] as const
const allow = [0x06, 0, 0, 0x7fff_0000] as const

export interface FilterOptions {
  /** For a box that outlives what runs in it: nothing may be left in the kernel, nor done to who serves the next. */
  readonly warm?: boolean
}

/** The filter for `bwrap --seccomp`; undefined where the architecture is not one we know the numbers of. */
export function seccompFilter(
  arch: string = process.arch,
  { warm = false }: FilterOptions = {},
): Buffer | undefined {
  if (arch !== 'x64' && arch !== 'arm64') return undefined
  const machine = machines[arch]
  const numbersOf = (calls: typeof refused) =>
    Object.values(calls)
      .map((pair) => pair[machine.index] ?? -1)
      .filter((number) => number >= 0)
  const requests = [...terminalInput, ...(warm ? marks : [])]
  const sockets = warm ? lastingNothing : families
  const numbers = numbersOf({ ...refused, ...uncounted, ...(warm ? lasting : {}) })
  return encode([
    load(at.arch),
    equal(machine.audit, 1, 0),
    kill, // Another architecture's numbers, as by int 0x80.
    load(at.nr),
    ...(arch === 'x64' ? [atLeast(0x4000_0000, 0, 1), refuse(errno.EPERM)] : []), // The x32 interface.
    atLeast(newest + 1, 0, 1),
    refuse(errno.ENOSYS),
    // Its flags lie in memory, where a filter cannot look: libc falls back to clone, whose flags it can.
    equal(clone3, 0, 1),
    refuse(errno.ENOSYS),
    ...numbers.flatMap((number) => [equal(number, 0, 1), refuse(errno.EPERM)]),
    // Each block below ends the program when its call matches, so that the number stays loaded for the next.
    equal(machine.clone, 0, 4),
    load(at.argument(0)),
    anyBit(namespaceFlags, 0, 1),
    refuse(errno.EPERM),
    allow,
    equal(machine.mmap, 0, 5),
    load(at.argument(3)),
    and(sharedAnonymous),
    equal(sharedAnonymous, 0, 1),
    refuse(errno.EPERM),
    allow,
    equal(machine.ioctl, 0, 3 + requests.length),
    load(at.argument(1)),
    ...requests.map((request, i) => {
      const left = requests.length - 1 - i
      return equal(request, left, left === 0 ? 1 : 0)
    }),
    refuse(errno.EPERM),
    allow,
    // Of itself alone: the first process in a box is bwrap's own, of the same user.
    equal(machine.prlimit, 0, 4),
    load(at.argument(0)),
    equal(0, 1, 0),
    refuse(errno.EPERM),
    allow,
    ...(warm ? numbersOf(scheduling) : []).flatMap((number) => [
      equal(number, 0, 4),
      load(at.argument(0)),
      equal(0, 1, 0), // Of the caller itself.
      refuse(errno.EPERM),
      allow,
    ]),
    ...(warm ? numbersOf({ setpriority }) : []).flatMap((number) => [
      equal(number, 0, 6),
      load(at.argument(0)),
      equal(0, 0, 2), // PRIO_PROCESS
      load(at.argument(1)),
      equal(0, 1, 0),
      refuse(errno.EPERM),
      allow,
    ]),
    // What a socket holds is counted by its default: to ask for another size is answered, and changes nothing.
    equal(machine.setsockopt, 0, 7),
    load(at.argument(1)),
    equal(socketLevel, 0, 4),
    load(at.argument(2)),
    ...bufferSizes.map((option, i) => equal(option, bufferSizes.length - 1 - i, i === 0 ? 0 : 1)),
    refuse(0),
    allow,
    equal(machine.socket, 0, 2 + sockets.length),
    load(at.argument(0)),
    ...sockets.map((family, i) => equal(family, sockets.length - i, 0)),
    refuse(errno.EAFNOSUPPORT),
    allow,
  ])
}

type Instruction = readonly [code: number, yes: number, no: number, k: number]

function encode(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8)
  for (const [i, [code, yes, no, k]] of program.entries()) {
    bytes.writeUInt16LE(code, i * 8)
    bytes.writeUInt8(yes, i * 8 + 2)
    bytes.writeUInt8(no, i * 8 + 3)
    bytes.writeUInt32LE(k >>> 0, i * 8 + 4)
  }
  return bytes
}
