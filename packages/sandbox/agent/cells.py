"""The cells of a box as the broker sees them: two for Python, and pairs of them where a Node waits in each."""
import os
import select
import socket

from agent import channel, linux
from agent.cell import Cell
from agent.places import places


class Lost(Exception):
    """A template is gone, and with it the box."""


class Handle:
    """A cell from outside: its template, and the job that waits in it."""

    def __init__(self, place, settings, node, programs):
        self.sock, theirs = socket.socketpair()
        self.node = node
        self.ready = False
        self.idle = node
        self.linked = False
        self.turn = 0
        self.lost = 0
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
                os.write(2, ("agent: %s: %s\n" % (type(error).__name__, error)).encode())
            os._exit(1)
        theirs.close()

    def order(self, kind, cpu=0, memory=0, links=()):
        try:
            channel.send(self.sock, channel.ORDER.pack(kind, self.turn, cpu, memory), links)
        except OSError:
            raise Lost("a template is gone") from None

    def prepare(self, links=()):
        """Has a Node started in it that is joined by these, which are then no longer ours."""
        self.order(channel.PREPARE, links=links)
        self.idle = False
        self.linked = bool(links)
        for descriptor in links:
            os.close(descriptor)

    def hear(self):
        """The end of its job, or None when it was a beginning."""
        heard = channel.receive(self.sock, channel.REPORT.size)
        if heard is None:
            raise Lost("a template is gone")
        report, descriptors = channel.REPORT.unpack(heard[0]), heard[1]
        self.turn = report[1]
        self.ready = report[0] == channel.READY
        if not self.ready:
            self.idle = self.node
            return report
        start, self.stdout, self.stderr, self.result = descriptors
        self.start = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, start)
        return None

    def await_ready(self):
        """Until a job waits in it. One that died before it was given anything is replaced."""
        while not self.ready or select.select([self.sock], [], [], 0)[0]:
            if self.idle:
                self.prepare()
            self.expect()

    def expect(self):
        waited = self.ready
        if self.hear() is None:
            return
        if waited:
            self.start.close()
            for descriptor in (self.stdout, self.stderr, self.result):
                os.close(descriptor)
        self.linked = False
        self.lost += 1
        if self.lost > 100:
            raise Lost("what waits in a cell does not stay alive")

    def empty(self):
        """Ends what waits in it."""
        if not self.idle:
            self.await_ready()
            self.order(channel.KILL)
            while not self.idle:
                self.expect()
            self.lost -= 1


class Cells:
    def __init__(self, opening, programs):
        settled = [settle(opening, index, index >= 2, programs) for index in range(opening["cells"])]
        self.pythons, nodes = settled[:2], settled[2:]
        self.pairs = list(zip(nodes[::2], nodes[1::2]))

    def refill(self):
        """Has a Node started in each cell where none waits; two at once are joined."""
        for one, other in self.pairs:
            if one.idle and other.idle:
                (one_reads, other_writes), (other_reads, one_writes) = os.pipe(), os.pipe()
                one.prepare((one_reads, one_writes))
                other.prepare((other_reads, other_writes))
            for cell, partner in ((one, other), (other, one)):
                if cell.idle:
                    cell.prepare()
                    partner.linked = False

    def await_all(self):
        for cell in self.pythons + [cell for pair in self.pairs for cell in pair]:
            cell.await_ready()

    def choose(self, nodes):
        """A cell that is ready for each process, and what is to join it to the other and does not yet."""
        if nodes == [True, True]:
            pair = next((pair for pair in self.pairs if all(cell.linked for cell in pair)), self.pairs[0])
            for cell in pair:
                cell.await_ready()
            while not all(cell.linked for cell in pair):
                for cell in pair:
                    cell.empty()
                self.refill()
                for cell in pair:
                    cell.await_ready()
            return [(cell, ()) for cell in pair]
        pythons = iter(self.pythons)
        cells = [self.node() if node else next(pythons) for node in nodes]
        links = [(), ()]
        if len(nodes) == 2:
            pipes = os.pipe() + os.pipe()
            links = [(pipes[0], pipes[3]), (pipes[2], pipes[1])]
            for index, cell in enumerate(cells):
                if cell.node:
                    cell.empty()
                    cell.prepare(links[index])
                    links[index] = ()
        for cell in cells:
            cell.await_ready()
        return list(zip(cells, links))

    def node(self):
        """One whose partner is gone already, where there is one."""
        cells = [cell for pair in self.pairs for cell in pair]
        return next((cell for cell in cells if not cell.linked), cells[0])


def settle(opening, index, node, programs):
    """Starts a cell: where there are namespaces, as the first process of a new one."""
    place = places[opening["mode"]](opening, index)
    if opening["mode"] != "namespaces":
        return Handle(place, opening, node, programs)
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    linux.unshare(linux.NEW_PIDS)
    handle = Handle(place, opening, node, programs)
    linux.setns(own, linux.NEW_PIDS)
    os.close(own)
    return handle
