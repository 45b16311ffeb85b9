"""
A cell: a template process that forks one job at a time, and sees to its end. Payloads pass it by: they go from the
broker to the job alone. It reports the end of a job when, as its reaper, it has buried all that the job started.
"""
import os
import select
import signal
import socket

from agent import channel, start
from agent.places import stat_of

tick_ms = 10  # Between two looks at a job that is watched.
ticks_per_second = os.sysconf("SC_CLK_TCK")
page = os.sysconf("SC_PAGE_SIZE")


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
        # Descriptors that a job gets a number for are not used otherwise: dup2 never closes what is still needed.
        while os.open("/dev/null", os.O_RDWR) < 16:
            pass
        awake, wake = os.pipe()
        for descriptor in (awake, wake):
            os.set_blocking(descriptor, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        self.awake = awake
        self.poll = select.poll()
        self.poll.register(awake, select.POLLIN)
        self.poll.register(self.sock, select.POLLIN)
        self.place.enter()
        while True:
            links = self.await_order() if self.node else ()
            self.turn += 1
            self.place.fresh()
            main = self.launch(links)
            self.attend(main)
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
            os._exit(0)
        return channel.ORDER.unpack(heard[0]), heard[1]

    def launch(self, links):
        pipes = [os.pipe() for _ in range(3)]
        ours, theirs = socket.socketpair()
        main = os.fork()
        if main == 0:
            try:
                start.stand(self.place, self.settings, [writing for _, writing in pipes])
                os.dup2(theirs.fileno(), start.START)
                if self.node:
                    start.be_node(self.place, self.settings, links)
                os.closerange(4, start.START)
                os.closerange(start.START + 1, 256)
                theirs.detach()
                waiting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, start.START)
                start.run_python(waiting, self.programs, self.settings)
            except BaseException:
                start.tell()
            os._exit(99)
        for descriptor in [writing for _, writing in pipes] + list(links):
            os.close(descriptor)
        theirs.close()
        self.report(channel.READY, main, 0, 0, channel.NOTHING, [ours.fileno()] + [reading for reading, _ in pipes])
        for reading, _ in pipes:
            os.close(reading)
        ours.close()
        return main

    def report(self, kind, status, cpu, peak, seen, descriptors=()):
        message = channel.REPORT.pack(kind, self.turn, status, cpu, peak, seen)
        try:
            channel.send(self.sock, message, descriptors)
        except OSError:
            os._exit(0)

    def attend(self, main):
        """Until the job's first process has ended, by itself or not; then the rest of it goes."""
        cpu, peak, status, seen, watch = 0, 0, None, channel.NOTHING, None
        while status is None:
            ready = self.poll.poll(tick_ms if watch else None)
            if any(descriptor == self.awake for descriptor, _ in ready):
                try:
                    os.read(self.awake, 4096)
                except BlockingIOError:
                    pass
            while True:
                pid, ended, usage = os.wait4(-1, os.WNOHANG)
                if pid == 0:
                    break
                cpu, peak = cpu + micros(usage), max(peak, usage.ru_maxrss)
                if pid == main:
                    status = ended
                    break
            if status is not None:
                break
            if any(descriptor == self.sock.fileno() for descriptor, _ in ready):
                (kind, turn, most_cpu, most_memory), _ = self.hear()
                if turn == self.turn and kind == channel.WATCH:
                    watch = (most_cpu, most_memory)
                elif turn == self.turn and kind == channel.KILL:
                    self.place.kill()
                    watch = None
            if watch:
                seen = self.look(cpu, watch)
                if seen != channel.NOTHING:
                    self.place.kill()
                    watch = None
        while True:
            try:
                pid, _, usage = os.wait4(-1, os.WNOHANG)
                if pid == 0:
                    self.place.kill()
                    _, _, usage = os.wait4(-1, 0)
            except ChildProcessError:
                break  # Whatever it started was or became this process's child: none is left.
            cpu, peak = cpu + micros(usage), max(peak, usage.ru_maxrss)
        self.report(channel.ENDED, status, cpu, peak, seen)

    def look(self, cpu, watch):
        """What the job's processes use together."""
        most_cpu, most_memory = watch
        memory = 0
        for pid in self.place.processes():
            fields = stat_of(pid)
            if fields is None:
                continue
            cpu += sum(map(int, fields[11:15])) * 1000000 // ticks_per_second
            memory += unshared(pid)
        if cpu > most_cpu:
            return channel.TIME
        return channel.MEMORY if memory > most_memory else channel.NOTHING


def unshared(pid):
    """Resident bytes that no file backs. What a fork shares with its parent counts for both: a little too much."""
    try:
        with open("/proc/%d/statm" % pid, "rb") as file:
            _, resident, shared = file.read().split()[:3]
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * page


def micros(usage):
    return int((usage.ru_utime + usage.ru_stime) * 1000000)
