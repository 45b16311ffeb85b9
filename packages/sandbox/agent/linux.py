"""System calls that Python's standard library lacks, through libc. Numbers are the same on every Linux machine."""
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)

# A fork that keeps Python from taking stock: its own touches some 200 pages, each of which is then copied. Only for a
# process of one thread. What `random` gives is the same in every child, which is as well: no verdict hangs on luck.
fork = ctypes.PyDLL(None).fork

NEW_MOUNTS, NEW_PIDS = 0x20000, 0x20000000
READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC, REMOUNT, BIND = 1, 2, 4, 8, 32, 4096

SET_DEATH_SIGNAL, SET_DUMPABLE, SET_SECCOMP, DROP_BOUNDING, SET_SUBREAPER, SET_NO_NEW_PRIVS = 1, 4, 22, 24, 36, 38


def prctl(option, *arguments):
    values = [ctypes.c_ulong(value) for value in arguments + (0,) * (4 - len(arguments))]
    check(libc.prctl(option, *values), "prctl(%d)" % option)


def unshare(flags):
    check(libc.unshare(flags), "unshare")


def setns(descriptor, kind):
    check(libc.setns(descriptor, kind), "setns")


def mount(kind, target, flags, options=""):
    data = options.encode() or None
    check(libc.mount(kind.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data), "mount of " + target)


def drop_capabilities():
    """For good: none is left to gain by any program that is run later, either."""
    for capability in range(64):
        try:
            prctl(DROP_BOUNDING, capability)
        except OSError:
            break  # The last is behind us, or CAP_SETPCAP is not ours: no_new_privs makes nothing of the rest.
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3
    check(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


class Program(ctypes.Structure):
    """`struct sock_fprog` of linux/filter.h."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def refuse_system_calls(instructions):
    """Installs a seccomp filter, for this process and all it starts."""
    program = Program(len(instructions) // 8, instructions)
    check(libc.prctl(SET_SECCOMP, ctypes.c_ulong(2), ctypes.byref(program), 0, 0), "seccomp")


def check(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, "%s: %s" % (what, os.strerror(number)))


def open_pid(pid):
    """A descriptor that becomes readable when a process ends."""
    descriptor = libc.syscall(434, pid, 0)  # pidfd_open, the same number on every machine.
    if descriptor < 0:
        check(descriptor, "pidfd_open")
    return descriptor
