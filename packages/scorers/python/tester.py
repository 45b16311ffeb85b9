"""Runs a task's own tests, trusted, against a proxy. No code of the candidate ever runs in this process.

Payload {"prompt", "entry", "test", "style"}. `candidate.py` is at the far end of descriptors 4 and 5; the verdict goes to 3, which it
cannot reach. What names the test uses that nobody here defines are the candidate's, and stay in its process.
"""

import builtins
import os
import random
import sys

import frames
import plain
from remote import Far, Proxy


def main(payload):
    job = plain.loads(payload)
    frames.send(frames.RESULT, verdict(job, Far()))
    os._exit(0)


def verdict(job, far, *compilers):
    """{"passed"}, with what failed and where, and the last call."""
    found = run(job, far, *compilers)
    return {**found, "last": far.last} if not found["passed"] and far.last else found


def prompt_code(prompt):
    """The prompt as code. One that ends with a bare signature gets a body."""
    try:
        return compile(prompt, "<prompt>", "exec")
    except SyntaxError:
        return compile(prompt + "\n    pass\n", "<prompt>", "exec")


def test_code(test):
    return compile(test, "<test>", "exec")


def run(job, far, prompt_code=prompt_code, test_code=test_code):
    """{"passed"}, with what failed and where. The compilers are others where a test is rehearsed, or kept for the next answer."""
    names = {"__name__": "tests", "__builtins__": Builtins(far)}
    try:
        far.greet()
        exec(prompt_code(job["prompt"]), names)
        proxy = names[job["entry"]] = Proxy(far, job["entry"])
        random.seed(0)
        exec(test_code(job["test"]), names)
        if job["style"] == "check":
            names["check"](proxy)
        return {"passed": False, **far.stopped} if far.stopped else {"passed": True}
    except BaseException as error:
        if far.stopped:
            return {"passed": False, **far.stopped}
        if error is far.raised:
            return {"passed": False, "reply": far.reply, "at": where(error, job["test"])}
        failure = {"type": type(error).__name__, "message": str(error)[:500]}
        return {"passed": False, "failure": failure, "at": where(error, job["test"])}


class Builtins(dict):
    """What a name means that the test and the prompt leave open: a global of the candidate's, or the module of Python's that has its name."""

    def __init__(self, far):
        super().__init__(vars(builtins))
        self.far = far

    def __missing__(self, name):
        if name in MODULES:
            self.far.ask("truth", name)
            return __import__(name)
        return Proxy(self.far, name)


# Those that answers import and tests then use. The candidate's own word on what they hold must not count, only that it has them.
MODULES = getattr(sys, "stdlib_module_names", ("collections", "copy", "functools", "itertools", "math", "random", "re", "string", "sys"))


def where(error, test):
    """The line of the test that did not hold."""
    line, frame = None, error.__traceback__
    while frame:
        if frame.tb_frame.f_code.co_filename == "<test>":
            line = frame.tb_lineno
        frame = frame.tb_next
    return test.split("\n")[line - 1].strip()[:500] if line else ""
