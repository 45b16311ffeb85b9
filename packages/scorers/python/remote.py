"""The candidate as its tests see it: every call, every attribute, every item of an iterator is asked for across the pipe."""

import builtins
import os

import frames
import plain
import wire


class Stop(BaseException):
    """Ends the test. One that catches everything goes on for nothing: the verdict is what stopped it first."""


class Far:
    """The candidate's process, as `candidate.py` serves it. All that comes from there is hostile."""

    def __init__(self):
        self.raised = self.reply = self.last = self.stopped = None

    def greet(self):
        state = self.hear()
        if state != {"ready": True}:
            self.stop(reply=state)

    def stop(self, **told):
        self.stopped = self.stopped or told
        raise Stop from None

    def ask(self, do, of, args=(), kwargs=()):
        """What the candidate answers. Raises its exception where it raised one."""
        if self.stopped:
            raise Stop
        numbers = {}
        try:
            told = [wire.encode(x, near, numbers, FREE) for x in (args, tuple(dict(kwargs).items()))]
        except wire.Unsupported as error:
            self.stop(unsupported="an argument is of type " + str(error))
        if do == "call":
            self.last = {"args": told[0]["$tuple"]}
        reply = self.exchange({"do": do, "of": of, "args": told[0], "kwargs": told[1]})
        return self.take(do, reply, containers((args, kwargs), numbers))

    def exchange(self, question):
        # An answer that was written before it was asked for does not have this.
        mark = os.urandom(8).hex()
        frames.send(frames.SAID, {"id": mark, **question})
        reply = self.hear()
        if reply.get("id") != mark:
            self.stop(forged="an answer came that nobody had asked for")
        return reply

    def take(self, do, reply, shared):
        if not ("value" in reply or "error" in reply):
            self.stop(reply=reply)
        try:
            changed = [(shared[i], wire.decode(items, self.handle, shared)) for i, items in reply.get("changed", ())]
            value = wire.decode(reply["value"], self.handle, shared) if "value" in reply else None
            for container, items in changed:
                wire.refill(container, items)
            if "value" not in reply:
                raised = self.exception(reply["error"])
        except Exception as error:
            self.stop(garbage=("%s: %s" % (type(error).__name__, error))[:200])
        if "value" not in reply:
            if reply["error"].get("fatal"):
                self.stop(reply=reply)
            self.raised, self.reply = raised, reply
            raise raised
        if do == "call":
            self.last["value"] = reply["value"]
        return (value, reply.get("more") is True) if do == "next" else value

    def hear(self):
        try:
            body = frames.receive(frames.HEARD, wire.MAX_BYTES)
            if body.count(b",") + body.count(b"[") + body.count(b"{") > MOST_PARTS:
                raise wire.TooLarge("too many values")
            message = plain.loads(body)
        except frames.Closed:
            self.stop(silent=True)
        except wire.TooLarge as error:
            self.stop(reply={"output_limit": str(error)})
        except (ValueError, RecursionError):
            self.stop(garbage="not JSON")
        if not isinstance(message, dict):
            self.stop(garbage="not an object")
        return message

    def handle(self, tag, content):
        number, kind = content
        of = [int(number), str(kind)]
        return self.items(of) if tag == "$iterator" else Thing(self, of)

    def items(self, of):
        more = True
        while more:
            items, more = self.ask("next", of)
            yield from items

    def exception(self, told):
        kind = getattr(builtins, str(told.get("builtin")), None)
        # StopIteration would end a loop of the test's own, as if it had seen all: what PEP 479 makes of it is no end.
        if not (isinstance(kind, type) and issubclass(kind, Exception)) or issubclass(kind, StopIteration):
            kind = RuntimeError
        try:
            return kind(str(told.get("message")))
        except TypeError:
            return RuntimeError(str(told.get("message")))


# Of what the trusted test passes, no number is too many; of what comes back, JSON of at most so many parts is read.
FREE = 1 << 40
MOST_PARTS = 500_000


def near(_tag, x):
    """How a thing of the candidate's goes back to it. Nothing of the test's own is lent."""
    if isinstance(x, Thing):
        return object.__getattribute__(x, "_of")
    if isinstance(x, Proxy):
        return x.__name__
    if isinstance(x, type) and getattr(builtins, x.__name__, None) is x:
        return x.__name__
    raise wire.Unsupported(type(x).__name__)


def containers(value, numbers):
    """The mutable containers of a message, in the order of their numbers."""
    found = {}

    def walk(x):
        if isinstance(x, (str, bytes)) or id(x) in found:
            return
        if wire.is_mutable(x):
            found[id(x)] = x
        if isinstance(x, dict):
            for k, v in dict.items(x):
                walk(k), walk(v)
        elif isinstance(x, (list, tuple, set, frozenset)) or wire.is_mutable(x) and not isinstance(x, bytearray):
            for y in x:
                walk(y)

    if numbers:
        walk(value)
    return [found[key] for key in numbers]


class Proxy:
    """A function or class of the candidate's, by its global name."""

    def __init__(self, far, name):
        self.__name__ = self.__qualname__ = name
        self._far = far

    def __call__(self, *args, **kwargs):
        return self._far.ask("call", self.__name__, args, kwargs)


class Thing:
    """Something that is no plain data, in the candidate's process. It equals nothing but itself."""

    def __init__(self, far, of):
        object.__setattr__(self, "_far", far)
        object.__setattr__(self, "_of", of)

    def __getattr__(self, name):
        return self._far.ask("get", self._of, (name,))

    def __setattr__(self, name, value):
        self._far.ask("set", self._of, (name, value))

    def __call__(self, *args, **kwargs):
        return self._far.ask("call", self._of, args, kwargs)

    def __bool__(self):
        return self._far.ask("truth", self._of)

    def __repr__(self):
        return "<%s>" % self._of[1]
