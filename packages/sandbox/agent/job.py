"""A job as the broker sees it: what it is given, what it writes, when it must end."""
import os
import select
import signal
import time

from agent import channel

# Seconds before which no job is worth a look: neither at what it uses, nor at what it writes, for which its pipes have room.
watch_after = 0.02
# Bytes of a result for which they are too small: whoever expects so many is heard from the beginning.
large_result = 16 << 20


class Kept:
    """A stream of a process, up to its cap."""

    def __init__(self, descriptor, cap):
        self.descriptor = descriptor
        self.cap = cap
        self.parts = []
        self.size = 0
        os.set_blocking(descriptor, False)

    def take(self):
        """All that is there. False at its end; more than the cap is dropped and counted."""
        while True:
            try:
                part = os.read(self.descriptor, 65536)
            except BlockingIOError:
                return True
            if not part:
                return False
            if self.size < self.cap:
                self.parts.append(part[: self.cap - self.size])
            self.size += len(part)
            if self.size > self.cap:
                return True

    def content(self):
        return b"".join(self.parts)


class Process:
    """One process of a job, in its cell."""

    def __init__(self, cell, wanted, joined, links, caps):
        self.cell = cell
        self.wanted = wanted
        self.joined = joined
        self.links = links
        self.result, self.stdout, self.stderr = (
            Kept(descriptor, cap)
            for descriptor, cap in zip((cell.result, cell.stdout, cell.stderr), caps)
        )
        self.reason = None
        self.report = None
        self.pending = b""

    def begin(self):
        """Hands over the task, as much of it as goes at once."""
        wanted = self.wanted
        sizes = len(wanted["payload"]), len(wanted["stdin"])
        task = channel.TASK.pack(wanted["number"], self.joined, *sizes, int(wanted["cpu"]) + 2, wanted["memory"])
        self.pending = memoryview(task + wanted["payload"] + wanted["stdin"])
        self.cell.start.setblocking(False)
        self.feed(self.links)

    def feed(self, links=()):
        try:
            while self.pending:
                self.pending = self.pending[channel.send(self.cell.start, self.pending, links) :]
                for descriptor in links:
                    os.close(descriptor)
                links = ()
        except BlockingIOError:
            return
        except OSError:
            self.pending = b""  # It has ended, or closed its end: its own loss.
        self.cell.start.close()

    def end(self, reason):
        """Ends it now. The first reason is the one that is told."""
        if self.report is None:
            self.reason = self.reason or reason
            self.cell.order(channel.KILL)

    def watch(self):
        if self.report is None:
            self.cell.order(channel.WATCH, int(self.wanted["cpu"] * 1000000), self.wanted["memory"])

    def ended(self, report):
        """Nothing of it is alive: what is in its pipes is all there will be."""
        self.report = report
        for stream in (self.result, self.stdout, self.stderr):
            stream.take()
            os.close(stream.descriptor)

    def outcome(self):
        _, _, status, cpu, peak, seen = self.report
        if seen == channel.TIME:
            self.reason = "timeout"
        elif seen == channel.MEMORY:
            self.reason = "memory"
        signalled = os.WIFSIGNALED(status)
        number = os.WTERMSIG(status) if signalled else None
        if self.reason is None and number == signal.SIGXCPU:  # By the backstop.
            self.reason = "timeout"
        for stream in (self.result, self.stdout, self.stderr):
            if stream.size > stream.cap:
                self.reason = self.reason or "output_limit"
        if self.reason is None and out_of_memory(number, self.stderr.content()):
            self.reason = "memory"
        return {
            "reason": self.reason or "ok",
            "code": None if signalled else os.WEXITSTATUS(status),
            "signal": number,
            "cpuMs": cpu / 1000,
            "peakBytes": peak * 1024,
            "sizes": [len(stream.content()) for stream in (self.result, self.stdout, self.stderr)],
        }


def out_of_memory(number, complaint):
    """As interpreters tell it. That a job may tell it as well does it no good."""
    if number in (signal.SIGABRT, signal.SIGTRAP):
        return b"out of memory" in complaint
    return number is None and complaint.rstrip().rpartition(b"\n")[2].startswith(b"MemoryError")


def run(processes, wall, host, hear):
    """
    Runs processes that are ready to begin, to the end of the last. `hear` is called when the host has something to
    say; what it returns ends the job. Returns the seconds it took.
    """
    poll = select.poll()
    poll.register(host, select.POLLIN)
    sources = {}

    def listen(process):
        for stream in (process.result, process.stdout, process.stderr):
            poll.register(stream.descriptor, select.POLLIN)
            sources[stream.descriptor] = (process, stream)

    for process in processes:
        socket = process.cell.sock.fileno()
        poll.register(socket, select.POLLIN)
        sources[socket] = (process, None)
        if process.result.cap >= large_result:
            listen(process)
    began = time.monotonic()
    for process in processes:
        process.cell.ready = False
        process.begin()
        if process.pending:
            poll.register(process.cell.start.fileno(), select.POLLOUT)
            sources[process.cell.start.fileno()] = (process, "start")
    watched = False

    def end(reason, culprit=None):
        for one in processes:
            one.end(reason if culprit in (None, one) else "ok")

    while any(process.report is None for process in processes):
        elapsed = time.monotonic() - began
        if not watched and elapsed >= watch_after:
            watched = True
            for process in processes:
                process.watch()
                if process.report is None and process.result.descriptor not in sources:
                    listen(process)
        if elapsed >= wall:
            end("timeout")
        left = (wall if watched else min(wall, watch_after)) - elapsed
        for descriptor, event in poll.poll(max(1, left * 1000) if left > 0 else None):
            if descriptor == host:
                if hear():
                    end("killed")
                continue
            process, stream = sources.get(descriptor, (None, None))
            if process is None:
                continue
            if stream == "start":
                process.feed()
                if not process.pending:
                    poll.unregister(descriptor)
                    del sources[descriptor]
            elif stream is not None:
                more = stream.take()
                if stream.size > stream.cap:
                    end("output_limit", process)
                    more = False
                if not more:
                    poll.unregister(descriptor)
                    del sources[descriptor]
            else:
                report = process.cell.hear()
                if report is None:
                    continue
                for known, (owner, _) in list(sources.items()):
                    if owner is process:
                        poll.unregister(known)
                        del sources[known]
                process.ended(report)
                if process is processes[-1] or report[5] != channel.NOTHING:
                    for other in processes:
                        other.end("ok")
    return time.monotonic() - began
