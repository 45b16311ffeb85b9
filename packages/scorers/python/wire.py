"""Values as they cross the wall of a box; `src/execution/codec.ts` is the other end.

A value is JSON. null, booleans, strings, integers below 2**53 and lists stand for themselves, and so does a dict whose keys
are strings that do not begin with "$". Everything else is an object with one key that names the type: {"$float": "1.5"}.
Between two processes of ours three more kinds cross: {"$ref": n}, the n-th mutable container of the message once more, so that
aliases stay aliases; {"$iterator": n} and {"$object": [n, type]}, which stay where they are and are asked one by one.
Standard library only; Python 3.8 or newer.
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


def encode(value, hold=None, shared=None, most=MAX_NODES):
    """
    Plain data as JSON-able data. `hold(tag, x)` gives what stands for an iterator or another object; without it they are not plain.
    `shared` maps the `id` of mutable containers to their numbers, and takes those that are met.
    """
    nodes = 0
    # A value of a type of theirs is there only where these modules are; importing them takes time.
    collections, fractions, decimal = (sys.modules.get(name) for name in ("collections", "fractions", "decimal"))

    def walk(x, depth):
        nonlocal nodes
        nodes += 1
        if nodes > most or depth > MAX_DEPTH:
            raise TooLarge("too many values" if nodes > most else "nested too deep")
        if x is None or x is True or x is False:
            return x
        kind = type(x)
        if kind is str:
            return x
        if kind is int:
            return x if -(1 << 53) < x < 1 << 53 else {"$int": hex(x)}
        if kind is float:
            return {"$float": repr(x)}
        if shared is not None and is_mutable(x):
            at = shared.get(id(x))
            if at is not None:
                return {"$ref": at}
            shared[id(x)] = len(shared)
        if kind is list:
            return [walk(y, depth + 1) for y in x]
        return other(x, depth)

    def other(x, depth):
        items = lambda xs: [walk(y, depth + 1) for y in xs]
        pairs = lambda d: [[walk(k, depth + 1), walk(v, depth + 1)] for k, v in dict.items(d)]
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
            return {"$bytes": bytes.hex(x)}
        if isinstance(x, bytearray):
            return {"$bytearray": bytearray.hex(x)}
        if isinstance(x, complex):
            return {"$complex": [float.__repr__(x.real), float.__repr__(x.imag)]}
        if isinstance(x, range):
            return {"$range": items([x.start, x.stop, x.step])}
        if collections and isinstance(x, collections.deque):
            return {"$deque": [items(collections.deque.__iter__(x)), walk(x.maxlen, depth + 1)]}
        if fractions and isinstance(x, fractions.Fraction):
            return {"$Fraction": items([x.numerator, x.denominator])}
        if decimal and isinstance(x, decimal.Decimal):
            return {"$Decimal": decimal.Decimal.__str__(x)}
        if hold and type(x) in VIEWS:
            return {"$view": [type(x).__name__, items(x)]}
        if hold:
            tag = "$iterator" if hasattr(type(x), "__next__") else "$object"
            return {tag: hold(tag, x)}
        raise Unsupported(type(x).__name__)

    return walk(value, 0)


VIEWS = (type({}.keys()), type({}.values()), type({}.items()))


def is_mutable(x):
    """Whether a value is a container whose changes others see."""
    collections = sys.modules.get("collections")
    return isinstance(x, (list, dict, set, bytearray)) or bool(collections) and isinstance(x, collections.deque)


def contents(x):
    """The inside of a mutable container, as a tuple that `refill` takes back."""
    return tuple(dict.items(x)) if isinstance(x, dict) else (*x,)


def refill(x, items):
    """Makes a mutable container hold what `contents` gave of another of its type."""
    if isinstance(x, dict):
        dict.clear(x)
        dict.update(x, items)
    elif isinstance(x, (list, bytearray)):
        x[:] = items
    else:
        x.clear()
        x.update(items) if isinstance(x, set) else x.extend(items)


def decode(data, hold=None, shared=None):
    """
    The value that `encode` was given. Makes plain data only, whatever it is fed; what `hold(tag, content)` gives for handles is its
    own affair. `shared` lists mutable containers by number, and takes those that are made. Raises ValueError for what is not ours.
    """
    if not isinstance(data, (list, dict)):
        return data
    again = lambda x: decode(x, hold, shared)
    pairs = lambda xs: [(again(k), again(v)) for k, v in xs]

    def made(container, fill, items):
        # It has its number before those inside it.
        if shared is not None:
            shared.append(container)
        fill(container, items())
        return container

    if isinstance(data, list):
        if shared is None:
            return [again(x) for x in data]
        return made([], list.extend, lambda: [again(x) for x in data])
    if len(data) != 1 or not next(iter(data)).startswith("$"):
        return made({}, dict.update, lambda: {k: again(v) for k, v in data.items()})
    (tag, x), = data.items()
    if tag == "$ref" and shared is not None:
        return shared[x]
    if tag == "$int":
        return int(x, 0)
    if tag == "$float":
        return float(x)
    if tag == "$list":
        return again(x)
    if tag == "$tuple":
        return tuple([again(y) for y in x])
    if tag == "$namedtuple":
        return named(x[0], *x[1])(*[again(y) for y in x[2]])
    if tag == "$set":
        return made(set_of([again(y) for y in x]), set.update, tuple)
    if tag == "$frozenset":
        items = [again(y) for y in x]
        plain = frozenset(items)
        return plain if [*plain] == items else frozenset(set_of(items))
    if tag == "$dict":
        return made({}, dict.update, lambda: pairs(x))
    if tag == "$OrderedDict":
        from collections import OrderedDict

        return made(OrderedDict(), OrderedDict.update, lambda: pairs(x))
    if tag == "$Counter":
        from collections import Counter

        return made(Counter(), dict.update, lambda: pairs(x))
    if tag == "$deque":
        from collections import deque

        return made(deque(maxlen=x[1]), deque.extend, lambda: [again(y) for y in x[0]])
    if tag == "$bytes":
        return bytes.fromhex(x)
    if tag == "$bytearray":
        return made(bytearray(), bytearray.extend, lambda: bytes.fromhex(x))
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
    if tag == "$view" and hold:
        kind, items = x[0], [again(y) for y in x[1]]
        if kind == "dict_keys":
            return dict.fromkeys(items).keys()
        return dict(items).items() if kind == "dict_items" else dict(enumerate(items)).values()
    if tag in ("$iterator", "$object") and hold:
        return hold(tag, x)
    raise ValueError("unknown tag " + tag)


def set_of(items):
    """A set with these items, in this order where it can be: the order tells how the set was made, by a literal or one by one."""
    made = set()
    made.update(frozenset(items))
    if [*made] == items:
        return made
    other = set(items)
    return other if [*other] == items else made


def loads(text):
    """The plain data that JSON stands for, as `decode` gives it, as fast as JSON itself."""
    import json

    def made(x):
        if len(x) == 1:
            (tag, content), = x.items()
            if tag.startswith("$"):
                return FROM[tag](content) if tag in FROM else decode(x)
        return x

    return json.loads(text, object_hook=made)


# By tag, from content that has been made already. Those of no container are left to `decode`.
FROM = {"$list": list, "$tuple": tuple, "$set": set_of, "$frozenset": frozenset, "$dict": dict, "$float": float}

types = {}


def named(name, *fields):
    """A type of named tuples; making one takes long."""
    if (name, fields) not in types:
        from collections import namedtuple

        types[name, fields] = namedtuple(name, fields)
    return types[name, fields]


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
        # Those of the compiler proper, such as of a `return` outside a function, bring no text.
        text = error.text or (lines[error.lineno - 1] if error.lineno <= len(lines) else "")
        trace.append("line %d: %s" % (error.lineno, text.strip()[:200]))
    try:
        message = str(error)[:500]
    except BaseException:
        message = ""
    fatal = not isinstance(error, Exception)
    return {"type": type(error).__name__, "builtin": kinds[0].__name__, "message": message, "trace": trace[-8:], "fatal": fatal}
