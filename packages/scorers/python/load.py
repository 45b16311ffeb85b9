"""Brings a candidate's source to life as a module of its own."""

import io
import os
import sys

import wire

# Where every case starts an interpreter, it would only take time.
if sys.platform != "wasi":
    import preload


def load(source, setup=None, name="candidate"):
    """
    Runs the source and gives its globals: those of a module, or without a name those of none, as the executors of HumanEval and EvalPlus
    have it. Raises `NotPython` where it cannot be compiled, else what the source raises.
    """
    names = {}
    if name is not None:
        module = type(sys)(name)
        names = module.__dict__
        sys.modules[name] = module
    names["__builtins__"] = __builtins__
    sys.argv = ["candidate.py"]
    if setup:
        exec(compile(setup, "<setup>", "exec", dont_inherit=True), names)
    try:
        code = compile(source, "<candidate>", "exec", dont_inherit=True)
    except MemoryError:
        raise
    except BaseException as error:
        raise NotPython(error) from None
    exec(code, names)
    return names


class NotPython(Exception):
    """The source cannot be compiled; its argument is why."""


def entry_of(names, entry):
    """The function of that name. Of `Class.method`, the method of a new object; without such a class a function of the method's name."""
    head, _, method = entry.partition(".")
    if head in names:
        return getattr(names[head](), method) if method else names[head]
    if method in names:
        return names[method]
    raise NameError("%s is not defined" % entry)


def told(error, source):
    """What went wrong in the candidate, as it is told to the host."""
    if isinstance(error, NotPython):
        return {"syntax": wire.exception(error.args[0], source)}
    if isinstance(error, wire.TooLarge):
        return {"output_limit": str(error)}
    if isinstance(error, wire.Unsupported):
        return {"unsupported": str(error)[:200]}
    if isinstance(error, MemoryError):
        return {"memory": True}
    return {"error": wire.exception(error, source)}


def silence():
    """What a function prints is nobody's answer, however much it is."""
    quiet = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(quiet, fd)


def swallow():
    """One stream in place of all three, as the executors of HumanEval and EvalPlus have it."""
    silence()
    sys.stdin = sys.stdout = sys.stderr = Swallowed()


class Swallowed(io.StringIO):
    """Text without bytes or a descriptor beneath it. Whoever reads it fails; what is written is not kept."""

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError("string argument expected, got %r" % type(text).__name__)
        return len(text)

    def read(self, *_):
        raise OSError("there is no input")

    readline = readlines = read

    def readable(self, *_):
        return False


def streams():
    """Text streams on the job's own descriptors, in place of those of the template it was forked from."""
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stderr = sys.__stderr__ = open(2, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
