"""One case of a candidate, run in the process that asks: see `cases.py`."""

import os
import sys

import wire


def results(job, case):
    """One case: what the entry point returns, twice, or that the program came to its end. The second call shows state
    that leaks from one call into the next: a mutable default, a global that is not reset."""
    first, function = attempt(job, case, None)
    yield first
    if "value" in first:
        yield attempt(job, case, function)[0]


def attempt(job, case, function):
    """A result, and the entry point once it is there, for a second call."""
    source, entry = job["source"], job.get("entry")
    compiled = function is not None
    try:
        if function is not None:
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


def load(code, name):
    """Runs the candidate as a module of its own and gives its globals."""
    module = type(sys)(name)
    module.__dict__["__builtins__"] = __builtins__
    sys.modules[name] = module
    sys.argv = ["candidate.py"]
    exec(code, module.__dict__)
    return module.__dict__


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


def frames(told, *blobs):
    return wire.pack(told) + b"".join(len(blob).to_bytes(4, "big") + blob for blob in blobs)
