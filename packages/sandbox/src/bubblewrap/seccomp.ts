/**
 * The system calls no program in a box needs and many escapes did: refused by a classic BPF filter.
 * Format: `struct sock_filter` of linux/filter.h over `struct seccomp_data` of linux/seccomp.h; numbers from
 * asm/unistd_64.h (x86_64) and asm-generic/unistd.h (aarch64).
 */

/** Name → number on [x86_64, aarch64]; -1 where the architecture has no such call. */
const refused: Readonly<Record<string, readonly [number, number]>> = {
  bpf: [321, 280],
  perf_event_open: [298, 241],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  userfaultfd: [323, 282],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  unshare: [272, 97],
  setns: [308, 268],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  pidfd_getfd: [438, 438],
  kcmp: [312, 272],
  personality: [135, 92],
  acct: [163, 89],
  swapon: [167, 224],
  swapoff: [168, 225],
  reboot: [169, 142],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
  fanotify_init: [300, 262],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  syslog: [103, 116],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  lookup_dcookie: [212, 18],
  vhangup: [153, 58],
  iopl: [172, -1],
  ioperm: [173, -1],
  modify_ldt: [154, -1],
  // Memory that neither a size-limited /tmp nor RLIMIT_DATA sees.
  memfd_create: [319, 279],
  memfd_secret: [447, 447],
  shmget: [29, 194],
}

const machines = {
  x64: { index: 0, audit: 0xc000003e, clone: 56, mmap: 9, socket: 41, ioctl: 16 },
  arm64: { index: 1, audit: 0xc00000b7, clone: 220, mmap: 222, socket: 198, ioctl: 29 },
} as const

const clone3 = 435
const namespaceFlags = 0x7e020080 // CLONE_NEW{TIME,NS,CGROUP,UTS,IPC,USER,PID,NET}
const sharedAnonymous = 0x21 // MAP_SHARED | MAP_ANONYMOUS
const families = [1, 2, 10] // AF_UNIX, AF_INET, AF_INET6
const terminalInput = [0x5412, 0x541c] // TIOCSTI, TIOCLINUX
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

/** The filter for `bwrap --seccomp`; undefined where the architecture is not one we know the numbers of. */
export function seccompFilter(arch: string = process.arch): Buffer | undefined {
  if (arch !== 'x64' && arch !== 'arm64') return undefined
  const machine = machines[arch]
  const numbers = Object.values(refused)
    .map((pair) => pair[machine.index] ?? -1)
    .filter((number) => number >= 0)
  return encode([
    load(at.arch),
    equal(machine.audit, 1, 0),
    kill, // Another architecture's numbers, as by int 0x80.
    load(at.nr),
    ...(arch === 'x64' ? [atLeast(0x4000_0000, 0, 1), refuse(errno.EPERM)] : []), // The x32 interface.
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
    equal(machine.ioctl, 0, 5),
    load(at.argument(1)),
    ...terminalInput.map((request, i) => equal(request, terminalInput.length - 1 - i, i === 0 ? 0 : 1)),
    refuse(errno.EPERM),
    allow,
    equal(machine.socket, 0, 5),
    load(at.argument(0)),
    ...families.map((family, i) => equal(family, families.length - i, 0)),
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
