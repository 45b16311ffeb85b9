"""Tells the value of an expression. Knows nothing of the right one.

Payload {"setup", "source", "seal"}. On descriptor 3 {"seal", "value"}. The source stands where it would in `assert expected == source`: only an
expression that is the whole right side of that comparison has a value here. Statements behind it have to run without an error.
"""

import ast
import os

import frames
import load
import plain
import wire

SHAPE = "assert expected == "


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
        body = ast.parse(SHAPE + source).body
    except BaseException as error:
        raise load.NotPython(error) from None
    test, rest = body[0].test, body[1:]
    whole = isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)
    if not whole or not isinstance(test.left, ast.Name):
        raise load.NotPython(SyntaxError("not one expression"))
    value = wire.encode(eval(compile(ast.Expression(test.comparators[0]), "<candidate>", "eval"), names))
    exec(compile(ast.Module(rest, []), "<candidate>", "exec"), names)
    return value
