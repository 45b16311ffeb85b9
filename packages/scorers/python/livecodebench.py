"""Brings a candidate to life as LiveCodeBench's harness does (`lcb_runner/evaluation/testing_util.py`): its verdicts follow from its ways.

- The harness' imports and the answer are one module: a `from __future__` comes too late in it.
- A program is the body of a function: a name that it assigns is a local one, from the first line on, and `global` finds none of them.
- One with a `class Solution` is taken for a function's answer, and fails.
- Only what is written to `sys.stdout` counts, which has no buffer. A `stdin` that was imported by name gives lines without ends.
"""

import ast
import io
import os
import sys

import load

MAIN = "__name__ == '__main__'"
# No candidate calls it.
NAME = "wrapped_function"


def module(source, setup):
    """The globals of an answer with a function."""
    return run([*ast.parse(setup).body, *statements(source)])


def program(source, setup):
    """Runs a program to its end."""
    body = statements(source)
    last = body[-1] if body else None
    if isinstance(last, ast.If) and ast.unparse(last.test) == MAIN:
        body[-1:] = last.body
    imports = [one for one in body if isinstance(one, (ast.Import, ast.ImportFrom))]
    (function,) = ast.parse("def %s(): pass" % NAME).body
    function.body = [one for one in body if one not in imports]
    if "class Solution" in source and "class Solution" in ast.unparse(function):
        raise AttributeError("module 'tmp_sol' has no attribute 'Solution'")
    text = open(0, encoding="utf-8", errors="surrogateescape", newline="", closefd=False).read()
    sys.stdin = imported(text)
    names = run([*ast.parse(setup).body, *imports, function])
    sys.stdin = io.StringIO(text)
    # Not in the first versions of the harness.
    sys.stdin.buffer = io.BytesIO(text.encode("utf-8", "surrogateescape"))
    sys.stdout = Printed(own_output())
    names[NAME]()


def statements(source):
    try:
        return ast.parse(source).body
    except MemoryError:
        raise
    except BaseException as error:
        raise load.NotPython(error) from None


def run(body):
    made = type(sys)("tmp_sol")
    try:
        code = compile(ast.Module(body, []), "<candidate>", "exec", dont_inherit=True)
    except MemoryError:
        raise
    except BaseException as error:
        raise load.NotPython(error) from None
    exec(code, made.__dict__)
    return made.__dict__


def imported(text):
    """The standard input that `from sys import stdin` gives: only these three are the test's."""
    stream = io.StringIO()
    lines = iter(text.split("\n"))
    stream.readline = lambda *_: next(lines)
    stream.readlines = lambda *_: text.split("\n")
    stream.read = lambda *_: text
    return stream


def own_output():
    """A descriptor that is standard output, which nobody else has; WebAssembly cannot copy one."""
    if sys.platform == "wasi":
        return 1
    own = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return own


class Printed(io.StringIO):
    """Standard output, passed on as it comes."""

    def __init__(self, descriptor):
        self.stream = open(descriptor, "w", encoding="utf-8", errors="surrogateescape")

    def write(self, text):
        return self.stream.write(text)

    def flush(self):
        self.stream.flush()
