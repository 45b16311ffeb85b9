import { attempt, calls } from './attempt.js'
import type { Case } from './case.js'

/** What the kernel offers to those who may, and to no program in a box. Arguments are such as change nothing. */
export const kernel: readonly Case[] = [
  calls('no program of the kernel: bpf', { bpf: [321, 280, '0', 'None', '0'] }),
  calls('no events of the processor: perf', { perf_event_open: [298, 241, 'None', '0', '-1', '-1', '0'] }),
  calls('no keyring', {
    keyctl: [250, 219, '0', '-3', '0'],
    add_key: [248, 217, 'None', 'None', 'None', '0', '0'],
    request_key: [249, 218, 'None', 'None', 'None', '0'],
  }),
  calls('no io_uring', {
    io_uring_setup: [425, 425, '1', 'None'],
    io_uring_enter: [426, 426, '-1', '0', '0', '0', 'None', '0'],
    io_uring_register: [427, 427, '-1', '0', 'None', '0'],
  }),
  calls('no ring of input and output, of a number that all the machine shares', {
    io_setup: [206, 0, '0', 'None'],
  }),
  calls('no call that is newer than what was looked at', {
    statmount: [457, 457, 'None', 'None', '0', '0'],
    listmount: [458, 458, 'None', 'None', '0', '0'],
    open_tree_attr: [467, 467, '-1', 'b""', '0', 'None', '-1'],
  }),
  calls('no page faults in user space', { userfaultfd: [323, 282, '1'] }),
  calls('no other kernel and no module of it', {
    kexec_load: [246, 104, '0', '0', 'None', '-1'],
    init_module: [175, 105, 'None', '0', 'None'],
    finit_module: [313, 273, '-1', 'None', '0'],
    delete_module: [176, 106, 'None', '0'],
  }),
  calls('no restart of the machine', { reboot: [169, 142, '0', '0', '0', 'None'] }),
  calls('no change of the clock', {
    clock_settime: [227, 112, '0', 'None'],
    settimeofday: [164, 170, 'None', 'None'],
    clock_adjtime: [305, 266, '99', 'None'],
  }),
  calls('no change of the host name', {
    sethostname: [170, 161, 'None', '-1'],
    setdomainname: [171, 162, 'None', '-1'],
  }),
  calls('no swap, no accounting, no quota', {
    swapon: [167, 224, 'b"/nowhere"', '0'],
    swapoff: [168, 225, 'b"/nowhere"'],
    acct: [163, 89, 'b"/nowhere"'],
    quotactl: [179, 60, '0x80000100', 'b"/nowhere"', '0', 'None'],
  }),
  calls('no log of the kernel', { syslog: [103, 116, '3', 'None', '0'] }),
  calls('no ports and no segments of the processor', {
    iopl: [172, -1, '3'],
    ioperm: [173, -1, '0', '0', '1'],
    modify_ldt: [154, -1, '0', 'None', '0'],
  }),
  calls('no watch over all files', { fanotify_init: [300, 262, '0', '0'] }),
  calls('no file by its handle', {
    name_to_handle_at: [303, 264, '-100', 'b"."', 'None', 'None', '0'],
    open_by_handle_at: [304, 265, '-100', 'None', '0'],
  }),
  calls('no other personality', { personality: [135, 92, '0x0040000'] }),
  calls('no memory placed by node', { move_pages: [279, 239, '0', '0', 'None', 'None', 'None', '0'] }),
  attempt(
    'no call of another architecture',
    `import mmap, signal
# getpid by the 32-bit table of x86: mov eax, 20; int 0x80; ret. In a child, which the filter may kill.
if machine == 0:
    def foreign():
        child = os.fork()
        if child == 0:
            code = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=7)
            code.write(bytes((0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3)))
            address = ctypes.addressof(ctypes.c_char.from_buffer(code))
            os._exit(0 if ctypes.CFUNCTYPE(ctypes.c_int)(address)() == os.getpid() else 1)
        return os.waitpid(child, 0)[1] == 0
    tries('32-bit calls', foreign)`,
    { native: true },
  ),
  attempt(
    'no call by the x32 table',
    `if machine == 0:
    def foreign():
        child = os.fork()
        if child == 0: os._exit(0 if libc.syscall(0x40000000 + 39) == os.getpid() else 1)
        return os.waitpid(child, 0)[1] == 0
    tries('x32 calls', foreign)`,
    { native: true },
  ),
]
