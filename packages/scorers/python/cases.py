"""Runs a candidate on inputs and tells what each gave. It knows no expected value: whatever it tells is merely an answer.

Standard input: a decimal length, a newline, and that many bytes of JSON: {"source", "entry", "cases": [{"input",
"timeout", "backstop"}], "fork"}. Standard output: a frame {"hello"} before any code of the candidate runs, then four frames a case, in
order: what happened; the result as the candidate's process wrote it; the result of a second call with the same input
where it was another; what a program printed. The latter three may be empty. (`wire.py` says what a frame is.)

With "fork" each case runs in a child of its own. Without it there is one case in this very process (WebAssembly has
no fork), a program's standard input is what follows the JSON, and its standard output comes raw before the case's
frames, which are followed by their length as 8 hex digits.
"""

import os
import sys
import time

import plain
from attempt import frame_of, frames, results, send


def read_job():
    """The job from standard input, not a byte further: what follows is the program's own."""
    digits = b""
    while not digits.endswith(b"\n"):
        digits += read(1)
    size, body = int(digits), b""
    while len(body) < size:
        body += read(size - len(body))
    return plain.loads(body)


def read(most):
    piece = os.read(0, most)
    if not piece:
        raise EOFError("the job ended early")
    return piece


def run_here(job):
    """The four frames of the one case, run in this process."""
    began = time.monotonic()
    told, blobs = {}, []
    for result in results(job, job["cases"][0]):
        told.setdefault("ms", round((time.monotonic() - began) * 1000, 3))
        blobs.append(frame_of(result)[4:])
    sys.stdout.flush()
    return frames(told, blobs[0], b"" if blobs[-1] == blobs[0] else blobs[-1], b"")


def main():
    job = read_job()
    send(1, frames({"hello": True}))
    if not job["fork"]:
        told = run_here(job)
        send(1, told + b"%08x" % len(told))
        os._exit(0)
    from forked import run_forked

    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for case in job["cases"]:
        send(out, run_forked(job, case))


main()
