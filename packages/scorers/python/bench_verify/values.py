"""Values as they cross between the tests and the answer. Plain data crosses as itself; all else stays where it is, and a reference crosses.

JSON stands for null, booleans, strings, small integers, lists and dicts with ordinary string keys. Everything else is an object with one
key that names the type: {"$tuple": [...]}, {"$float": "1.5"}, {"$ref": {...}}.
"""

import collections
import datetime
import decimal
import enum
import fractions
import uuid

MAX_DEPTH = 80
MAX_NODES = 100000


class NotPlain(Exception):
    """Too much of it, or too deep."""


def encode(value, refer):
    """`refer(object)` gives the reference of what is no plain data, as JSON."""
    nodes = 0

    def walk(x, depth):
        nonlocal nodes
        nodes += 1
        if nodes > MAX_NODES or depth > MAX_DEPTH:
            raise NotPlain("too many values, or nested too deep")
        items = lambda xs: [walk(y, depth + 1) for y in xs]
        pairs = lambda d: [[walk(k, depth + 1), walk(v, depth + 1)] for k, v in dict.items(d)]
        if x is None or x is True or x is False:
            return x
        if isinstance(x, enum.Enum):
            return {"$ref": refer(x)}
        if isinstance(x, str):
            return str.__str__(x)
        if isinstance(x, int):
            n = int.__int__(x)
            return n if -(1 << 53) < n < 1 << 53 else {"$int": hex(n)}
        if isinstance(x, float):
            return {"$float": float.__repr__(x)}
        if isinstance(x, list):
            return items(list.__iter__(x))
        if isinstance(x, tuple):
            return {"$tuple": items(tuple.__iter__(x))}
        if isinstance(x, dict):
            if type(x) in DICTS:
                return {"$" + type(x).__name__: pairs(x)}
            if all(type(k) is str and not k.startswith("$") for k in dict.keys(x)):
                return {k: walk(v, depth + 1) for k, v in dict.items(x)}
            return {"$dict": pairs(x)}
        if isinstance(x, set):
            return {"$set": items(set.__iter__(x))}
        if isinstance(x, frozenset):
            return {"$frozenset": items(frozenset.__iter__(x))}
        if isinstance(x, (bytes, bytearray)):
            return {"$bytes" if isinstance(x, bytes) else "$bytearray": x.hex()}
        if type(x) in TEXTS:
            return {"$" + type(x).__name__: TEXTS[type(x)][0](x)}
        if type(x) is complex:
            return {"$complex": [repr(x.real), repr(x.imag)]}
        if type(x) is range:
            return {"$range": items([x.start, x.stop, x.step])}
        if type(x) is slice:
            return {"$slice": items([x.start, x.stop, x.step])}
        if type(x) is collections.deque:
            return {"$deque": [items(x), walk(x.maxlen, depth + 1)]}
        return {"$ref": refer(x)}

    return walk(value, 0)


DICTS = (collections.OrderedDict, collections.Counter)

TEXTS = {
    decimal.Decimal: (str, decimal.Decimal),
    fractions.Fraction: (str, fractions.Fraction),
    datetime.datetime: (datetime.datetime.isoformat, datetime.datetime.fromisoformat),
    datetime.date: (datetime.date.isoformat, datetime.date.fromisoformat),
    datetime.time: (datetime.time.isoformat, datetime.time.fromisoformat),
    datetime.timedelta: (lambda x: "%d %d %d" % (x.days, x.seconds, x.microseconds), lambda t: datetime.timedelta(*map(int, t.split()))),
    uuid.UUID: (str, uuid.UUID),
}
BY_NAME = {kind.__name__: make for kind, (_, make) in TEXTS.items()}


def decode(data, resolve):
    """The value that `encode` was given. Makes plain data, and what `resolve` makes of references; ValueError for anything else."""
    again = lambda x: decode(x, resolve)
    pairs = lambda xs: [(again(k), again(v)) for k, v in xs]
    if isinstance(data, list):
        return [again(x) for x in data]
    if not isinstance(data, dict):
        return data
    if len(data) != 1 or not next(iter(data)).startswith("$"):
        return {k: again(v) for k, v in data.items()}
    ((tag, x),) = data.items()
    kind = tag[1:]
    if kind == "ref":
        return resolve(x)
    if kind == "int":
        return int(x, 0)
    if kind == "float":
        return float(x)
    if kind == "tuple":
        return tuple(again(y) for y in x)
    if kind in ("set", "frozenset"):
        return (set if kind == "set" else frozenset)(again(y) for y in x)
    if kind == "dict":
        return dict(pairs(x))
    if kind in ("OrderedDict", "Counter"):
        return getattr(collections, kind)(dict(pairs(x)))
    if kind in ("bytes", "bytearray"):
        return (bytes if kind == "bytes" else bytearray).fromhex(x)
    if kind == "complex":
        return complex(float(x[0]), float(x[1]))
    if kind in ("range", "slice"):
        return (range if kind == "range" else slice)(*[again(y) for y in x])
    if kind == "deque":
        return collections.deque(again(x[0]), again(x[1]))
    if kind in BY_NAME:
        return BY_NAME[kind](x)
    raise ValueError("unknown tag " + tag)
