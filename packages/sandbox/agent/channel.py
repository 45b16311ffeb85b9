"""Bytes and descriptors between the agent's own processes, and frames between the agent and the host."""
import array
import json
import os
import socket
import struct

# To a job: the program's number, whether it is joined to another, sizes of the payload and stdin, seconds of CPU,
# bytes of memory.
TASK = struct.Struct("!IIQQQQ")

# From a template: kind, its turn (a job's number in it), status as of wait, CPU microseconds, peak KiB, what it has seen.
REPORT = struct.Struct("!cIiQQc")
READY, ENDED = b"r", b"e"

# To a template: kind, the turn it is meant for, CPU microseconds, bytes of memory.
ORDER = struct.Struct("!cIQQ")
PREPARE, WATCH, KILL = b"p", b"w", b"k"

# What a watching template has seen.
NOTHING, TIME, MEMORY = b"-", b"t", b"m"


def send(sock, message, descriptors=()):
    """How much of it went: all, for what is small."""
    if not descriptors:
        return sock.send(message)
    return sock.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))])


def receive(sock, size):
    """A message of that size and its descriptors; None where the other side is gone."""
    space = socket.CMSG_SPACE(8 * array.array("i").itemsize)
    try:
        message, ancillary, _, _ = sock.recvmsg(size, space)
    except ConnectionResetError:
        return None
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    while message and len(message) < size:
        more = sock.recv(size - len(message))
        if not more:
            return None
        message += more
    return (message, descriptors) if message else None


def read(descriptor, size):
    """Exactly that many bytes; None at the end of the stream."""
    parts = []
    while size > 0:
        part = os.read(descriptor, min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def write(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def read_frame(descriptor):
    """A frame: 4 bytes of total length, 4 of the header's, a JSON header, bytes. None at the end of the stream."""
    lengths = read(descriptor, 8)
    if lengths is None:
        return None
    total, header = struct.unpack("!II", lengths)
    frame = read(descriptor, total - 4)
    if frame is None:
        return None
    return json.loads(frame[:header].decode()), frame[header:]


def frame(header, *blobs):
    head = json.dumps(header).encode()
    size = 4 + len(head) + sum(map(len, blobs))
    return b"".join((struct.pack("!II", size, len(head)), head) + blobs)
