"""Runs a candidate on inputs and tells what each gave. It knows no expected value: whatever it tells is merely an answer.

Standard input: a decimal length, a newline, and that many bytes of JSON: {"source", "entry", "cases": [{"input", "timeout"}],
"fork"}. Standard output: a frame {"hello"} before any code of the candidate runs, then four frames a case, in order: what happened, the result as the candidate's process wrote it,
the result of a second call with the same input where it was another, and what a program printed; the latter three
may be empty. With "fork" each case runs in a child of its own. Without it
there is one case in this very process (WebAssembly has no fork), a program's standard input is what follows the JSON,
and its standard output comes raw before the frames, which are followed by their length as 8 hex digits.
"""

import json
import os
import sys
import time

import wire


def load(code, name):
    """Runs the candidate as a module of its own and gives its globals."""
    import types

    module = types.ModuleType(name)
    module.__dict__["__builtins__"] = __builtins__
    sys.modules[name] = module
    sys.argv = ["candidate.py"]
    exec(code, module.__dict__)
    return module.__dict__


def results(job, case):
    """One case: what the entry point returns, twice, or that the program came to its end. The second call shows state
    that leaks from one call into the next: a mutable default, a global that is not reset."""
    first, function = attempt(job, case, None)
    yield first
    if "value" in first:
        yield attempt(job, case, function)[0]


def attempt(job, case, function):
    source, entry = job["source"], job.get("entry")
    compiled = function is not None
    try:
        if function:
            return {"value": wire.encode(function(*wire.decode(case["input"])))}, function
        code = compile(source, "<candidate>", "exec", dont_inherit=True)
        compiled = True
        if entry is None:
            try:
                load(code, "__main__")
            except SystemExit as end:
                if end.code not in (None, 0):
                    return {"error": {"type": "SystemExit", "message": str(end.code)[:500], "trace": []}}, None
            finally:
                finish()
            return {"ended": True}, None
        function = load(code, "candidate").get(entry)
        if function is None:
            return {"error": {"type": "NameError", "message": "%s is not defined" % entry, "trace": []}}, None
        return {"value": wire.encode(function(*wire.decode(case["input"])))}, function
    except wire.TooLarge as error:
        return {"output_limit": str(error)}, None
    except wire.Unsupported as error:
        return {"unsupported": str(error)[:200]}, None
    except MemoryError:
        return {"memory": True}, None
    except BaseException as error:
        return {"error" if compiled else "syntax": wire.exception(error, source)}, None


def finish():
    """What the interpreter does at its end: waits for threads, runs exit handlers, flushes."""
    import atexit
    import threading

    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()


def send(fd, frame):
    view = memoryview(frame)
    while view:
        view = view[os.write(fd, view) :]


def frame_of(result):
    try:
        return wire.pack(result)
    except wire.TooLarge as error:
        return wire.pack({"output_limit": str(error)})


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


def run_forked(job, case):
    """Forks a child for one case and gives its four frames; kills whatever is left of it."""
    import select
    import signal
    import tempfile

    program = job.get("entry") is None
    with tempfile.TemporaryFile() as given:
        if program:
            given.write(case["input"].encode("utf-8", "surrogatepass"))
            given.seek(0)
        result_r, result_w = os.pipe()
        stdout_r, stdout_w = os.pipe()
        began = time.monotonic()
        pid = os.fork()
        if pid == 0:
            try:
                in_child(job, case, result_w, given.fileno(), stdout_w)
            finally:
                os._exit(0)
    os.close(result_w)
    os.close(stdout_w)
    os.set_blocking(stdout_r, False)
    results, printed = Frames(), bytearray()
    why, status, first_ms = None, None, None
    deadline = began + case["timeout"]
    reading = [result_r, stdout_r]
    while why is None and status is None:
        left = deadline - time.monotonic()
        ready = select.select(reading, [], [], min(left, 0.02))[0] if left > 0 else []
        if left <= 0:
            why = "timeout"
        elif result_r in ready:
            piece = os.read(result_r, 1 << 16)
            results.add(piece)
            if first_ms is None and results.whole() > 0:
                first_ms = (time.monotonic() - began) * 1000
                deadline = time.monotonic() + case["timeout"]
            if not piece or results.whole() == (1 if program else 2):
                break
            if results.too_large():
                why = "output_limit"
        if stdout_r in ready and not drain(stdout_r, printed, program):
            reading.remove(stdout_r)
        if len(printed) > wire.MAX_BYTES:
            why = "output_limit"
        if not ready and why is None:
            pid_, status_ = os.waitpid(pid, os.WNOHANG)
            status = status_ if pid_ else None
    ms = first_ms or (time.monotonic() - began) * 1000
    while program and len(printed) <= wire.MAX_BYTES and select.select([stdout_r], [], [], 0)[0]:
        if not drain(stdout_r, printed, True):
            break
    if why is None and len(printed) > wire.MAX_BYTES:
        why = "output_limit"
    told = {"ms": round(ms, 3)}
    for kill in (os.killpg, os.kill) if status is None else (os.killpg,):
        try:
            kill(pid, signal.SIGKILL)
        except OSError:
            pass
    if status is None:
        _, status, usage = os.wait4(pid, 0)
        told["peak"] = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    os.close(result_r)
    os.close(stdout_r)
    first, again = results.two()
    if why is None and first is None:
        why = "crash"
        if os.WIFSIGNALED(status):
            told["signal"] = os.WTERMSIG(status)
    if why is None and again is None and first.startswith(b'{"value":'):
        why = "crash"
    if why:
        return frames({**told, "why": why}, b"", b"", b"")
    return frames(told, first, b"" if again in (None, first) else again, bytes(printed))


class Frames:
    """The frames of a child, as far as they have come."""

    def __init__(self):
        self.data = bytearray()

    def add(self, piece):
        self.data += piece

    def two(self):
        found, at = [], 0
        while len(found) < 2 and at + 4 <= len(self.data):
            end = at + 4 + int.from_bytes(self.data[at : at + 4], "big")
            if end > len(self.data):
                break
            found.append(bytes(self.data[at + 4 : end]))
            at = end
        return (found + [None, None])[:2]

    def whole(self):
        return sum(frame is not None for frame in self.two())

    def too_large(self):
        return len(self.data) > 2 * (wire.MAX_BYTES + 4)


def drain(fd, into, keep):
    try:
        piece = os.read(fd, 1 << 16)
    except BlockingIOError:
        return True
    into += piece if keep else b""
    return bool(piece)


def read_job():
    """The job from standard input, not a byte further: what follows is the program's own."""
    digits = b""
    while not digits.endswith(b"\n"):
        digits += os.read(0, 1)
    body = b""
    while len(body) < int(digits):
        body += os.read(0, int(digits) - len(body))
    return json.loads(body)


def main():
    job = read_job()
    send(1, frames({"hello": True}))
    if job["fork"]:
        out = os.dup(1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        for case in job["cases"]:
            send(out, run_forked(job, case))
        return
    began = time.monotonic()
    told, blobs = {}, []
    for result in results(job, job["cases"][0]):
        told.setdefault("ms", round((time.monotonic() - began) * 1000, 3))
        blobs.append(frame_of(result)[4:])
    told = frames(told, blobs[0], b"" if blobs[-1] == blobs[0] else blobs[-1], b"")
    sys.stdout.flush()
    send(1, told + b"%08x" % len(told))
    os._exit(0)


def frames(told, *blobs):
    return wire.pack(told) + b"".join(len(blob).to_bytes(4, "big") + blob for blob in blobs)


main()
