"""One case of a candidate in a child process of its own: see `cases.py`. Needs what WebAssembly lacks."""

import os
import select
import signal
import sys
import tempfile
import time

import limit
import wire
from attempt import frame_of, frames, results, send

# How a result begins that a second call must follow.
VALUE = b'{"value":'


def run_forked(job, case):
    """The four frames of one case, run in a child."""
    child = Child(job, case)
    why = child.watch(case["timeout"], case["backstop"])
    ms = child.first_ms or child.elapsed()
    child.end()
    told = {"ms": round(ms, 3), "peak": child.usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)}
    ends = frame_ends(child.results)
    whole = [bytes(child.results[at + 4 : end]) for at, end in zip([0] + ends, ends)]
    first, again = (whole + [None, None])[:2]
    if why is None and (first is None or first.startswith(VALUE) and len(ends) < 2):
        late = limit.spent(child.usage) > case["timeout"] * (1 + len(ends))
        why = "timeout" if late else "crash"
        if os.WIFSIGNALED(child.status):
            told["signal"] = os.WTERMSIG(child.status)
    if why:
        return frames({**told, "why": why}, b"", b"", b"")
    return frames(told, first, b"" if again in (None, first) else again, bytes(child.printed))


class Child:
    """The forked process of one case, seen from outside."""

    def __init__(self, job, case):
        self.program = job.get("entry") is None
        self.results, self.printed = bytearray(), bytearray()
        self.status = self.usage = self.first_ms = None
        with tempfile.TemporaryFile() as given:
            if self.program:
                given.write(case["input"].encode("utf-8", "surrogatepass"))
                given.seek(0)
            self.result_fd, result_w = os.pipe()
            self.stdout_fd, stdout_w = os.pipe()
            self.began = time.monotonic()
            self.pid = os.fork()
            if self.pid == 0:
                try:
                    limit.hold(case["timeout"] * (1 if self.program else 2))
                    in_child(job, case, result_w, given.fileno(), stdout_w)
                finally:
                    os._exit(0)
        os.close(result_w)
        os.close(stdout_w)

    def watch(self, timeout, backstop):
        """Reads until the results are there or the child is gone. Gives why it was stopped, None where it was not. Each call
        has `timeout` seconds of CPU time, and `backstop` seconds on the wall."""
        deadline = self.began + backstop
        reading = [self.result_fd, self.stdout_fd]
        while True:
            left = deadline - time.monotonic()
            if limit.used(self.pid) > timeout * (1 + len(frame_ends(self.results))):
                return "timeout"
            if left <= 0:
                return "waiting"
            ready = select.select(reading, [], [], min(left, limit.TICK))[0]
            if self.result_fd in ready:
                piece = os.read(self.result_fd, 1 << 16)
                self.results += piece
                if self.first_ms is None and frame_ends(self.results):
                    self.first_ms = self.elapsed()
                    deadline = time.monotonic() + backstop
                if not piece or len(frame_ends(self.results)) == (1 if self.program else 2):
                    return self.rest()
            if self.stdout_fd in ready and not self.read_printed():
                reading.remove(self.stdout_fd)
            if self.flooded():
                return "output_limit"
            if not ready and self.reap(os.WNOHANG):
                return self.rest()

    def rest(self):
        """What was printed before the end but not read yet."""
        while not self.flooded() and select.select([self.stdout_fd], [], [], 0)[0] and self.read_printed():
            pass
        return "output_limit" if self.flooded() else None

    def read_printed(self):
        piece = os.read(self.stdout_fd, 1 << 16)
        self.printed += piece if self.program else b""
        return len(piece) > 0

    def flooded(self):
        return len(self.printed) > wire.MAX_BYTES or len(self.results) > 2 * (wire.MAX_BYTES + 4)

    def elapsed(self):
        return (time.monotonic() - self.began) * 1000

    def reap(self, options=0):
        if self.status is None:
            pid, status, usage = os.wait4(self.pid, options)
            if pid:
                self.status, self.usage = status, usage
        return self.status is not None

    def end(self):
        """Kills what is left of it. A child that has not been waited for cannot lend its id to another process."""
        for kill in (os.killpg,) if self.status is not None else (os.killpg, os.kill):
            try:
                kill(self.pid, signal.SIGKILL)
            except OSError:
                pass
        self.reap()
        os.close(self.result_fd)
        os.close(self.stdout_fd)


def in_child(job, case, result_fd, stdin_fd, stdout_fd):
    """The forked child: private descriptor for the result, the case's own standard streams, then the candidate."""
    os.setsid()
    os.dup2(stdin_fd, 0)
    os.dup2(stdout_fd, 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.dup2(result_fd, 3)
    os.closerange(4, 256)
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    for result in results(job, case):
        send(3, frame_of(result))


def frame_ends(data):
    """Where the first frames end, two at most, as far as they are whole."""
    ends, at = [], 0
    while len(ends) < 2 and at + 4 <= len(data):
        at += 4 + int.from_bytes(data[at : at + 4], "big")
        if at > len(data):
            break
        ends.append(at)
    return ends
