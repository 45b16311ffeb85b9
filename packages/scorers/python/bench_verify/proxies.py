"""Stands in for the answer's modules where the tests run. No code of the answer's ever runs here.

A function of the answer's is called there, an object of it is asked there; plain data comes back and is compared here. What would let the
answer decide the verdict is refused, unless the task says that it is self-judged: comparing an object of the answer's own, counting with
it, asking it whether something is in it, letting it hold back what was raised in its `with` block. There the object could learn what is
expected, and say yes.
"""

import builtins
import importlib.abc
import importlib.machinery
import os
import sys
import types

from . import values
from .changes import copy_back


class Refused(BaseException):
    """The test asks what only the answer could decide."""


class Session:
    """The questions of the tests. `over` is called, and never returns, once nothing more can be asked."""

    def __init__(self, link, over, self_judged):
        self.link, self.over, self.self_judged = link, over, self_judged
        self.callbacks, self.classes, self.known = [], {}, {}
        self.raised = []
        # Whether the tests name StopIteration.
        self.stops = False

    def ask(self, **question):
        changing = None
        if "args" in question:
            changing = question["args"]
            question["args"], question["kwargs"] = self.write(list(changing)), self.write(question["kwargs"])
        if "value" in question:
            question["value"] = self.write(question["value"])
        self.link.send(question)
        reply = self.link.receive()
        while isinstance(reply, dict) and "callback" in reply:
            self.link.send(self.call_back(reply))
            reply = self.link.receive()
        try:
            if changing is not None and "args" in reply:
                copy_back(list(changing), self.read(reply["args"]))
            if "error" in reply:
                raised = self.exception(reply["error"])
            else:
                return self.read(reply["value"])
        except Exception as error:
            self.over({"garbage": "%s: %s" % (type(error).__name__, str(error)[:200])})
        if isinstance(raised, StopIteration) and question.get("op") != "next" and not self.stops:
            # It would end a loop of the test's own, as if it had seen all: what PEP 479 makes of it is no end.
            raise RuntimeError("the answer raised StopIteration") from raised
        raise raised

    def call_back(self, asked):
        try:
            args, kwargs = self.read(asked["args"]), self.read(asked["kwargs"])
            function = self.callbacks[asked["callback"]]
        except Exception as error:
            self.over({"garbage": str(error)[:200]})
        try:
            return {"value": self.write(function(*args, **kwargs))}
        except Exception as error:
            kinds = [k.__name__ for k in type(error).__mro__ if getattr(builtins, k.__name__, None) is k]
            return {"error": {"builtin": kinds[0], "message": str(error)[:500]}}

    def write(self, value):
        try:
            return values.encode(value, self.hand_over)
        except values.NotPlain as error:
            raise Refused("an argument cannot be carried over: %s" % error) from None

    def hand_over(self, x):
        remote = remote_id(x)
        if remote is not None:
            return {"id": remote}
        if isinstance(x, type) or not callable(x):
            raise Refused("an argument of type %s cannot be carried over" % type(x).__name__)
        self.callbacks.append(x)
        return {"callback": len(self.callbacks) - 1, "name": str(getattr(x, "__name__", "callback"))}

    def read(self, data):
        return values.decode(data, self.resolve)

    def resolve(self, told):
        number = int(told["id"])
        if "exception" in told:
            return self.exception_class(told)
        if number not in self.known:
            self.known[number] = Remote(self, number, told)
        return self.known[number]

    def exception_class(self, told):
        """A class of exceptions of the answer's, below its nearest built-in one: what `raises` and `except` need."""
        number = int(told["id"])
        if number not in self.classes:
            base = builtin_exception(told["exception"])
            if base is None:
                raise ValueError("no exception")
            parents = tuple(self.exception_class(parent) for parent in told["parents"])
            names = {"_session": self, "_class": number}
            self.classes[number] = type(str(told["name"]), parents or (RaisedThere, base), names)
        return self.classes[number]

    def exception(self, told):
        message = str(told.get("message", ""))
        args = self.read(told["args"]) if "args" in told else [message]
        if isinstance(told.get("class"), dict):
            error = BaseException.__new__(self.exception_class(told["class"]), *args)
            error._text, error._id = message, int(told["raised"]["id"])
        else:
            kind = builtin_exception(told["builtin"]) or RuntimeError
            try:
                error = kind(*args)
            except TypeError:
                error = RuntimeError(message)
        self.raised.append((error, told))
        return error


def builtin_exception(name):
    kind = getattr(builtins, str(name), None)
    return kind if isinstance(kind, type) and issubclass(kind, BaseException) else None


class RaisedThere(BaseException):
    """An exception of a class of the answer's own."""

    _text, _id = None, None

    def __str__(self):
        return super().__str__() if self._text is None else self._text

    def __getattr__(self, name):
        if self._id is None or name.startswith("__"):
            raise AttributeError(name)
        return self._session.ask(do="get", on=self._id, name=name)


def remote_id(x):
    if type(x) in (Remote, RemoteModule):
        return object.__getattribute__(x, "_id")
    if isinstance(x, type) and issubclass(x, RaisedThere):
        return x._class
    if isinstance(x, RaisedThere):
        return x._id
    return None


class Remote:
    """An object of the answer's, where it is."""

    __slots__ = ("_session", "_id", "_told")

    def __init__(self, session, number, told):
        for name, value in (("_session", session), ("_id", number), ("_told", told)):
            object.__setattr__(self, name, value)

    def __call__(self, *args, **kwargs):
        return self._session.ask(do="call", on=self._id, args=list(args), kwargs=kwargs)

    def __getattr__(self, name):
        if name == "__name__":
            return str(self._told.get("name"))
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._session.ask(do="get", on=self._id, name=name)

    def __setattr__(self, name, value):
        self._session.ask(do="set", on=self._id, name=name, value=value)

    def __instancecheck__(self, x):
        return type(x) is Remote and self._id in x._told.get("isa", ()) and x._told.get("kind") != "class"

    def __subclasscheck__(self, x):
        return type(x) is Remote and self._id in x._told.get("isa", ()) and x._told.get("kind") == "class"

    def __hash__(self):
        return hash((Remote, self._id))

    def __eq__(self, other):
        if type(other) is Remote and other._id == self._id:
            return True
        if not self._session.self_judged:
            if type(other) is Remote:
                raise Refused("the test compares objects of the answer's own: only it could tell whether they are equal")
            return False
        return operation("eq")(self, other)

    def __ne__(self, other):
        return not self == other

    def _operate(self, op, args):
        return self._session.ask(do="op", on=self._id, op=op, args=list(args), kwargs={})


def operation(op, decides=True):
    def operate(self, *args):
        if decides and not self._session.self_judged:
            raise Refused("the test counts or compares with an object of the answer's own (%s): only it could tell" % op)
        return self._operate(op, args)

    return operate


for op in "len iter next reversed getitem setitem delitem str repr int float index abs neg pos round format bytes".split():
    setattr(Remote, "__%s__" % op, operation(op, decides=False))
for op in """contains lt le gt ge add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow matmul rmatmul
    and or xor rand ror rxor""".split():
    setattr(Remote, "__%s__" % op, operation(op))


Remote.__bool__ = operation("bool", decides=False)
Remote.__enter__ = operation("enter", decides=False)


def leave(self, kind, error, trace):
    held = self._operate("exit", (None, None, None))
    if held and kind is not None and not self._session.self_judged:
        raise Refused("an object of the answer's own would hold back what was raised in its block: %s" % kind.__name__)
    return held


Remote.__exit__ = leave


class RemoteModule(types.ModuleType):
    """A module of the answer's, where it is."""

    def __getattr__(self, name):
        if name == "__all__":
            known = sys._getframe(1).f_globals
            return [name for name in map(str, self._session.ask(do="names", on=self._id)) if is_free(name, known)]
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._session.ask(do="get", on=self._id, name=name)

    def __setattr__(self, name, value):
        if name.startswith("__") or name in ("_session", "_id"):
            return super().__setattr__(name, value)
        self._session.ask(do="set", on=self._id, name=name, value=value)


def is_free(name, known):
    """Whether `import *` may bind it where these names are known: what the tests compare with, Python's and their own, stays that."""
    return not hasattr(builtins, name) and (name not in known or remote_id(known[name]) is not None)


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the answer's modules before anything on a path is. The folders above them are packages without code."""

    def __init__(self, session, root, modules):
        self.session, self.root, self.modules = session, root, modules
        self.folders = {name.rsplit(".", n)[0] for name in modules for n in range(1, name.count(".") + 1)} - set(modules)

    def find_spec(self, name, path=None, target=None):
        place = os.path.join(self.root, *name.split("."))
        if name in self.modules:
            spec = importlib.machinery.ModuleSpec(name, self, is_package=self.modules[name])
        elif name in self.folders and not os.path.exists(os.path.join(place, "__init__.py")):
            spec = importlib.machinery.ModuleSpec(name, self, is_package=True)
        else:
            return None
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(place)
        return spec

    def create_module(self, spec):
        if spec.name not in self.modules:
            return None
        imported = self.session.ask(do="import", name=spec.name)
        module = RemoteModule(spec.name)
        object.__setattr__(module, "_session", self.session)
        object.__setattr__(module, "_id", remote_id(imported))
        return module

    def exec_module(self, module):
        pass


def install(session, root, modules):
    """`modules`: names of the answer's modules, each with whether it is a package."""
    sys.meta_path.insert(0, Finder(session, root, modules))
