"""Holds a process to an amount of CPU time. The kernel ends it, so nothing in it can put that off."""

import math
import os
import resource

# How `guard` ends where the process took too long, as timeout(1) does.
LATE = 124


def guard(seconds):
    """Goes on in a child that may use so much CPU time. Never returns in the parent, which ends as its child does.

    The kernel counts by its ticks, which on a busy machine may be off by a good part of a second: one more is given.
    """
    pid = os.fork()
    if pid == 0:
        whole = math.ceil(seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))
        return
    _, status, usage = os.wait4(pid, 0)
    if os.WIFSIGNALED(status):
        used = usage.ru_utime + usage.ru_stime
        os._exit(LATE if used >= 0.5 * seconds else 128 + os.WTERMSIG(status))
    os._exit(1 if status else 0)
