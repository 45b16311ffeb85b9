"""Tells the value of an expression. Knows nothing of the right one.

Payload {"setup", "source", "seal"}. On descriptor 3 {"seal", "value"}. The source stands where it would in `assert expected == source`: the
value is that of the right side of that comparison. What else has to hold there (`== b`, `and b`, statements behind it) has to hold here.
"""

import ast
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
    frames.answer(frames.RESULT, {"seal": job["seal"], **told(job["setup"], job["source"])})
    os._exit(0)


def told(setup, source):
    try:
        return {"value": value_of(source, load.load("", setup))}
    except BaseException as error:
        return load.told(error, source)


def value_of(source, names):
    try:
        (claim, *rest) = ast.parse(SHAPE + source).body
    except BaseException as error:
        raise load.NotPython(error) from None
    value = wire.encode(claimed(claim.test, names))
    exec(compile(ast.Module(rest, []), "<candidate>", "exec"), names)
    return value


def claimed(test, names):
    """What the assertion compares with what is expected. Raises `AssertionError` where it would fail whatever that is."""
    if isinstance(test, ast.BoolOp):
        value = claimed(test.values[0], names)
        if isinstance(test.op, ast.And):
            hold(test.values[1:], names)
        return value
    if isinstance(test, ast.IfExp):
        hold([test.test], names)
        return claimed(test.body, names)
    value = evaluate(test.comparators[0], names)
    if test.ops[1:]:
        left = ast.Name(VALUE, ast.Load())
        hold([ast.Compare(left, test.ops[1:], test.comparators[1:])], {**names, VALUE: value})
    return value


def hold(conditions, names):
    for condition in conditions:
        if not evaluate(condition, names):
            raise AssertionError


def evaluate(expression, names):
    whole = ast.fix_missing_locations(ast.Expression(expression))
    return eval(compile(whole, "<candidate>", "eval"), names)
