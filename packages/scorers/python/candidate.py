"""Serves a candidate to `tester.py`: the process where its code runs, and nothing else of the test.

Payload {"source", "entry"}. Says {"ready"} once the source is loaded, or what went wrong; then one reply for each question, with the
question's "id", which no code of the candidate can know before it is asked. Whatever comes out of this process is merely an answer.
"""

import builtins
import operator
import os

import frames
import load
import plain
import wire

MAX_ITEMS = 1000


def main(payload):
    job = plain.loads(payload)
    load.swallow()
    try:
        names = load.load(job["source"], name=None)
        entry = load.entry_of(names, job["entry"])
    except BaseException as error:
        frames.send(frames.SAID, load.told(error, job["source"]))
        os._exit(0)
    server = Server(job["source"], names, job["entry"], entry)
    frames.send(frames.SAID, {"ready": True})
    while True:
        question = frames.hear(frames.HEARD)
        frames.answer(frames.SAID, {"id": question["id"], **server.reply(question)})


class Server:
    def __init__(self, source, names, name, entry):
        self.source, self.names, self.name, self.entry = source, names, name, entry
        self.held = []

    def reply(self, question):
        # The question's mutable containers by number; those of the reply follow.
        shared, before = [], []
        try:
            args = wire.decode(question.get("args"), self.find, shared)
            kwargs = wire.decode(question.get("kwargs"), self.find, shared)
            before = [snapshot(x) for x in shared]
            value = self.value(question["do"], question["of"], args, kwargs)
            more = {"more": len(value) == MAX_ITEMS} if question["do"] == "next" else {}
            changed, numbers = self.changes(shared, before)
            return {"value": wire.encode(value, self.hold, numbers), **changed, **more}
        except BaseException as error:
            reply = load.told(error, self.source)
            return {**reply, **self.changes(shared, before)[0]} if "error" in reply else reply

    def value(self, do, of, args, kwargs):
        if do == "call":
            return self.find("$object", of)(*args, **dict(kwargs))
        if do == "next":
            return self.some(self.find("$iterator", of))
        if do == "truth":
            return bool(self.find("$object", of))
        if do == "get":
            return getattr(self.find("$object", of), *args)
        return setattr(self.find("$object", of), *args)

    def find(self, _tag, of):
        """A thing of the candidate's: one that was held, by its number, or by its name a global or what is built in."""
        if type(of) is list:
            return self.held[of[0]]
        if of == self.name:
            return self.entry
        if of in self.names:
            return self.names[of]
        if hasattr(builtins, of):
            return getattr(builtins, of)
        raise NameError("name %r is not defined" % of)

    def hold(self, _tag, x):
        self.held.append(x)
        return [len(self.held) - 1, type(x).__name__]

    def some(self, iterator):
        items = []
        for item in iterator:
            items.append(item)
            if len(items) == MAX_ITEMS:
                break
        return tuple(items)

    def changes(self, shared, before):
        """What the question's containers hold now, where it is not what they held before; and the numbers of all of them."""
        numbers = {id(x): i for i, x in enumerate(shared)}
        changed = [i for i, was in enumerate(before) if differ(was, snapshot(shared[i]))]
        told = [[i, wire.encode(wire.contents(shared[i]), self.hold, numbers)] for i in changed]
        return {"changed": told} if told else {}, numbers


def snapshot(container):
    return [*container, *container.values()] if isinstance(container, dict) else [*container]


def differ(before, after):
    return len(before) != len(after) or any(map(operator.is_not, before, after))
