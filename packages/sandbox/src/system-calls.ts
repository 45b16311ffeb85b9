/**
 * The system calls that no program in a box needs and many escapes did.
 * Numbers from asm/unistd_64.h (x86_64) and asm-generic/unistd.h (aarch64).
 */

/** Name → number on [x86_64, aarch64]; -1 where the architecture has no such call. */
export const refused: Readonly<Record<string, readonly [number, number]>> = {
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
  get_mempolicy: [239, 236],
  set_mempolicy: [238, 237],
  set_mempolicy_home_node: [450, 450],
  mbind: [237, 235],
  migrate_pages: [256, 238],
  move_pages: [279, 239],
  // Of a number that all the machine shares, a program could take the whole.
  io_setup: [206, 0],
  // Of older kernels; engines refuse them as well.
  uselib: [134, -1],
  ustat: [136, -1],
  sysfs: [139, -1],
  _sysctl: [156, -1],
  create_module: [174, -1],
  get_kernel_syms: [177, -1],
  query_module: [178, -1],
  nfsservctl: [180, 42],
}

/** futex_requeue of Linux 6.7, the same on every machine: what came after it nobody has looked at, and does not exist. */
export const newest = 456

/** Memory that neither a size-limited /tmp nor RLIMIT_DATA sees: refused where nothing counts it. */
export const uncounted: typeof refused = {
  vmsplice: [278, 75], // A pipe that has one byte of it keeps all of a huge page, whoever has it no more.
  memfd_create: [319, 279],
  memfd_secret: [447, 447],
  shmget: [29, 194],
}

/** What would stay in a box after the job that called: refused where others come after it. */
export const lasting: typeof refused = {
  msgget: [68, 186],
  semget: [64, 190],
  mq_open: [240, 180],
  ioprio_set: [251, 30],
}

/** Calls whose first argument is a process, which may be the one that serves the next job: refused but for 0, oneself. */
export const scheduling: typeof refused = {
  sched_setscheduler: [144, 119],
  sched_setparam: [142, 118],
  sched_setattr: [314, 274],
  sched_setaffinity: [203, 122],
}

/** Takes a kind of target first, then the target: refused but for 0 and 0, oneself. */
export const setpriority: readonly [number, number] = [141, 140]

/** CLONE_NEW{TIME,NS,CGROUP,UTS,IPC,USER,PID,NET} of linux/sched.h. */
export const namespaceFlags = 0x7e020080

/** AF_UNIX, AF_INET, AF_INET6: the socket families of programs. */
export const families: readonly number[] = [1, 2, 10]

/** Those that leave nothing in a box: what its network has counted, or not closed yet, a later job can read. */
export const lastingNothing: readonly number[] = [1]

/** FS_IOC_SETFLAGS and FS_IOC_FSSETXATTR: marks on a folder that stay when it is emptied. */
export const marks: readonly number[] = [0x4008_6602, 0x401c_5820]
