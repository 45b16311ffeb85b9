"""
Where a cell keeps its jobs. A cell is one template process and at most one job at a time: what differs between drivers
is how a job is kept apart from everything else, and how all of it is found again when it must end.
"""
import itertools
import os
import resource
import signal
import stat

from agent import linux
from agent.linux import libc


class Place:
    """What all places share: an empty folder for each job, at the same path each time."""

    def __init__(self, settings, index):
        self.settings = settings
        self.index = index
        self.folder = "%s/%d" % (settings["scratch"], index)

    def enter(self):
        """Once, by the template. What it gives up here, its jobs never have."""
        for kind, most in self.settings["rlimits"].items():
            limit(getattr(resource, kind), most)
        # Who may have more open than others of its user may also send more to another process than they: this one
        # reports by such messages, whatever jobs in this or in other boxes have on the way.
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    def confine(self):
        """By the job itself, before anything of it is known."""

    def fresh(self):
        """Before each job, which finds itself in an empty folder."""
        os.mkdir(self.folder, 0o700)
        os.chdir(self.folder)

    def clear(self):
        """After each job, when no process of it is left."""
        try:
            os.rmdir(self.folder)
        except OSError:
            empty(self.folder)
            os.rmdir(self.folder)

    def forked(self):
        """By the template, after each fork."""

    def shut(self):
        linux.prctl(linux.SET_NO_NEW_PRIVS, 1)
        linux.refuse_system_calls(self.settings["filter"])
        linux.prctl(linux.SET_DUMPABLE, 0)


class Users(Place):
    """Containers: root without rights but these: to become a job's user, to kill by it, to give it a folder."""

    def enter(self):
        super().enter()
        linux.prctl(linux.SET_SUBREAPER, 1)
        # No other box has these: what the kernel counts by user, processes above all, it counts over all boxes.
        first, count = self.settings["users"]
        self.span = count // self.settings["cells"]
        self.first = first + self.index * self.span
        self.jobs = 0
        self.user = None
        os.setgroups([])
        # A real user of its own: then what may signal one template may signal no other, nor a job's the template.
        os.setresuid(self.first, 0, 0)
        self.shut()

    def fresh(self):
        self.user = self.first + 1 + self.jobs % (self.span - 1)
        self.jobs += 1
        super().fresh()
        os.chown(self.folder, self.user, self.user)

    def confine(self):
        os.setresgid(self.user, self.user, self.user)
        os.setresuid(self.user, self.user, self.user)

    def kill(self):
        self.become(self.user)
        try:
            os.kill(-1, signal.SIGKILL)
        except OSError:
            pass  # There is none.
        self.become(0)

    def clear(self):
        try:
            os.rmdir(self.folder)
        except OSError:
            self.become(self.user)
            empty(self.folder)
            self.become(0)
            os.rmdir(self.folder)

    def processes(self):
        return [pid for pid in numbers() if owner(pid) == self.user]

    @staticmethod
    def become(user):
        os.setresuid(-1, user, -1)


class Namespaces(Place):
    """Bubblewrap: the template is the first process of a pid namespace, with a /proc and a /tmp that only it and its job see."""

    def enter(self):
        super().enter()
        linux.unshare(linux.NEW_MOUNTS)
        size = self.settings["diskBytes"]
        options = "size=%d,nr_inodes=%d,mode=0700" % (size, max(64, size // 4096))
        linux.mount("tmpfs", self.settings["scratch"], linux.NO_SUID | linux.NO_DEVICES, options)
        linux.mount("proc", "/proc", linux.NO_SUID | linux.NO_DEVICES | linux.NO_EXEC)
        linux.drop_capabilities()
        self.shut()

    def fresh(self):
        super().fresh()
        # While the cell is empty: a job may look at itself, and be told to die first.
        libc.prctl(linux.SET_DUMPABLE, 1, 0, 0, 0)

    def forked(self):
        libc.prctl(linux.SET_DUMPABLE, 0, 0, 0, 0)

    def kill(self):
        try:
            os.kill(-1, signal.SIGKILL)
        except OSError:
            pass

    def clear(self):
        """The folder above is the same user's: whatever a job did to it is undone."""
        above = self.settings["scratch"]
        os.chmod(above, 0o700)
        try:
            os.rmdir(self.folder)
        except OSError:
            pass  # It is not empty, or not there, or no folder.
        if os.listdir(above):
            empty(above)
        for name in os.listxattr(above):
            os.removexattr(above, name)
        os.utime(above, (0, 0))

    def processes(self):
        return [pid for pid in numbers() if pid != 1]


class Bare(Place):
    """No protection at all: only its descendants are known, and where there is no /proc, only its group."""

    def enter(self):
        super().enter()
        try:
            linux.prctl(linux.SET_SUBREAPER, 1)
        except (AttributeError, OSError):
            pass  # Not Linux.

    def confine(self):
        try:
            linux.prctl(linux.SET_DEATH_SIGNAL, signal.SIGKILL)
        except (AttributeError, OSError):
            pass

    def kill(self):
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass

    def processes(self):
        parents = {pid: parent(pid) for pid in numbers()}
        found, more = {os.getpid()}, True
        while more:
            children = {pid for pid, above in parents.items() if above in found} - found
            found |= children
            more = bool(children)
        return sorted(found - {os.getpid()})


places = {"users": Users, "namespaces": Namespaces, "bare": Bare}


def die_first(pid):
    """When memory runs out the kernel looks for the highest number."""
    try:
        descriptor = os.open("/proc/%d/oom_score_adj" % pid, os.O_WRONLY)
        os.write(descriptor, b"1000")
        os.close(descriptor)
    except OSError:
        pass  # Gone since, or of another mind: what it uses is counted all the same.


def limit(kind, most):
    """Lowers a limit; one that is lower already stays."""
    hard = resource.getrlimit(kind)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))


def empty(folder):
    """
    Removes all that is in a folder. Folders in folders are moved up before they are looked into, so that neither
    their depth nor the length of their paths matters.
    """
    folder = os.fsencode(folder)
    os.chmod(folder, 0o700)
    waiting = [os.path.join(folder, name) for name in os.listdir(folder)]
    taken = set(waiting)
    free = (path for path in (os.path.join(folder, b"%d" % n) for n in itertools.count()) if path not in taken)
    while waiting:
        path = waiting.pop()
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            os.unlink(path)
            continue
        os.chmod(path, 0o700)
        for name in os.listdir(path):
            inner = os.path.join(path, name)
            if stat.S_ISDIR(os.lstat(inner).st_mode):
                os.chmod(inner, 0o700)
                outer = next(free)
                os.rename(inner, outer)
                waiting.append(outer)
            else:
                os.unlink(inner)
        os.rmdir(path)


def numbers():
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def owner(pid):
    """Of the process itself: its folder in /proc is root's once it is not dumpable."""
    try:
        with open("/proc/%d/status" % pid, "rb") as file:
            for line in file:
                if line.startswith(b"Uid:"):
                    return int(line.split()[1])
    except OSError:
        pass  # Gone since.
    return None


def parent(pid):
    fields = stat_of(pid)
    return int(fields[1]) if fields else None


def stat_of(pid):
    """The fields of proc(5) from the third on: a name may hold anything."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            return file.read().rpartition(b")")[2].split() or None
    except OSError:
        return None  # Gone since.
