"""Compiles a program. What it is given is hostile, and so may be what it makes.

Payload {"files", "command", "keep", "seal"}: files by name, as text or {"base64"}; what is kept of the folder afterwards, by suffix. On 3
comes {"seal", "files"} or {"seal", "errors"}: what the compiler said.
"""

import base64
import os
import subprocess

import frames
import plain

MOST_WORDS = 4000


def main(payload):
    job = plain.loads(payload)
    put(job["files"])
    with open("said", "wb") as said:
        status = subprocess.call(job["command"], stdin=subprocess.DEVNULL, stdout=said, stderr=said, close_fds=True)
    if status != 0:
        with open("said", "rb") as said:
            words = said.read(MOST_WORDS).decode("utf-8", "replace")
        frames.answer(frames.RESULT, {"seal": job["seal"], "errors": words, "status": status})
    else:
        frames.answer(frames.RESULT, {"seal": job["seal"], "files": take(tuple(job["keep"]))})
    os._exit(0)


def put(files):
    for name, content in files.items():
        if os.path.dirname(name):
            os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else base64.b64decode(content["base64"]))


def take(suffixes):
    kept = {}
    for folder, _, names in os.walk("."):
        for name in names:
            path = os.path.normpath(os.path.join(folder, name))
            if path.endswith(suffixes):
                with open(path, "rb") as file:
                    kept[path] = {"base64": base64.b64encode(file.read()).decode()}
    return kept
