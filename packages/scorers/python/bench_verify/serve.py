"""Holds the answer's modules and does what the tests ask of them. `run_tests.py` is at the far end of the link, the host between.

In: {"root", "modules", "timeout"}, then a question at a time: {"do": "import" | "get" | "set" | "call" | "op", …}. Out: {"hello"} before any code of
the answer has run, then a reply to each: {"value"} or {"error"}, and {"args"} where a call changed what it was given. While a call runs
it may ask back: {"callback", "args", "kwargs"}, for functions that the tests handed over. Whatever comes out of here is merely an answer.
"""

import builtins
import importlib
import operator
import os
import sys
import traceback

from . import hold
from . import link as links
from . import values

# What may be asked of an object by a special name, beside those that a function of the language's stands for.
SPECIAL = set(
    """getitem setitem delitem complex neg pos invert enter exit eq ne lt le gt ge add radd sub rsub mul rmul truediv rtruediv
    floordiv rfloordiv mod rmod pow rpow matmul rmatmul and or xor rand ror rxor""".split()
)
FUNCTIONS = {name: getattr(builtins, name) for name in "abs bool bytes float format hash int iter len next repr reversed round str".split()}
FUNCTIONS.update(index=operator.index, contains=lambda x, y: y in x)


class Server:
    def __init__(self, link, root):
        self.link, self.root = link, root
        self.objects, self.ids = [], {}

    def serve(self):
        while True:
            self.link.send(self.answer(self.link.receive()))

    def answer(self, question):
        args, given = [], None
        try:
            if "args" in question:
                args, kwargs = self.read(question["args"]), self.read(question["kwargs"])
                given = values.encode(args, self.refer)
            do = question["do"]
            if do == "import":
                value = importlib.import_module(question["name"])
            elif do == "get":
                value = getattr(self.objects[question["on"]], question["name"])
            elif do == "names":
                module = self.objects[question["on"]]
                value = list(getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")])
            elif do == "set":
                value = setattr(self.objects[question["on"]], question["name"], self.read(question["value"]))
            elif do == "call":
                value = self.objects[question["on"]](*args, **kwargs)
            else:
                value = self.operate(self.objects[question["on"]], question["op"], args)
            reply = {"value": values.encode(value, self.refer)}
        except BaseException as error:
            reply = {"error": self.tell(error)}
        return self.with_changes(reply, args, given)

    def operate(self, target, op, args):
        if op in FUNCTIONS:
            return FUNCTIONS[op](target, *args)
        if op not in SPECIAL:
            raise AttributeError(op)
        return getattr(type(target), "__%s__" % op)(target, *args)

    def with_changes(self, reply, args, given):
        try:
            changed = None if given is None else values.encode(args, self.refer)
            return reply if changed == given else dict(reply, args=changed)
        except BaseException:
            return reply

    def refer(self, x):
        """What the far end has to know of an object that stays here."""
        told = {"id": self.keep(x), "kind": "class" if isinstance(x, type) else "function" if callable(x) else "object"}
        kind = x if isinstance(x, type) else type(x)
        told["name"] = str(kind.__name__ if kind is x else getattr(x, "__name__", kind.__name__))[:200]
        told["isa"] = [self.keep(k) for k in type.mro(kind) if k.__module__ != "builtins"][:50]
        if kind is x and issubclass(x, BaseException):
            told["exception"] = builtin_of(x)
            told["parents"] = [self.refer(k) for k in x.__bases__ if issubclass(k, BaseException) and not is_builtin(k)][:5]
        return told

    def keep(self, x):
        known = self.ids.get(id(x))
        if known is None:
            known = self.ids[id(x)] = len(self.objects)
            self.objects.append(x)
        return known

    def read(self, data):
        return values.decode(data, self.resolve)

    def resolve(self, ref):
        if "callback" in ref:
            return self.callback(ref["callback"], ref.get("name", "callback"))
        return self.objects[ref["id"]]

    def callback(self, number, name):
        def call(*args, **kwargs):
            self.link.send({"callback": number, "args": values.encode(list(args), self.refer), "kwargs": values.encode(kwargs, self.refer)})
            while True:
                message = self.link.receive()
                if "do" not in message:
                    break
                self.link.send(self.answer(message))
            if "error" in message:
                kind = getattr(builtins, message["error"]["builtin"], RuntimeError)
                raise kind(message["error"]["message"])
            return self.read(message["value"])

        call.__name__ = name
        return call

    def tell(self, error):
        kind = type(error)
        told = {"builtin": builtin_of(kind), "type": str(kind.__name__)[:200], "trace": self.trace(error)}
        try:
            told["message"] = str(error)[:2000]
        except BaseException:
            told["message"] = ""
        try:
            told["raised"], told["args"] = self.refer(error), values.encode(list(error.args), self.refer)
            if not is_builtin(kind):
                told["class"] = self.refer(kind)
        except BaseException:
            pass
        return told

    def trace(self, error):
        lines = []
        for frame in traceback.extract_tb(error.__traceback__)[-50:]:
            if frame.filename.startswith(self.root + os.sep):
                place = (frame.filename[len(self.root) + 1 :], frame.lineno, frame.name, (frame.line or "")[:200])
                lines.append("%s line %s, in %s: %s" % place)
        if isinstance(error, SyntaxError) and error.lineno:
            lines.append("line %s: %s" % (error.lineno, (error.text or "").strip()[:200]))
        return lines[-8:]


def is_builtin(kind):
    return getattr(builtins, kind.__name__, None) is kind


def builtin_of(kind):
    return next(k.__name__ for k in type.mro(kind) if is_builtin(k))


def main():
    link = links.private_link()
    link.send({"hello": True})
    job = link.receive()
    hold.guard(job["timeout"])
    ours = os.getcwd()
    os.chdir(job["root"])
    sys.path[:] = [os.getcwd()] + [path for path in sys.path if path not in ("", ours)]
    Server(link, os.getcwd()).serve()


if __name__ == "__main__":
    try:
        main()
    except links.Closed:
        os._exit(0)
