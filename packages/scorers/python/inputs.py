"""Runs a function on many inputs, one after the other in one process, as EvalPlus does. Knows no expected value.

Payload {"source", "entry", "inputs", "limits", "asSet", "seal"}: "inputs" is JSON in a string, "limits" are seconds of CPU time, one for each
input; "asSet" where answers are compared as sets.
On descriptor 3 the seal, then a line for each input: "+" and the value, or "-" and what was told of its failure, which is the last; "!" and
that where the source could not be loaded; "." at the end. A trusted reference has no limits: after a tab, it tells the seconds it took.
"""

import builtins
import os
import signal
import subprocess
import sys
import time
from resource import RLIMIT_STACK, getrlimit, setrlimit

import frames
import load
import plain
import wire


def main(payload):
    job = plain.loads(payload)
    inputs = wire.loads(job["inputs"])
    limits = job.get("limits")
    load.swallow()
    if limits:
        switch_off()
    setrlimit(RLIMIT_STACK, (getrlimit(RLIMIT_STACK)[1],) * 2)  # For deep recursion, as EvalPlus does.
    out = Lines(job["seal"])
    try:
        function = load.entry_of(load.load(job["source"], name=None), job["entry"])
    except BaseException as error:
        out.add("!" + plain.dumps(load.told(error, job["source"])))
    else:
        signal.signal(signal.SIGPROF, late)
        signal.signal(signal.SIGALRM, late)
        for i, arguments in enumerate(inputs):
            line = trial(function, arguments, limits[i], job) if limits else timed(function, arguments, job["source"])
            out.add(line)
            if line[0] == "-":
                break
    out.end()


def switch_off():
    """As EvalPlus does to a candidate, which fails there where it needs any of it: an unguarded `doctest.testmod()` opens a file."""
    for owner, names in ((builtins, FUNCTIONS), (os, CALLS), (subprocess, ("Popen",))):
        for name in names:
            setattr(owner, name, None)
    sys.modules.update(dict.fromkeys(MODULES))


FUNCTIONS = ("open", "exit", "quit", "help")
# Not `getcwd`, which `multiprocessing` calls when it is imported: there it was imported before.
CALLS = (
    *("kill", "killpg", "system", "putenv", "fork", "forkpty", "setuid", "chdir", "fchdir", "chroot"),
    *("remove", "removedirs", "rmdir", "rename", "renames", "replace", "unlink", "truncate"),
    *("chmod", "fchmod", "lchmod", "chown", "fchown", "lchown", "lchflags"),
)
MODULES = ("ipdb", "joblib", "psutil", "resource", "tkinter")


def trial(function, arguments, limit, job):
    try:
        hold(limit)
        try:
            result = function(*arguments)
            if job.get("asSet"):
                result = members(result)
        finally:
            hold(0)
        return "+" + text_of(result)
    except Late:
        return '-{"late":true}'
    except BaseException as error:
        return "-" + plain.dumps(load.told(error, job["source"]))


def members(value):
    """What is compared as a set may be anything that a set can be made of; what is data stays as it is."""
    if isinstance(value, (list, tuple, set, frozenset, str, dict)):
        return value
    try:
        return set(value)
    except TypeError:
        return value


def timed(function, arguments, source):
    began = time.process_time()
    try:
        result = function(*arguments)
        took = time.process_time() - began
        return "+%s\t%.6f" % (text_of(result), took)
    except BaseException as error:
        return "-" + plain.dumps(load.told(error, source))


def text_of(value):
    """The value, or of a large one a digest: only who has the right value has the right digest."""
    try:
        text = plain.dumps(wire.encode(value, opaque))
        if len(text) <= LARGE:
            return text
    except wire.TooLarge:
        pass
    return plain.dumps({"$digest": digest(value)})


LARGE = 4 << 20


def opaque(_tag, _x):
    """Whatever it is, it is not None and equals nothing."""
    return None


def digest(value):
    """SHA-256 of lists and tuples of numbers and texts: the same where Python calls them equal. In pieces, for they may be of a gigabyte."""
    import hashlib
    import marshal

    found = hashlib.sha256(type(value).__name__.encode())
    items = value if type(value) in (list, tuple) else (value,)
    try:
        for at in range(0, len(items), 4096):
            # Version 0 has no references: what is written depends on the value alone.
            found.update(marshal.dumps([normal(x) for x in items[at : at + 4096]], 0))
    except (RecursionError, ValueError):
        raise wire.TooLarge("nested too deep") from None
    return found.hexdigest()


def normal(x):
    """`1`, `1.0` and `True` are one number."""
    kind = type(x)
    if kind in ATOMS:
        return x
    if kind is float:
        return int(x) if x.is_integer() else x
    if kind is bool:
        return int(x)
    if kind in (list, tuple):
        return x if ATOMS.issuperset(map(type, x)) else kind([normal(y) for y in x])
    raise wire.TooLarge("too many values")


ATOMS = frozenset((int, str, type(None)))


class Late(BaseException):
    """Over the limit. Asked for again and again, as code that catches everything would go on."""


def late(_number, _frame):
    raise Late


def hold(seconds):
    again = 0.2 if seconds else 0
    signal.setitimer(signal.ITIMER_PROF, seconds, again)
    signal.setitimer(signal.ITIMER_REAL, 3 * seconds + 2 if seconds else 0, again)


class Lines:
    """Lines on the way out: kept until they are many, or until the next call may take long."""

    def __init__(self, seal):
        self.kept, self.size = [seal], 0
        self.due = time.monotonic() + FLUSH

    def add(self, line):
        self.kept.append(line)
        self.size += len(line)
        if self.size > 1 << 16 or time.monotonic() > self.due:
            self.flush()

    def flush(self):
        view = memoryview("\n".join(self.kept + [""]).encode("ascii"))
        while view:
            view = view[os.write(frames.RESULT, view) :]
        self.kept, self.size = [], 0
        self.due = time.monotonic() + FLUSH

    def end(self):
        self.kept.append(".")
        self.flush()
        os._exit(0)


FLUSH = 0.02
