"""Values and frames as they cross the wall of a box; `src/execution/codec.ts` is the other end.

A value is JSON. null, booleans, strings, integers below 2**53 and lists stand for themselves, and so does a dict whose keys
are strings that do not begin with "$". Everything else is an object with one key that names the type: {"$float": "1.5"}.
A frame is four bytes of length, big-endian, and that many bytes of JSON. Standard library only; Python 3.8 or newer.
"""

import sys

from plain import dumps

MAX_DEPTH = 90
MAX_NODES = 100_000
MAX_BYTES = 8 << 20


class Unsupported(Exception):
    """A value that is not plain data, or too much of it."""


class TooLarge(Unsupported):
    pass


def encode(value, iterator=None):
    """Plain data as JSON-able data. `iterator` may name an iterator by an id; without it iterators are not plain."""
    nodes = 0
    # A value of a type of theirs is there only where these modules are; importing them takes time.
    collections, fractions, decimal = (sys.modules.get(name) for name in ("collections", "fractions", "decimal"))

    def walk(x, depth):
        nonlocal nodes
        nodes += 1
        if nodes > MAX_NODES or depth > MAX_DEPTH:
            raise TooLarge("too many values" if nodes > MAX_NODES else "nested too deep")
        if x is None or x is True or x is False:
            return x
        if isinstance(x, str):
            return str.__str__(x)
        if isinstance(x, int):
            n = int.__int__(x)
            return n if -(1 << 53) < n < 1 << 53 else {"$int": hex(n)}
        if isinstance(x, float):
            return {"$float": float.__repr__(x)}
        items = lambda xs: [walk(y, depth + 1) for y in xs]
        pairs = lambda d: [[walk(k, depth + 1), walk(v, depth + 1)] for k, v in dict.items(d)]
        if isinstance(x, list):
            return items(list.__iter__(x))
        if isinstance(x, tuple):
            names = getattr(type(x), "_fields", None)
            if names and all(type(n) is str for n in names):
                return {"$namedtuple": [type(x).__name__, list(names), items(tuple.__iter__(x))]}
            return {"$tuple": items(tuple.__iter__(x))}
        if collections and isinstance(x, collections.Counter):
            return {"$Counter": pairs(x)}
        if collections and isinstance(x, collections.OrderedDict):
            return {"$OrderedDict": pairs(x)}
        if isinstance(x, dict):
            if all(type(k) is str and not k.startswith("$") for k in dict.keys(x)):
                return {k: walk(v, depth + 1) for k, v in dict.items(x)}
            return {"$dict": pairs(x)}
        if isinstance(x, set):
            return {"$set": items(set.__iter__(x))}
        if isinstance(x, frozenset):
            return {"$frozenset": items(frozenset.__iter__(x))}
        if isinstance(x, bytes):
            return {"$bytes": x.hex()}
        if isinstance(x, bytearray):
            return {"$bytearray": x.hex()}
        if isinstance(x, complex):
            return {"$complex": [float.__repr__(x.real), float.__repr__(x.imag)]}
        if isinstance(x, range):
            return {"$range": items([x.start, x.stop, x.step])}
        if collections and isinstance(x, collections.deque):
            return {"$deque": [items(collections.deque.__iter__(x)), walk(x.maxlen, depth + 1)]}
        if fractions and isinstance(x, fractions.Fraction):
            return {"$Fraction": items([x.numerator, x.denominator])}
        if decimal and isinstance(x, decimal.Decimal):
            return {"$Decimal": str(x)}
        if iterator and type(x) in VIEWS:
            return {"$view": [type(x).__name__, items(x)]}
        if iterator and hasattr(type(x), "__next__"):
            return {"$iterator": iterator(x)}
        raise Unsupported(type(x).__name__)

    return walk(value, 0)


VIEWS = (type({}.keys()), type({}.values()), type({}.items()))


def decode(data, iterator=None):
    """The value that `encode` was given. Makes plain data only, whatever it is fed. Raises ValueError for what is not ours."""
    again = lambda x: decode(x, iterator)
    pairs = lambda xs: [(again(k), again(v)) for k, v in xs]
    if isinstance(data, list):
        return [again(x) for x in data]
    if not isinstance(data, dict):
        return data
    if len(data) != 1 or not next(iter(data)).startswith("$"):
        return {k: again(v) for k, v in data.items()}
    (tag, x), = data.items()
    if tag == "$int":
        return int(x, 0)
    if tag == "$float":
        return float(x)
    if tag == "$list":
        return again(x)
    if tag == "$tuple":
        return tuple([again(y) for y in x])
    if tag == "$namedtuple":
        from collections import namedtuple

        return namedtuple(x[0], x[1])(*[again(y) for y in x[2]])
    if tag in ("$set", "$frozenset"):
        return (set if tag == "$set" else frozenset)([again(y) for y in x])
    if tag == "$dict":
        return dict(pairs(x))
    if tag == "$OrderedDict":
        from collections import OrderedDict

        return OrderedDict(pairs(x))
    if tag == "$Counter":
        from collections import Counter

        return Counter(dict(pairs(x)))
    if tag == "$deque":
        from collections import deque

        return deque([again(y) for y in x[0]], x[1])
    if tag in ("$bytes", "$bytearray"):
        return (bytes if tag == "$bytes" else bytearray).fromhex(x)
    if tag == "$complex":
        return complex(float(x[0]), float(x[1]))
    if tag == "$range":
        return range(*[again(y) for y in x])
    if tag == "$Fraction":
        from fractions import Fraction

        return Fraction(*[again(y) for y in x])
    if tag == "$Decimal":
        from decimal import Decimal

        return Decimal(x)
    if tag == "$view" and iterator:
        kind, items = x[0], [again(y) for y in x[1]]
        if kind == "dict_keys":
            return dict.fromkeys(items).keys()
        return dict(items).items() if kind == "dict_items" else dict(enumerate(items)).values()
    if tag == "$iterator" and iterator:
        return iterator(x)
    raise ValueError("unknown tag " + tag)


def pack(message):
    """A frame. Lone surrogates survive as JSON's own escapes."""
    body = dumps(message).encode("ascii")
    if len(body) > MAX_BYTES:
        raise TooLarge("over %d MiB" % (MAX_BYTES >> 20))
    return len(body).to_bytes(4, "big") + body


def exception(error, source):
    """An exception as data: its nearest built-in name, its message, and where in the candidate's own source it rose."""
    import builtins
    import traceback

    kinds = [k for k in type(error).__mro__ if getattr(builtins, k.__name__, None) is k]
    lines = source.split("\n")
    trace = []
    for frame in traceback.extract_tb(error.__traceback__)[-50:]:
        if frame.filename == "<candidate>":
            text = lines[frame.lineno - 1].strip() if 0 < frame.lineno <= len(lines) else ""
            trace.append("line %d, in %s: %s" % (frame.lineno, frame.name, text[:200]))
    if isinstance(error, SyntaxError) and error.filename == "<candidate>" and error.lineno:
        trace.append("line %d: %s" % (error.lineno, (error.text or "").strip()[:200]))
    try:
        message = str(error)[:500]
    except BaseException:
        message = ""
    fatal = not isinstance(error, Exception)
    return {"type": type(error).__name__, "builtin": kinds[0].__name__, "message": message, "trace": trace[-8:], "fatal": fatal}
