"""Holds a process to an amount of CPU time: the clock on the wall tells more of a busy machine than of the program.

Two hands hold it. A parent reads the process's own clock every 20 ms and kills it at its limit; and should the process
have rid itself of that parent, the kernel kills it at the next whole second but one, which nothing in it can put off.
"""

import math
import os
import resource
import signal
import sys
import time

# How `guard` ends where the process took too long, as timeout(1) does. Nothing else makes it end so.
LATE = 124
TICK = 0.02


def hold(seconds):
    """The kernel's limit for this process and what it starts. The hard one: no signal comes that could be ignored."""
    whole = math.ceil(seconds) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    if hard == resource.RLIM_INFINITY or hard > whole:
        resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))


def used(pid):
    """Seconds of CPU time that a process has used, all its threads together. Linux makes the number of that clock of the
    process's own, see clock_getcpuclockid(3); elsewhere only the kernel's limit holds."""
    try:
        return time.clock_gettime(~pid << 3 | 2) if sys.platform == "linux" else 0.0
    except OSError:
        return 0.0


def spent(usage):
    return usage.ru_utime + usage.ru_stime


def guard(seconds):
    """Goes on in a child that may use so much CPU time. Never returns in the parent, which ends as its child does."""
    pid = os.fork()
    if pid == 0:
        hold(seconds)
        return
    done, late = 0, False
    while not done:
        time.sleep(TICK)
        if used(pid) > seconds:
            late = True
            os.kill(pid, signal.SIGKILL)
        done, status, usage = os.wait4(pid, 0 if late else os.WNOHANG)
    if late or spent(usage) > seconds and os.WIFSIGNALED(status):
        os._exit(LATE)
    if os.WIFSIGNALED(status):
        end_by(os.WTERMSIG(status))
    os._exit(1 if status else 0)


def end_by(number):
    """Ends this process by that signal, where it is not ignored for good."""
    try:
        signal.signal(number, signal.SIG_DFL)
    except OSError:
        pass  # SIGKILL has no other.
    os.kill(os.getpid(), number)
