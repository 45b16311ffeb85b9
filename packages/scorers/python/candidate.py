"""Serves calls of a candidate's entry point. Frames on standard input and output; `tester.py` is at the far end, the host between.

In: {"source", "entry", "timeout"}, then {"args", "kwargs"} or {"next": id} again and again. Out: {"hello"} before any code of the candidate
has run, {"ready"} after it was loaded, then a reply each: {"value"} or {"error"}, with {"args"} where the call changed a
mutable argument. Whatever comes out of this process is merely an answer.
"""

import json
import os
import sys

import limit
import wire

MAX_ITEMS = 1000


def read_exactly(fd, size):
    data = b""
    while len(data) < size:
        piece = os.read(fd, min(size - len(data), 1 << 20))
        if not piece:
            os._exit(0)
        data += piece
    return data


def receive(fd):
    return json.loads(read_exactly(fd, int.from_bytes(read_exactly(fd, 4), "big")))


def send(fd, message):
    try:
        frame = wire.pack(message)
    except wire.TooLarge as error:
        frame = wire.pack({"output_limit": str(error)})
    view = memoryview(frame)
    while view:
        view = view[os.write(fd, view) :]


def load(source, entry):
    module = type(sys)("candidate")
    module.__dict__["__builtins__"] = __builtins__
    sys.modules["candidate"] = module
    compiled = False
    try:
        code = compile(source, "<candidate>", "exec", dont_inherit=True)
        compiled = True
        exec(code, module.__dict__)
        return module.__dict__[entry], {"ready": True}
    except MemoryError:
        return None, {"memory": True}
    except BaseException as error:
        if compiled and type(error) is KeyError and entry not in module.__dict__:
            error = NameError("%s is not defined" % entry)
        return None, {"error" if compiled else "syntax": wire.exception(error, source)}


def answer(function, iterators, question, source):
    def hold(iterator):
        iterators.append(iterator)
        return len(iterators) - 1

    args = []
    try:
        if "next" in question:
            items = []
            for item in iterators[question["next"]]:
                items.append(item)
                if len(items) == MAX_ITEMS:
                    break
            return {"value": wire.encode(items, hold), "more": len(items) == MAX_ITEMS}
        args, kwargs = wire.decode(question["args"]), wire.decode(question["kwargs"])
        return with_args({"value": wire.encode(function(*args, **kwargs), hold)}, args, question)
    except wire.TooLarge as error:
        return {"output_limit": str(error)}
    except wire.Unsupported as error:
        return {"unsupported": str(error)[:200]}
    except MemoryError:
        return {"memory": True}
    except BaseException as error:
        return with_args({"error": wire.exception(error, source)}, args, question)


def with_args(reply, args, question):
    """The reply with the arguments as the call left them, where it changed them into other plain data."""
    try:
        changed = wire.encode(args)
        same = json.dumps(changed) == json.dumps(question.get("args", []))
        return reply if same else {**reply, "args": changed}
    except BaseException:
        return reply


def main():
    asked, told = os.dup(0), os.dup(1)
    quiet = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(quiet, fd)
    send(told, {"hello": True})
    job = receive(asked)
    limit.guard(job["timeout"])
    source = job["source"]
    function, state = load(source, job["entry"])
    send(told, state)
    iterators = []
    while function is not None:
        send(told, answer(function, iterators, receive(asked), source))


main()
