"""Runs a task's own tests, trusted, against a proxy. No code of the candidate ever runs in this process.

Frames on standard input and output, the host between this and `candidate.py`. Out: {"hello"}; in: {"prompt", "entry", "test", "timeout"};
then out a call and in its reply, again and again; at the end out {"verdict"}.
"""

import builtins
import json
import os
import random

import limit
import wire


class Stop(BaseException):
    """Ends the test at once: a test that catches exceptions cannot swallow it."""


def read_exactly(fd, size):
    data = b""
    while len(data) < size:
        piece = os.read(fd, min(size - len(data), 1 << 20))
        if not piece:
            os._exit(0)
        data += piece
    return data


class Proxy:
    """The candidate's entry point, as far as the tests can tell."""

    def __init__(self, name, asked, told):
        self.__name__ = self.__qualname__ = name
        self._asked, self._told = asked, told
        self.raised = None

    def __call__(self, *args, **kwargs):
        try:
            question = {"args": wire.encode(list(args)), "kwargs": wire.encode(kwargs)}
        except wire.Unsupported as error:
            raise Stop({"unsupported": "an argument is of type " + str(error)}) from None
        reply = self._ask(question)
        if "args" in reply:
            for old, new in zip(args, self._value(reply["args"])):
                copy_back(old, new)
        if "error" in reply:
            raise self._exception(reply["error"])
        return self._value(reply["value"])

    def _ask(self, question):
        send(self._told, question)
        try:
            reply = receive(self._asked)
        except ValueError:
            reply = None
        if not isinstance(reply, dict) or not ("value" in reply or "error" in reply):
            raise Stop({"reply": reply if isinstance(reply, dict) else {}})
        if "error" in reply and reply["error"].get("fatal"):
            raise Stop({"error": reply["error"]})
        return reply

    def _value(self, data):
        try:
            return wire.decode(data, self._iterate)
        except Exception as error:
            raise Stop({"garbage": str(error)[:200]}) from None

    def _iterate(self, handle):
        more = True
        while more:
            reply = self._ask({"next": handle})
            if "error" in reply:
                raise self._exception(reply["error"])
            yield from self._value(reply["value"])
            more = reply.get("more") is True

    def _exception(self, told):
        kind = getattr(builtins, str(told.get("builtin")), None)
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            kind = RuntimeError
        try:
            self.raised = kind(str(told.get("message")))
        except TypeError:
            self.raised = RuntimeError(str(told.get("message")))
        self.told = told
        return self.raised


def copy_back(old, new):
    """Makes a mutable argument what the candidate made of it, in place, keeping inner objects where the shape allows."""
    if type(old) is not type(new):
        return
    if isinstance(old, list):
        if len(old) == len(new):
            for i, (a, b) in enumerate(zip(old, new)):
                if type(a) is type(b) and isinstance(a, (list, dict, set)):
                    copy_back(a, b)
                else:
                    old[i] = b
        else:
            old[:] = new
    elif isinstance(old, dict):
        kept = {k: v for k, v in old.items()}
        old.clear()
        for k, v in new.items():
            if k in kept and type(kept[k]) is type(v) and isinstance(v, (list, dict, set)):
                copy_back(kept[k], v)
                v = kept[k]
            old[k] = v
    elif isinstance(old, set):
        old.clear()
        old.update(new)
    elif isinstance(old, bytearray):
        old[:] = new


def receive(fd):
    return json.loads(read_exactly(fd, int.from_bytes(read_exactly(fd, 4), "big")))


def send(fd, message):
    view = memoryview(wire.pack(message))
    while view:
        view = view[os.write(fd, view) :]


def run(job, proxy):
    """The verdict: {"passed"}, with what failed and where."""
    names = {"__name__": "tests"}
    try:
        exec(compiled(job["prompt"]), names)
        names[job["entry"]] = proxy
        exec(compile(job["test"], "<test>", "exec"), names)
        random.seed(0)
        names["check"](proxy)
        return {"passed": True}
    except Stop as stop:
        return {"passed": False, **stop.args[0]}
    except BaseException as error:
        if error is proxy.raised:
            return {"passed": False, "error": proxy.told, "at": where(error, job["test"])}
        told = {"type": type(error).__name__, "message": str(error)[:500]}
        return {"passed": False, "failure": told, "at": where(error, job["test"])}


def compiled(prompt):
    """The prompt as code. One that ends with a bare signature gets a body."""
    try:
        return compile(prompt, "<prompt>", "exec")
    except SyntaxError:
        return compile(prompt + "\n    pass\n", "<prompt>", "exec")


def where(error, test):
    """The line of the test that did not hold."""
    line, frame = None, error.__traceback__
    while frame:
        if frame.tb_frame.f_code.co_filename == "<test>":
            line = frame.tb_lineno
        frame = frame.tb_next
    return test.split("\n")[line - 1].strip()[:500] if line else ""


def main():
    asked, told = os.dup(0), os.dup(1)
    quiet = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(quiet, fd)
    send(told, {"hello": True})
    job = receive(asked)
    limit.guard(job["timeout"])
    verdict = run(job, Proxy(job["entry"], asked, told))
    send(told, {"verdict": verdict})


main()
