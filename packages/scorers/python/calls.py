"""Runs a candidate on one input and tells what it gave. It knows no expected value: whatever it tells is merely an answer.

Payload {"source", "setup", "entry", "args", "again", "seal"}. On descriptor 3 what the entry point returned and, with "again", what a second
call with the same arguments did: state that leaks from one call into the next shows there. "all" has the arguments of many calls in place
of "args". Without "entry" the source is a program, and 3 tells that it came to its end. "like" names a harness whose ways are followed.
"""

import os
import sys

import frames
import load
import plain
import wire


def main(payload):
    job = plain.loads(payload)
    load.silence() if "entry" in job else load.streams()
    for told in results(job):
        frames.answer(frames.RESULT, {"seal": job["seal"], **told})
    os._exit(0)


def results(job):
    try:
        if "entry" not in job:
            yield {"ended": True, "exit": run(job)}
            return
        function = load.entry_of(names_of(job), job["entry"])
        for args in job["all"] if "all" in job else [job["args"]] * (2 if job["again"] else 1):
            yield {"value": wire.encode(function(*wire.decode(args)))}
    except BaseException as error:
        yield load.told(error, job["source"])


def names_of(job):
    if "like" not in job:
        return load.load(job["source"], job.get("setup"))
    import livecodebench

    return livecodebench.module(job["source"], job["setup"])


def run(job):
    """Runs a program to its end, and gives what it asked to exit with; absent where it did not ask."""
    try:
        if "like" in job:
            import livecodebench

            livecodebench.program(job["source"], job["setup"])
        else:
            load.load(job["source"], job.get("setup"), "__main__")
    except SystemExit as end:
        return None if end.code in (None, 0) else str(end.code)[:500]
    finally:
        finish()


def finish():
    """What the interpreter does at its end: waits for threads, runs exit handlers, flushes."""
    import atexit
    import threading

    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
