"""Runs a candidate on all calls of a test, in their order and in one process, and tells what each gave. Knows no expected value.

Payload {"source", "entry", "calls", "seal"}, the calls as `remote.py` puts them. On descriptor 3 {"ready"}, or what went wrong while the source
was loaded; then one answer for each call, up to one that ends all.
"""

import os

import candidate
import frames
import load
import plain
import wire


def main(payload):
    job = plain.loads(payload)
    load.swallow()
    for answer in answers(job):
        frames.answer(frames.RESULT, {"seal": job["seal"], **answer})
    os._exit(0)


def answers(job):
    try:
        names = load.load(job["source"], name=None)
        server = candidate.Server(job["source"], names, job["entry"], load.entry_of(names, job["entry"]))
    except BaseException as error:
        yield load.told(error, job["source"])
        return
    yield {"ready": True}
    for call in job["calls"]:
        answer = server.reply(call)
        yield answer
        if not ("value" in answer or "error" in answer) or answer.get("error", {}).get("fatal"):
            return


def warm():
    """By the template, before there is any job: nothing of a task's is in it."""
    calls = [{"do": "call", "of": "f", "args": args, "kwargs": {"$tuple": []}} for args in TYPICAL]
    for _ in range(16):
        for source in (SOURCE, "f = 1 +"):
            for answer in answers({"source": source, "entry": "f", "calls": calls}):
                plain.loads(wire.pack({"seal": "", **answer})[4:])


TYPICAL = [{"$tuple": [x]} for x in ([3, 1, 2], "a b", 2, {"$float": "0.5"}, {"a": [1]}, [["a", {"$tuple": [1]}]], None)]
SOURCE = """
from typing import Dict, List, Optional, Tuple
import math
import re

def g(x: int, y=0) -> int:
    return x % 2 + y

def f(x: List[int]) -> Optional[Dict[str, Tuple[int, ...]]]:
    \"\"\" What answers do most. \"\"\"
    if isinstance(x, str):
        words, count = x.lower().split(), {}
        for i, word in enumerate(words):
            count[word] = count.get(word, 0) + len(word) + i
        return " ".join(c for c in x if c not in "aeiou").strip() + x[::-1].upper() + str(sorted(count.items()))
    if isinstance(x, list) and x and isinstance(x[0], int):
        kept = [y for y in x if y > 1 and not g(y)]
        x.sort(key=lambda y: -y)
        kept.append(max(x) + min(x) + sum(x))
        return {"a": tuple(kept), "b": set(range(len(x))), "c": list(map(abs, zip(x)))[0] if not x else True}
    if isinstance(x, float):
        return round(math.sqrt(x), 2), math.floor(x)
    total = 0
    while isinstance(x, int) and total < 9:
        total += x ** 2 // 1
    return total if total else x[0]
"""
