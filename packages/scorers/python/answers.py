"""Runs a candidate on all calls of a test, in their order and in one process, and tells what each gave. Knows no expected value.

Payload {"source", "entry", "calls", "seal"}, the calls as `remote.py` puts them. On descriptor 3 {"ready"}, or what went wrong while the source
was loaded; then one answer for each call, up to one that ends all.
"""

import os

import candidate
import frames
import load
import plain


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
