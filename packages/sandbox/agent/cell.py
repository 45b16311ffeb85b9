"""
A cell: a template process that forks one job at a time, and sees to its end. Payloads pass it by: they go from the
broker to the job alone. It reports the end of a job when, as its reaper, it has buried all that the job started.
"""
import errno
import gc
import os
import random
import select
import signal
import socket
import time

from agent import channel, linux, start
from agent.places import die_first, stat_of

tick_ms = 10  # Between two looks at a job that is watched.
ticks_per_second = os.sysconf("SC_CLK_TCK")
page = os.sysconf("SC_PAGE_SIZE")
insistence_ms = 10000  # Longer than two jobs that began together end apart.


class Cell:
    def __init__(self, sock, place, settings, node, programs):
        self.sock = sock
        self.place = place
        self.settings = settings
        self.node = node
        self.programs = programs
        self.turn = 0

    def serve(self):
        """For as long as there is a broker."""
        # The numbers that a job's descriptors get are taken here: dup2 never closes what is still needed.
        self.nothing = 0
        while self.nothing <= start.STDIN_WRITE:
            self.nothing = os.open("/dev/null", os.O_RDWR)
        self.complaints = os.dup(2)
        self.sock = self.sock.dup()
        os.setsid()
        # The first process of a pid namespace is deaf to what it does not handle; and Python handles SIGINT.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        self.place.enter()
        random.seed(0)  # Every fork of Python's own seeds it anew; jobs shall have the same in every box.
        gc.disable()
        gc.freeze()
        while True:
            links = self.await_order() if self.node else ()
            self.turn += 1
            insist(self.place.fresh)
            main, ended = self.launch(links)
            self.attend(main, ended)
            os.close(ended)
            self.place.clear()

    def await_order(self):
        while True:
            order, links = self.hear()
            if order[0] == channel.PREPARE:
                return links
            # One for a job that has ended by itself since.

    def hear(self):
        heard = channel.receive(self.sock, channel.ORDER.size)
        if heard is None:
            self.place.kill()  # Where the box does not end with its first process.
            os._exit(0)
        return channel.ORDER.unpack(heard[0]), heard[1]

    def launch(self, links):
        pipes = os.pipe() + os.pipe() + os.pipe()
        ours, theirs = socket.socketpair()
        for descriptor, end in enumerate(pipes[1::2], 1):
            os.dup2(end, descriptor)  # What a job has as 1, 2 and 3, and this process has no use for.
        main = insist(fork)
        if main == 0:
            try:
                self.place.confine()
                ours.close()  # Or the end of the broker would not be seen.
                if self.node:
                    start.be_node(theirs, self.settings["node"], self.settings["nodeBytes"], links)
                start.run_python(theirs, self.programs, self.settings["programs"])
            except BaseException:
                start.tell()
            os._exit(99)
        self.place.forked()
        theirs.close()
        for descriptor in pipes[1::2] + tuple(links):
            os.close(descriptor)
        for descriptor, own in enumerate((self.nothing, self.complaints, self.nothing), 1):
            os.dup2(own, descriptor)
        self.report(channel.READY, 0, 0, 0, channel.NOTHING, (ours.fileno(),) + pipes[::2])
        ours.close()
        for descriptor in pipes[::2]:
            os.close(descriptor)
        return main, os.pidfd_open(main) if hasattr(os, "pidfd_open") else linux.open_pid(main)

    def report(self, kind, status, cpu, peak, seen, descriptors=()):
        message = channel.REPORT.pack(kind, self.turn, status, cpu, peak, seen)
        try:
            channel.send(self.sock, message, descriptors)
        except OSError:
            os._exit(0)

    def attend(self, main, ended):
        """Until the job's first process has ended, by itself or not; then the rest of it goes."""
        seen, watch, self.marked = channel.NOTHING, None, set()
        sock = self.sock.fileno()
        poll = select.poll()
        poll.register(ended, select.POLLIN)
        poll.register(sock, select.POLLIN)
        ready = poll.poll()
        while ready[:1] != [(ended, select.POLLIN)]:
            if ready:
                (kind, turn, most_cpu, most_memory), _ = self.hear()
                if turn == self.turn and kind == channel.WATCH:
                    watch = (most_cpu, most_memory)
                elif turn == self.turn and kind == channel.KILL:
                    watch = None
                    self.place.kill()
            if watch:
                seen = self.look(watch)
                if seen != channel.NOTHING:
                    watch = None
                    self.place.kill()
            ready = poll.poll(tick_ms if watch else None)
        _, status, usage = os.wait4(main, 0)
        cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss
        while True:
            try:
                pid, _, usage = os.wait4(-1, os.WNOHANG)
                if pid == 0:
                    self.place.kill()
                    _, _, usage = os.wait4(-1, 0)
            except ChildProcessError:
                break  # Whatever it started was or became this process's child: none is left.
            cpu, peak = cpu + usage.ru_utime + usage.ru_stime, max(peak, usage.ru_maxrss)
        self.report(channel.ENDED, status, int(cpu * 1000000), peak, seen)

    def look(self, watch):
        """What the job's processes use together."""
        most_cpu, most_memory = watch
        cpu = memory = 0
        shared, text = resident(os.getpid())
        for pid in self.place.processes():
            fields = stat_of(pid)
            if fields is None:
                continue
            cpu += sum(map(int, fields[11:15])) * 1000000 // ticks_per_second
            if pid not in self.marked:
                self.marked.add(pid)
                die_first(pid)
            own, program = resident(pid)
            # What a fork has from this process counts once for all. One that has become another program has nothing of it.
            memory += max(0, own - shared) if program == text else own
        if cpu > most_cpu:
            return channel.TIME
        return channel.MEMORY if memory > most_memory else channel.NOTHING


def fork():
    child = linux.fork()
    if child < 0:
        raise OSError(errno.EAGAIN, "no process")
    return child


def insist(action):
    """The other process of a job may have used up what this takes, until it has ended as well."""
    for _ in range(insistence_ms):
        try:
            return action()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ENOMEM, errno.ENOSPC):
                raise
            time.sleep(0.001)
    return action()


def resident(pid):
    """Bytes in memory that no file backs, and the size of the program's text."""
    try:
        with open("/proc/%d/statm" % pid, "rb") as file:
            _, whole, backed, text = file.read().split()[:4]
    except (OSError, ValueError):
        return 0, 0
    return (int(whole) - int(backed)) * page, int(text)
