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
import signal
import sys
import types

from agent import channel, linux
from agent.cells import Cells, Lost
from agent.job import Process, run

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


class Broker:
    def __init__(self, opening, cells):
        self.opening = opening
        self.cells = cells
        self.waiting = []
        self.kills = Kills()

    def serve(self):
        while True:
            lost = None
            try:
                self.cells.refill()
            except (Lost, OSError) as error:
                lost = error
            header, blobs = self.waiting.pop(0) if self.waiting else self.read()
            if "kill" not in header:  # That of a job that has ended since.
                if lost:
                    refuse(header, lost)
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
        try:
            places = self.cells.choose([one["program"].endswith(".cjs") for one in wanted])
        except (Lost, OSError) as error:
            refuse(header, error)
        caps = (header["result"], self.opening["outputBytes"], self.opening["outputBytes"])
        joined = len(wanted) == 2
        processes = [Process(cell, one, joined, links, caps) for one, (cell, links) in zip(wanted, places)]

        def hear():
            told = self.read()
            if "kill" not in told[0]:
                self.waiting.append(told)
            return told[0].get("kill") == header["id"]

        kills = self.kills.count()
        seconds = run(processes, header["wall"], 0, hear)
        outcomes = [process.outcome() for process in processes]
        if self.kills.count() > kills:
            blame(outcomes)
        reply = {"id": header["id"], "ms": seconds * 1000, "ends": outcomes}
        contents = [s.content() for process in processes for s in (process.result, process.stdout, process.stderr)]
        return channel.frame(reply, *contents)


def refuse(header, why):
    """Nothing of this job has begun: it is for another box. What ended this one, a job before it did."""
    channel.write(1, channel.frame({"id": header["id"], "refused": str(why)}))
    end(why)


def end(why):
    os.write(2, ("agent: %s\n" % why).encode())
    os._exit(70)


class Kills:
    """How often the kernel has killed in this box for want of memory; 0 where that cannot be known."""

    def __init__(self):
        self.descriptor = None
        for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
            try:
                self.descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                break
            except OSError:
                pass

    def count(self):
        try:
            lines = os.pread(self.descriptor, 4096, 0).split(b"\n") if self.descriptor is not None else ()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in lines if line.startswith(b"oom_kill ")), 0)


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
    os.environ.clear()
    os.environ.update(opening["env"])
    sys.path[:] = [path for path in sys.path if path]
    mode = opening["mode"]
    filters = opening.pop("filters")
    opening["filter"] = base64.b64decode(filters.get(platform.machine(), ""))
    if mode != "bare" and not opening["filter"]:
        end("no system call filter for " + platform.machine())
    opening["cells"] = 2 + opening["spareNodes"]
    programs = prepare(opening)
    cells = Cells(opening, programs)
    if mode == "namespaces":
        linux.drop_capabilities()
    if mode != "bare":
        linux.prctl(linux.SET_NO_NEW_PRIVS, 1)
        linux.refuse_system_calls(opening["filter"])
        linux.prctl(linux.SET_DUMPABLE, 0)
    try:
        cells.refill()
        cells.await_all()
        channel.write(1, channel.frame({"ready": platform.python_version()}))
        Broker(opening, cells).serve()
    except Lost as error:
        end(error)


def mounted_folders():
    """Where a folder is mounted that could be written to; a file may be a device of everybody's."""
    with open("/proc/self/mounts") as file:
        mounts = [line.split()[1:4] for line in file]
    writable = [path for path, kind, options in mounts if kind in ("tmpfs", "mqueue") and options.startswith("rw")]
    return [path for path in writable if os.path.isdir(path)]


def compile_for_node(command, folder):
    """Once for all Nodes that are started: see spare.cjs, whose folder stands behind it. Without it each compiles for itself."""
    at = command.index(folder) + 1
    nothing = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDWR, 0)] + [(os.POSIX_SPAWN_DUP2, 0, out) for out in (1, 2)]
    try:
        command = command[:at] + ["--compile"] + command[at:]
        os.waitpid(os.posix_spawn(command[0], command, dict(os.environ), file_actions=nothing), 0)
    except OSError:
        pass
    for name in os.listdir(folder):
        if name.endswith(".compiled"):
            os.chmod(os.path.join(folder, name), 0o444)


def prepare(opening):
    """Loads what jobs will need, so that every fork has it."""
    os.umask(0o077)
    folder = opening["programs"]
    if opening["mode"] == "users":
        # Whatever mode was asked for, engines give a mounted folder that of the one below it; podman mounts more of them.
        for path in mounted_folders():
            os.chmod(path, os.stat(path).st_mode & 0o755)
        os.chmod(opening["scratch"], 0o711)
        os.chmod(folder, 0o755)
    sources = {name: base64.b64decode(content) for name, content in opening.pop("sources").items()}
    files = dict(sources)
    if opening["spareNodes"]:
        files[".spare.cjs"] = opening["spare"].encode()
    for name, content in files.items():
        path = os.path.join(folder, name)
        with open(path, "wb") as file:
            file.write(content)
        os.chmod(path, 0o444)
    if opening["spareNodes"]:
        compile_for_node(opening["node"], folder)
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
