"""
What a process of a job does before it is the program: it waits, confined already, for what it is to be.

Every page that a fork writes to, if only to count a reference, the kernel copies first: that is most of what a short
job costs. So nothing is done here that can be done before the fork, and little is touched.
"""
import atexit
import gc
import os
import signal
import sys
import threading
import traceback
from resource import RLIMIT_CPU, RLIMIT_DATA, RLIMIT_NOFILE, setrlimit

from agent import channel

RESULT, LINK_READ, LINK_WRITE, START, STDIN_WRITE = 3, 4, 5, 6, 7
LAST = 255
most_files = 256


def run_python(start, programs, folder):
    """Waits for its task, then is the program. Never returns."""
    task, rights, _, _ = start.recvmsg(65536, 64)
    if not task:
        os._exit(0)
    number, _, payload_size, stdin_size, cpu, memory = channel.TASK.unpack_from(task)
    begin = channel.TASK.size
    size = begin + payload_size + stdin_size
    if len(task) < size:
        task += channel.read(start.fileno(), size - len(task))
    payload = task[begin : begin + payload_size]
    if rights:
        pair = rights[0][2]
        # The numbers up to the last we need are taken, so these are others.
        os.dup2(int.from_bytes(pair[:4], sys.byteorder), LINK_READ)
        os.dup2(int.from_bytes(pair[4:8], sys.byteorder), LINK_WRITE)
        os.closerange(LINK_WRITE + 1, LAST)
    else:
        os.closerange(RESULT + 1, LAST)
    hold(RLIMIT_CPU, cpu)
    hold(RLIMIT_DATA, memory)
    hold(RLIMIT_NOFILE, most_files)
    if stdin_size:
        give_stdin(task[begin + payload_size :])
    else:
        # Opened anew: flags, owners and locks are those of an open file, and the template's is every job's.
        os.close(0)
        os.open("/dev/null", os.O_RDWR)
    name, main = programs[number]
    if main is None:
        be_shell(os.path.join(folder, name), payload)
    sys.argv = [name]
    gc.enable()
    code = 1
    try:
        main(payload)
        code = 0
    except SystemExit as stop:
        code = exit_code(stop)
    except BaseException:
        tell()
    leave(code)


def hold(kind, most):
    try:
        setrlimit(kind, (most, most))
    except ValueError:
        pass  # This machine grants less than that.


def give_stdin(data):
    """A file that has no name any more: nobody needs to wait until it is read."""
    descriptor = os.open(".stdin", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    source = os.open(".stdin", os.O_RDONLY)
    os.unlink(".stdin")
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


def be_node(start, command, memory, links):
    """Node starts here and waits itself: see spare.cjs."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.dup2(start.fileno(), START)
    # Taken in any case: Node must not have one of them for its own.
    for descriptor, end in enumerate(links or (0, 0), LINK_READ):
        os.dup2(end, descriptor)
    writing = os.open(".stdin", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    reading = os.open(".stdin", os.O_RDONLY)
    os.unlink(".stdin")
    os.dup2(reading, 0)
    os.dup2(writing, STDIN_WRITE)
    os.closerange(STDIN_WRITE + 1, LAST)
    hold(RLIMIT_DATA, memory)
    hold(RLIMIT_NOFILE, most_files)
    os.execve(command[0], command, dict(os.environ))


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
        traceback.print_exc()
    except BaseException:
        pass


def leave(code):
    """As the interpreter ends, but for the time it takes to take itself apart."""
    try:
        if threading.active_count() > 1:
            threading._shutdown()
        if atexit._ncallbacks() > 0:
            atexit._run_exitfuncs()
    except BaseException:
        pass
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            pass
    os._exit(code)
