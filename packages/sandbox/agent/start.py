"""What a process of a job does before it is the program: it waits, confined already, for what it is to be."""
import json
import os
import resource
import signal
import socket
import struct
import sys

from agent import channel
from agent.places import limit

LINK_READ, LINK_WRITE, START = 4, 5, 6


def stand(place, settings, ends):
    """Confines this process. `ends`: its stdout, stderr and result; what else it has is closed but for `START`."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    for kind, most in settings["rlimits"].items():
        limit(getattr(resource, kind), most)
    place.confine()
    os.chdir(place.folder)
    for descriptor, end in enumerate(ends, 1):
        os.dup2(end, descriptor)


def run_python(start, programs, settings):
    """Waits for its task, then is the program. Never returns."""
    task = receive_task(start)
    if task is None:
        os._exit(0)
    header, payload, stdin, links = task
    limit(resource.RLIMIT_CPU, int(header["cpu"]) + 2)
    if settings["keeps"]:
        limit(resource.RLIMIT_DATA, header["memory"])
    for descriptor, end in enumerate(links, LINK_READ):
        os.dup2(end, descriptor)
    os.closerange(LINK_READ + len(links), 256)
    if stdin:
        give_stdin(stdin)
    program = header["program"]
    if program.endswith(".sh"):
        be_shell(os.path.join(settings["programs"], program), payload)
    sys.argv = [program]
    code = 1
    try:
        programs[program].main(payload)
        code = 0
    except SystemExit as stop:
        code = exit_code(stop)
    except BaseException:
        tell()
    leave(code)


def receive_task(start):
    """Its header, payload, stdin and links."""
    first = channel.receive(start, 4)
    if first is None:
        return None
    (size,) = struct.unpack("!I", first[0])
    header = json.loads(channel.read(start.fileno(), size).decode())
    payload = channel.read(start.fileno(), header["payload"])
    stdin = channel.read(start.fileno(), header["stdin"])
    return None if payload is None or stdin is None else (header, payload, stdin, first[1])


def give_stdin(data):
    """A file that has no name any more: nobody needs to wait until it is read."""
    path = ".stdin"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    source = os.open(path, os.O_RDONLY)
    os.unlink(path)
    channel.write(descriptor, data)
    os.close(descriptor)
    os.dup2(source, 0)
    os.close(source)


def be_shell(program, payload):
    descriptor = os.open("payload", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    channel.write(descriptor, payload)
    os.close(descriptor)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execve("/bin/sh", ["sh", program, "payload"], dict(os.environ))


def be_node(place, settings, links):
    """Node starts here and waits itself: see spare.cjs."""
    for descriptor, end in enumerate(links, LINK_READ):
        os.dup2(end, descriptor)
    writing = os.open(".stdin", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    reading = os.open(".stdin", os.O_RDONLY)
    os.unlink(".stdin")
    os.dup2(reading, 0)
    os.dup2(writing, START + 1)
    os.closerange(START + 2, 256)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    linked = ["linked"] if links else []
    os.execve(settings["node"][0], settings["node"] + linked, dict(os.environ))


def exit_code(stop):
    if stop.code is None or isinstance(stop.code, int):
        return (stop.code or 0) & 255
    try:
        print(stop.code, file=sys.stderr)
    except Exception:
        pass
    return 1


def tell():
    try:
        import traceback

        traceback.print_exc()
    except BaseException:
        pass


def leave(code):
    """As the interpreter ends, but for the time it takes to take itself apart."""
    try:
        import atexit
        import threading

        threading._shutdown()
        atexit._run_exitfuncs()
    except BaseException:
        pass
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            pass
    os._exit(code)
