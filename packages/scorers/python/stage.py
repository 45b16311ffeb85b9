"""Runs tests one after the other against answers that are there already. No code of a candidate ever runs here.

Frames on standard input and output, one out for each in:
{"do": "rehearse", "prompt", "entry", "test", "style"}: what the test asks, as far as no answer decides it. {"calls": […]}, or null.
{"do": "play", …, "calls": […], "answers": […]}: the verdict. {"verdict", "asked"}; {"strayed": true} where the test asked for something else than
in the rehearsal, as about an answer that is no data and stays in the candidate's process.
"""

import ast
import functools
import gc
import os

import frames
import plain
import remote
import tester
import wire

# Calls after which a rehearsal ends: a test may wait for an answer that never comes.
MAX_CALLS = 10_000


class Rehearsed(remote.Far):
    """Nobody is there to answer: what is asked is written down."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def greet(self):
        pass

    def exchange(self, question):
        # By its name alone nothing can be asked that hangs on an answer.
        if type(question["of"]) is not str or len(self.calls) == MAX_CALLS:
            self.stop(unsupported="a question that hangs on an answer")
        self.calls.append(question)

    def take(self, _do, _reply, _shared):
        return Unknown()


class Unknown:
    """An answer in a rehearsal: whatever is done with it goes well, and tells nothing. It cannot be passed on."""

    __hash__ = object.__hash__
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = lambda self, *_: True
    __ne__ = lambda self, _: False
    __len__ = __int__ = __index__ = lambda self: 0
    __float__ = lambda self: 0.0
    __iter__ = lambda self: iter(())
    __call__ = __getitem__ = __abs__ = __round__ = __neg__ = lambda self, *_, **__: self
    __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __pow__ = lambda self, _: self
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rpow__ = lambda self, _: self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self


class Played(remote.Far):
    """Its answers were given before; the first of them is the greeting."""

    def __init__(self, calls, answers):
        super().__init__()
        self.calls, self.answers = calls, iter(answers)
        self.asked = 0

    def hear(self):
        answer = next(self.answers, None)
        if answer is None:
            self.stop(silent=True)
        return {key: value for key, value in answer.items() if key != "seal"}

    def exchange(self, question):
        if self.asked == len(self.calls) or plain.dumps(question) != plain.dumps(self.calls[self.asked]):
            self.stop(strayed=True)
        self.asked += 1
        return self.hear()


class Asking(ast.NodeTransformer):
    """Makes every assertion hold, whatever it was told."""

    def visit_Assert(self, node):
        held = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Pass()])
        return ast.Try([ast.Expr(node.test)], [held], [], [])


# Many answers bring the same test.
prompt_code = functools.lru_cache(maxsize=1024)(tester.prompt_code)
test_code = functools.lru_cache(maxsize=1024)(tester.test_code)


def asking_code(test):
    return compile(ast.fix_missing_locations(Asking().visit(ast.parse(test))), "<test>", "exec")


def rehearse(job):
    far = Rehearsed()
    found = tester.run(job, far, prompt_code, asking_code)
    return {"calls": far.calls if found["passed"] else None}


def play(job):
    far = Played(job["calls"], job["answers"])
    found = tester.verdict(job, far, prompt_code, test_code)
    return {"strayed": True} if "strayed" in found else {"verdict": found, "asked": far.asked}


def main():
    # What a test prints is nobody's answer.
    asking, answering = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    acts = {"rehearse": rehearse, "play": play}
    gc.freeze()
    frames.send(answering, {"ready": True})
    while True:
        try:
            job = frames.hear(asking)
        except frames.Closed:
            return
        try:
            frames.send(answering, acts[job["do"]](job))
        except wire.TooLarge:
            frames.send(answering, {"calls": None, "strayed": True})


if __name__ == "__main__":
    main()
