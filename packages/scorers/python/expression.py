"""Tells the value of an expression. Knows nothing of the right one.

Payload {"setup", "source", "seal", "asked"?, "rest"?}. On descriptor 3 {"seal", "value"}. The source stands where it would in `assert expected ==
source`: the value is that of the right side of that comparison, and what else has to hold there (`== b`, `and b`) has to hold here. Statements
behind it run in a process of their own, with "rest": {"more"} says that there are some.

With "asked" it is about a function of the setup, {"name", "called"}: the value must be a call of that, or do without it, and have nothing in it but
data, operators and what Python computes data with. Else {"seal", "refused"}: code that could look around here would find the function, or say
that it gave what the question shows.
"""

import ast
import builtins
import os

import frames
import load
import plain
import wire

SHAPE = "assert expected == "
# No name that a candidate can write.
VALUE = " value"


def main(payload):
    job = plain.loads(payload)
    load.silence()
    frames.answer(frames.RESULT, {"seal": job["seal"], **told(job)})
    os._exit(0)


def told(job):
    source = job["source"]
    try:
        names = load.load("", job["setup"])
        claim, rest = parts(source)
        if job.get("rest"):
            exec(compile(ast.Module(rest, []), "<candidate>", "exec"), names)
            return {"value": True}
        value = wire.encode(Claim(names, job.get("asked")).value(claim.test))
        return {"value": value, "more": True} if rest else {"value": value}
    except Refused as why:
        return {"refused": str(why)}
    except BaseException as error:
        return load.told(error, source)


def parts(source):
    try:
        (claim, *rest) = ast.parse(SHAPE + source).body
    except BaseException as error:
        raise load.NotPython(error) from None
    return claim, rest


class Claim:
    """What an assertion compares with what is expected, and what else it says."""

    def __init__(self, names, asked):
        self.names, self.asked = names, asked

    def value(self, test):
        """Raises `AssertionError` where it would fail whatever is expected."""
        if isinstance(test, ast.BoolOp):
            value = self.value(test.values[0])
            if isinstance(test.op, ast.And):
                self.hold(test.values[1:], self.names)
            return value
        if isinstance(test, ast.IfExp):
            self.hold([test.test], self.names)
            return self.value(test.body)
        answer = test.comparators[0]
        if self.asked and self.asked["called"] and not calls(answer, self.asked["name"]):
            raise Refused("is no call of " + self.asked["name"])
        value = self.evaluate(answer, self.names)
        if test.ops[1:]:
            compared = ast.Compare(ast.Name(VALUE, ast.Load()), test.ops[1:], test.comparators[1:])
            self.hold([compared], {**self.names, VALUE: value})
        return value

    def hold(self, conditions, names):
        for condition in conditions:
            if not self.evaluate(condition, names):
                raise AssertionError

    def evaluate(self, expression, names):
        if self.asked:
            check(expression, names, {self.asked["name"]} if self.asked["called"] else set())
        whole = ast.fix_missing_locations(ast.Expression(expression))
        return eval(compile(whole, "<candidate>", "eval"), names)


class Refused(Exception):
    """The answer is none to the question; its argument is why."""


def calls(answer, name):
    return isinstance(answer, ast.Call) and isinstance(answer.func, ast.Name) and answer.func.id == name


def check(expression, names, known):
    """Raises `Refused` for what is neither data nor computes it."""
    # A name that is bound somewhere in it may mean something else in another place of it.
    bound = {x.arg if isinstance(x, ast.arg) else x.id for x in ast.walk(expression) if isinstance(x, ast.arg) or is_target(x)}
    known = FUNCTIONS | known | {VALUE} | (bound - set(names) - set(vars(builtins)))
    known |= {key for key, value in names.items() if type(value) in PLAIN and not key.startswith("_")}
    for x in ast.walk(expression):
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
