"""Tells the value of an expression. Knows nothing of the right one.

Payload {"setup", "source", "seal", "asked"}. On descriptor 3 {"seal", "value"}. The source stands where it would in `assert expected == source`: only
an expression that is the whole right side of that comparison has a value here. With "asked" it is about a function of the setup, {"name", "called"}: it
must be a call of that, or do without it, and have nothing in it but data, operators and what Python computes data with. Else {"seal", "refused"}: code
that could look around here would find the function, or say that it gave what the question shows.
"""

import ast
import builtins
import os

import frames
import load
import plain
import wire

SHAPE = "assert expected == "


def main(payload):
    job = plain.loads(payload)
    load.silence()
    frames.answer(frames.RESULT, {"seal": job["seal"], **told(job["setup"], job["source"], job.get("asked"))})
    os._exit(0)


def told(setup, source, asked):
    try:
        return {"value": wire.encode(value_of(source, load.load("", setup), asked))}
    except Refused as why:
        return {"refused": str(why)}
    except BaseException as error:
        return load.told(error, source)


def value_of(source, names, asked):
    try:
        body = ast.parse(SHAPE + source).body
    except BaseException as error:
        raise load.NotPython(error) from None
    test = body[0].test
    whole = isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)
    if len(body) != 1 or not whole or not isinstance(test.left, ast.Name):
        raise load.NotPython(SyntaxError("not one expression"))
    answer, = test.comparators
    if asked:
        check(answer, names, **asked)
    return eval(compile(ast.Expression(answer), "<candidate>", "eval"), names)


class Refused(Exception):
    """The answer is none to the question; its argument is why."""


def check(answer, names, name, called):
    if called and not (isinstance(answer, ast.Call) and isinstance(answer.func, ast.Name) and answer.func.id == name):
        raise Refused("is no call of " + name)
    # A name that is bound somewhere in the answer may mean something else in another place of it.
    bound = {x.arg if isinstance(x, ast.arg) else x.id for x in ast.walk(answer) if isinstance(x, ast.arg) or is_target(x)}
    known = FUNCTIONS | {name} if called else FUNCTIONS
    known |= bound - set(names) - set(vars(builtins))
    known |= {key for key, value in names.items() if type(value) in PLAIN and not key.startswith("_")}
    for x in ast.walk(answer):
        if isinstance(x, ast.Name) and x.id not in known:
            raise Refused("uses " + x.id)
        if isinstance(x, ast.Attribute) and x.attr not in METHODS:
            raise Refused("uses ." + x.attr)
        if isinstance(x, ast.expr) and type(x).__name__ not in EXPRESSIONS:
            raise Refused("has a part that is no data: " + type(x).__name__)


def is_target(x):
    return isinstance(x, ast.Name) and not isinstance(x.ctx, ast.Load)


# By name: which there are depends on the version of Python. What binds a name for others to see is not among them.
EXPRESSIONS = set(
    """Constant JoinedStr FormattedValue List Tuple Set Dict Starred UnaryOp BinOp BoolOp Compare IfExp Subscript Slice Name Attribute Call
    Lambda ListComp SetComp DictComp GeneratorExp""".split()
)
FUNCTIONS = set(
    """abs all any bin bool bytearray bytes chr complex dict divmod enumerate filter float frozenset hex int len list map max min oct ord
    pow range repr reversed round set slice sorted str sum tuple zip""".split()
)
PLAIN = (str, bytes, bytearray, int, float, complex, list, tuple, dict, set, frozenset, range)
METHODS = {method for kind in PLAIN for method in dir(kind) if not method.startswith("_")}
