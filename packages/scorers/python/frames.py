"""Frames on a job's descriptors: four bytes of length, big-endian, and that many bytes of JSON. All programs send and take them here."""

import os

import plain
import wire

# As the fork server hands them to a job: its result, and in a job of two what the other wrote and what it reads.
RESULT, HEARD, SAID = 3, 4, 5


class Closed(Exception):
    """The far end closed, or sent what is no frame."""


def send(fd, message):
    """Raises `wire.TooLarge` for a frame over the cap, before a byte of it is sent."""
    view = memoryview(wire.pack(message))
    while view:
        view = view[os.write(fd, view) :]


def answer(fd, message):
    """Sends what a candidate gave; one that is too large is told as such."""
    try:
        send(fd, message)
    except wire.TooLarge as error:
        kept = {key: message[key] for key in ("id", "seal") if key in message}
        send(fd, {**kept, "output_limit": str(error)})


def receive(fd, most=None):
    """The next frame's bytes. Raises `Closed` where there is none, `wire.TooLarge` where it is over `most`."""
    global ahead
    data = ahead
    while len(data) < 4:
        data += some(fd, READ)
    end = 4 + int.from_bytes(data[:4], "big")
    if most is not None and end > 4 + most:
        raise wire.TooLarge("over %d MiB" % (most >> 20))
    if len(data) < end:
        data += take(fd, end - len(data))
    ahead = data[end:]
    return data[4:end]


# A frame's length and its bytes are read at once: what came with them is of the next frame. No program listens to two descriptors.
READ = 1 << 16
ahead = b""


def take(fd, size):
    data = b""
    while len(data) < size:
        data += some(fd, min(size - len(data), 1 << 20))
    return data


def some(fd, most):
    piece = os.read(fd, most)
    if not piece:
        raise Closed
    return piece


def hear(fd):
    return plain.loads(receive(fd))
