"""Runs a project's tests, trusted, with proxies in the place of the answer's modules. No code of the answer's ever runs in this process.

On the link, in: {"root", "modules", "runner", "tests", "timeout", "self_judged"}, then replies to questions; out: {"hello"}, questions (see `serve.py`),
and at the end {"verdict"}.
"""

import os
import sys

from . import hold
from . import link as links
from . import proxies


def run(job, session):
    if job["runner"] == "unittest":
        from . import run_unittest

        return run_unittest.run(job["root"], job["tests"])
    try:
        from . import run_pytest as runner
    except ImportError:
        from . import run_plain as runner
    return runner.run(job["root"], job["tests"])


def main():
    link = links.private_link()
    link.send({"hello": True})
    job = link.receive()

    def over(verdict):
        link.send({"verdict": verdict})
        os._exit(0)

    hold.guard(job["timeout"])
    job["root"] = enter(job["root"])
    session = proxies.Session(link, over, job["self_judged"])
    session.stops = any(names_stop(path) for path in job["tests"])
    proxies.install(session, job["root"], job["modules"])
    try:
        report = run(job, session)
    except BaseException as error:
        over({"broken": "%s: %s" % (type(error).__name__, str(error)[:1000])})
    over(report.told(session.raised))


def names_stop(path):
    with open(path, "rb") as file:
        return b"StopIteration" in file.read()


def enter(root):
    """Makes the project's folder the one that is worked in and imported from, ours the last one to look in."""
    ours = os.getcwd()
    os.chdir(root)
    sys.path[:] = [os.getcwd()] + [path for path in sys.path if path not in ("", ours)] + [ours]
    return os.getcwd()


if __name__ == "__main__":
    try:
        main()
    except links.Closed:
        os._exit(0)
