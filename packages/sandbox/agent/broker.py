"""
The first process of the box. It alone speaks with the host, hands each job to its cells and tells how it ended.
When the host is gone it ends, and with it everything in the box.
"""
import base64
import gc
import importlib
import importlib.machinery
import os
import platform
import select
import signal
import socket
import sys
import types

from agent import channel, linux
from agent.cell import Cell
from agent.job import Process, run
from agent.places import places

preloaded = (
    "abc array bisect builtins cmath collections collections.abc contextlib copy dataclasses datetime decimal enum "
    "fractions functools heapq io itertools json math numbers operator random re statistics string textwrap time typing"
).split()


class Programs:
    """Imports the trusted programs from memory: no folder of theirs is on the path that jobs see."""

    def __init__(self, sources, folder):
        self.sources = sources
        self.folder = folder

    def find_spec(self, name, path=None, target=None):
        if name + ".py" not in self.sources:
            return None
        return importlib.machinery.ModuleSpec(name, self, origin=os.path.join(self.folder, name + ".py"))

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        spec = module.__spec__
        module.__file__ = spec.origin
        source = self.sources[spec.name + ".py"].decode()
        exec(compile(source, spec.origin, "exec", dont_inherit=True), module.__dict__)


class Handle:
    """A cell from outside: its template, and the job that waits in it."""

    def __init__(self, place, settings, node, programs):
        self.sock, theirs = socket.socketpair()
        self.node = node
        self.ready = False
        self.linked = None
        self.turn = 0
        template = os.fork()
        if template == 0:
            try:
                os.dup2(os.open("/dev/null", os.O_RDWR), 0)
                os.dup2(0, 1)
                os.closerange(3, theirs.fileno())
                os.closerange(theirs.fileno() + 1, 256)
                self.sock.detach()
                os.environ["HOME"] = os.environ["TMPDIR"] = place.folder
                Cell(theirs, place, settings, node, programs).serve()
            except BaseException as error:
                os.write(2, ("%s: %s\n" % (type(error).__name__, error)).encode())
            os._exit(1)
        theirs.close()

    def order(self, kind, cpu=0, memory=0, links=()):
        try:
            channel.send(self.sock, channel.ORDER.pack(kind, self.turn, cpu, memory), links)
        except OSError:
            fail("a template is gone")

    def hear(self):
        """The end of its job, or None when it was a beginning."""
        heard = channel.receive(self.sock, channel.REPORT.size)
        if heard is None:
            fail("a template is gone")
        report, descriptors = channel.REPORT.unpack(heard[0]), heard[1]
        self.turn = report[1]
        self.ready = report[0] == channel.READY
        if not self.ready:
            return report
        start, self.stdout, self.stderr, self.result = descriptors
        self.start = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, start)
        return None

    def await_ready(self):
        """Until a job waits in it. One that died before it was given anything is replaced."""
        while not self.ready or select.select([self.sock], [], [], 0)[0]:
            was = self.ready
            if self.hear() is not None and was:
                self.discarded()

    def discarded(self):
        self.start.close()
        for descriptor in (self.stdout, self.stderr, self.result):
            os.close(descriptor)


class Broker:
    def __init__(self, opening, cells):
        self.opening = opening
        self.cells = cells
        self.waiting = []

    def serve(self):
        while True:
            header, blobs = self.waiting.pop(0) if self.waiting else self.read()
            if "kill" not in header:  # That of a job that has ended since.
                channel.write(1, self.work(header, blobs))

    def read(self):
        told = channel.read_frame(0)
        if told is None:
            os._exit(0)
        return told

    def work(self, header, blobs):
        wanted = header["processes"]
        at = 0
        for one in wanted:
            for name in ("payload", "stdin"):
                one[name], at = blobs[at : at + one[name]], at + one[name]
            one["number"] = self.opening["numbers"][one["program"]]
        cells = self.cells[: len(wanted)]
        for cell in cells:
            cell.await_ready()
        pipes = os.pipe() + os.pipe() if len(wanted) == 2 else ()
        links = ((pipes[0], pipes[3]), (pipes[2], pipes[1])) if pipes else ((),)
        caps = (header["result"], self.opening["outputBytes"], self.opening["outputBytes"])
        processes = [Process(cell, one, link, caps) for cell, one, link in zip(cells, wanted, links)]

        def hear():
            told = self.read()
            if "kill" not in told[0]:
                self.waiting.append(told)
            return told[0].get("kill") == header["id"]

        kills = oom_kills()
        seconds = run(processes, header["wall"], 0, hear, pipes)
        outcomes = [process.outcome() for process in processes]
        if oom_kills() > kills:
            blame(outcomes)
        reply = {"id": header["id"], "ms": seconds * 1000, "ends": outcomes}
        contents = [s.content() for process in processes for s in (process.result, process.stdout, process.stderr)]
        return channel.frame(reply, *contents)


def oom_kills():
    """How often the kernel has killed in this box for want of memory; 0 where that cannot be known."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        try:
            with open(path) as file:
                for line in file:
                    if line.startswith("oom_kill "):
                        return int(line.split()[1])
        except OSError:
            pass
    return 0


def blame(outcomes):
    """Memory ran out: it is told of the process that the kernel ended, else of the one that had most."""
    ended = [one for one in outcomes if one["reason"] == "ok" and one["signal"] == signal.SIGKILL]
    most = max(ended or outcomes, key=lambda one: one["peakBytes"])
    if most["reason"] == "ok":
        most["reason"] = "memory"


def main(opening):
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    for name in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else ():
        if int(name) > 2:
            try:
                os.close(int(name))  # What the host was itself started with.
            except OSError:
                pass  # The listing's own.
    sys.modules["__main__"] = types.ModuleType("__main__")
    sys.dont_write_bytecode = True
    sys.path[:] = [path for path in sys.path if path]
    mode = opening["mode"]
    filters = opening.pop("filters")
    opening["filter"] = base64.b64decode(filters.get(platform.machine(), ""))
    if mode != "bare" and not opening["filter"]:
        fail("no system call filter for " + platform.machine())
    opening["cells"] = 2
    programs = prepare(opening)
    cells = [settle(opening, index, programs) for index in range(opening["cells"])]
    if mode == "namespaces":
        linux.drop_capabilities()
    if mode != "bare":
        linux.prctl(linux.SET_NO_NEW_PRIVS, 1)
        linux.refuse_system_calls(opening["filter"])
        linux.prctl(linux.SET_DUMPABLE, 0)
    for cell in cells:
        cell.await_ready()
    channel.write(1, channel.frame({"ready": platform.python_version()}))
    Broker(opening, cells).serve()


def prepare(opening):
    """Loads what jobs will need, so that every fork has it."""
    os.umask(0o077)
    folder = opening["programs"]
    sources = {name: base64.b64decode(content) for name, content in opening.pop("sources").items()}
    for name, content in sources.items():
        path = os.path.join(folder, name)
        with open(path, "wb") as file:
            file.write(content)
        os.chmod(path, 0o444)
    if opening["mode"] == "namespaces":
        flags = linux.REMOUNT | linux.BIND | linux.READ_ONLY | linux.NO_SUID | linux.NO_DEVICES
        linux.mount("tmpfs", folder, flags)
    sys.stdin = open(0, "r", encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
    for name in preloaded:
        try:
            importlib.import_module(name)
        except ImportError:
            pass
    finder = Programs(sources, folder)
    sys.meta_path.insert(0, finder)
    modules = {name: importlib.import_module(name[:-3]) for name in sources if name.endswith(".py")}
    sys.meta_path.remove(finder)
    opening["numbers"] = {name: number for number, name in enumerate(sources)}
    programs = [(name, getattr(modules.get(name), "main", None)) for name in sources]
    gc.collect()
    gc.freeze()
    return programs


def settle(opening, index, programs):
    """Starts a cell: where there are namespaces, as the first process of a new one."""
    place = places[opening["mode"]](opening, index)
    if opening["mode"] != "namespaces":
        return Handle(place, opening, False, programs)
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    linux.unshare(linux.NEW_PIDS)
    handle = Handle(place, opening, False, programs)
    linux.setns(own, linux.NEW_PIDS)
    os.close(own)
    return handle


def fail(why):
    os.write(2, ("agent: %s\n" % why).encode())
    os._exit(70)
