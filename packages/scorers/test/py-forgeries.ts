/**
 * Programs that want a pass for `add(a, b)` without adding, and programs that want to be an error of ours instead of a failure of theirs.
 * Each is judged by value, by assertion and by a reference.
 */

/** A wrong answer in the end: what comes before is the trick. */
const wrong = 'def add(a, b):\n    return 0\n'

/** A class of values that claim to be whatever they are compared with. */
const liar = (base: string, made: string) =>
  `class Liar(${base}):\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n    def __hash__(self): return 3\n    def __repr__(self): return "3"\n    def __bool__(self): return True\ndef add(a, b):\n    return ${made}\n`

/** Writes one frame. */
const frame =
  'import os, struct\ndef frame(fd, body):\n    try: os.write(fd, struct.pack(">I", len(body)) + body)\n    except OSError: pass\n'

/** Finds the seal of the result, which our own frames hold, as a text of 16 hex digits. */
const seal =
  'import sys\ndef find():\n    f = sys._getframe()\n    while f:\n        for v in list(f.f_locals.values()):\n            if type(v) is dict and "seal" in v: return v["seal"]\n        f = f.f_back\n    return "0" * 16\n'

export const forgeries: readonly (readonly [name: string, code: string])[] = [
  // Equality.
  ['an object equal to everything', liar('object', 'Liar()')],
  ['an int equal to everything', liar('int', 'Liar(7)')],
  ['a float equal to everything', liar('float', 'Liar(7)')],
  ['a complex equal to everything', liar('complex', 'Liar(7)')],
  ['a text equal to everything', liar('str', 'Liar("3")')],
  ['bytes equal to everything', liar('bytes', 'Liar(b"3")')],
  ['a list equal to everything', liar('list', 'Liar([3])')],
  ['a tuple equal to everything', liar('tuple', 'Liar((3,))')],
  ['a dict equal to everything', liar('dict', 'Liar()')],
  ['a set equal to everything', liar('set', 'Liar()')],
  ['an exception equal to everything, returned', liar('Exception', 'Liar()')],
  ['a type equal to everything', liar('type', 'Liar("T", (), {})')],
  ['a fraction equal to everything', `from fractions import Fraction\n${liar('Fraction', 'Liar(7)')}`],
  ['a decimal equal to everything', `from decimal import Decimal\n${liar('Decimal', 'Liar(7)')}`],
  [
    'a named tuple equal to everything',
    `from collections import namedtuple\n${liar('namedtuple("P", "x y")', 'Liar(1, 2)')}`,
  ],
  ['a deque equal to everything', `from collections import deque\n${liar('deque', 'Liar()')}`],
  [
    'an enum equal to everything',
    'import enum\nclass E(enum.IntEnum):\n    A = 7\n    def __eq__(s, o): return True\n    __hash__ = int.__hash__\ndef add(a, b): return E.A\n',
  ],
  ['ANY of unittest.mock', 'from unittest.mock import ANY\ndef add(a, b): return ANY\n'],
  [
    'a lie about its class',
    'class L:\n    __class__ = int\n    def __eq__(s, o): return True\n    def __int__(s): return 3\n    def __index__(s): return 3\ndef add(a, b): return L()\n',
  ],
  [
    'a property that lies about its class',
    'class L:\n    @property\n    def __class__(s): return int\n    def __eq__(s, o): return True\ndef add(a, b): return L()\n',
  ],
  [
    'a class whose class says yes',
    'class M(type):\n    def __instancecheck__(c, x): return True\n    def __eq__(c, o): return True\n    __hash__ = type.__hash__\nclass L(metaclass=M): pass\ndef add(a, b): return L\n',
  ],
  [
    'a weak reference that forwards all',
    'import weakref\nclass L:\n    def __eq__(s, o): return True\nkept = L()\ndef add(a, b): return weakref.proxy(kept)\n',
  ],
  [
    'arithmetic that always works',
    'class L:\n    def __getattr__(s, n): return lambda *a: True\n    def __eq__(s, o): return True\n    def __call__(s, *a): return s\ndef add(a, b): return L()\n',
  ],
  ['not a number', 'def add(a, b): return float("nan")\n'],
  ['the text of the answer', 'def add(a, b): return str(a + b)\n'],
  ['the answer in a list', 'def add(a, b): return [a + b]\n'],
  ['a constant', 'def add(a, b): return 3\n'],
  ['an iterator of answers', 'def add(a, b): return iter([a + b])\n'],
  // Ends.
  ['an exit while loading', `import sys\nsys.exit(0)\n${wrong}`],
  ['an exit in the call', 'import sys\ndef add(a, b): sys.exit(0)\n'],
  ['a hard exit while loading', `import os\nos._exit(0)\n${wrong}`],
  ['a hard exit in the call', 'import os\ndef add(a, b): os._exit(0)\n'],
  ['an exit handler that exits well', `import atexit, os\natexit.register(os._exit, 0)\n${wrong}`],
  [
    'hooks for what is raised',
    `import sys, os\nsys.excepthook = sys.unraisablehook = lambda *a: os._exit(0)\ndef add(a, b): raise ValueError\n`,
  ],
  ['an exit of a generator', 'def add(a, b): raise GeneratorExit\n'],
  ['an interrupt', 'def add(a, b): raise KeyboardInterrupt\n'],
  ['an assertion of its own', 'def add(a, b): raise AssertionError\n'],
  ['a stop of an iteration', 'def add(a, b): raise StopIteration(a + b)\n'],
  [
    'an exception named as one of ours',
    'class Stop(BaseException): pass\nclass Late(BaseException): pass\ndef add(a, b): raise Stop\n',
  ],
  ['another program in its place', 'import os\ndef add(a, b): os.execv("/bin/sh", ["sh", "-c", "exit 0"])\n'],
  [
    'a shell that answers in its place',
    'import os\ndef add(a, b): os.execv("/bin/sh", ["sh", "-c", "printf \'\\\\000\\\\000\\\\000\\\\013{\\"value\\":3}\' >&3; exit 0"])\n',
  ],
  // Frames, modules and the interpreter.
  [
    'the payload of every frame changed',
    'import sys\ndef add(a, b):\n    f = sys._getframe()\n    while f:\n        for v in list(f.f_locals.values()):\n            if isinstance(v, dict): v.update(expected=0, passed=True, value=3)\n        f = f.f_back\n    return 0\n',
  ],
  [
    'everything that collects garbage knows, changed',
    'import gc\ndef add(a, b):\n    for o in gc.get_objects():\n        if type(o) is dict and ("test" in o or "expected" in o or "passed" in o):\n            try: o["passed"] = True; o["expected"] = 0\n            except Exception: pass\n    return 0\n',
  ],
  [
    'an encoder of its own',
    `import sys\nw = sys.modules.get("wire")\nif w: w.encode = lambda *a, **k: {"$any": 1}\n${wrong}`,
  ],
  [
    'an encoder that says a list of all answers',
    `import sys\nw = sys.modules.get("wire")\nif w: w.encode = lambda *a, **k: [3, 11, 0, 123]\n${wrong}`,
  ],
  [
    'JSON of its own',
    'import json, json.encoder\njson.dumps = lambda *a, **k: "3"\njson.encoder.JSONEncoder.encode = lambda *a: "3"\n' +
      wrong,
  ],
  [
    'built-ins of its own',
    'import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.type = lambda *a: int\nbuiltins.len = lambda *a: 3\n' +
      wrong,
  ],
  [
    'frames of its own',
    `import sys\nf = sys.modules.get("frames")\nif f: f.send = f.answer = lambda fd, m: None\n${wrong}`,
  ],
  [
    'random and the tests replaced',
    `import sys\nfor n in ("tester", "remote", "random", "unittest"): sys.modules[n] = sys\n${wrong}`,
  ],
  [
    'an import hook',
    'import sys\nclass H:\n    def find_spec(s, *a): raise SystemExit(0)\nsys.meta_path.insert(0, H())\nimport nothing_here\n' +
      wrong,
  ],
  [
    'a trace that jumps over the failure',
    'import sys\ndef t(f, e, a):\n    if e == "exception": f.f_trace_lines = False\n    try: f.f_lineno = f.f_code.co_firstlineno + 1\n    except Exception: pass\n    return t\nsys.settrace(t)\n' +
      wrong,
  ],
  ['a profiler that answers', `import sys\nsys.setprofile(lambda f, e, a: None)\n${wrong}`],
  [
    'code of ours swapped',
    'import sys\nw = sys.modules.get("wire")\ndef e(value, *a, **k): return {"$int": "0x3"}\nif w: w.encode.__code__ = e.__code__\n' +
      wrong,
  ],
  [
    'the number nought made three',
    'import ctypes, sys\ndef add(a, b):\n    n = 10 ** 6\n    ctypes.c_uint32.from_address(id(n) + sys.getsizeof(0) - 4).value = 3\n    return n\n',
  ],
  [
    'the comparison of integers patched in memory',
    'import ctypes\ntry: ctypes.c_void_p.from_address(id(int) + 200).value = ctypes.c_void_p.from_address(id(object) + 200).value\nexcept Exception: pass\n' +
      wrong,
  ],
  [
    'its own memory, written through /proc',
    'def add(a, b):\n    try:\n        with open("/proc/self/mem", "r+b") as m:\n            m.seek(id(0) + 24); m.write(b"\\x03")\n    except OSError: pass\n    return 0\n',
  ],
  // Descriptors.
  [
    'a result without the seal',
    `${frame}def add(a, b):\n    frame(3, b'{"value":%d}' % (a + b))\n    os._exit(0)\n`,
  ],
  [
    'a result with the seal, and another',
    `${frame}${seal}def add(a, b):\n    for _ in range(3): frame(3, ('{"seal":"%s","value":3}' % find()).encode())\n    return 0\n`,
  ],
  [
    'a line for each input, without the seal',
    'import os\ndef add(a, b):\n    os.write(3, b"+3\\n+11\\n+0\\n+123\\n.\\n")\n    os._exit(0)\n',
  ],
  [
    'a verdict on every descriptor',
    `${frame}def add(a, b):\n    for fd in range(0, 20): frame(fd, b'{"passed":true}'); frame(fd, b'{"verdict":{"passed":true}}')\n    os._exit(0)\n`,
  ],
  ['the descriptors closed', `import os\nos.closerange(0, 64)\n${wrong}`],
  [
    'the result led to the other process',
    'import os\ndef add(a, b):\n    try: os.dup2(5, 3)\n    except OSError: pass\n    return 0\n',
  ],
  [
    'answers before they are asked for',
    `${frame}for _ in range(50): frame(5, b'{"ready":true}'); frame(5, b'{"id":"","value":3}')\n${wrong}`,
  ],
  [
    'an answer to every question it can read',
    `${frame}import json, threading\ndef serve():\n    while True:\n        n = int.from_bytes(os.read(4, 4), "big"); q = json.loads(os.read(4, n))\n        frame(5, json.dumps({"id": q["id"], "value": 3}).encode())\ntry: threading.Thread(target=serve, daemon=True).start()\nexcept RuntimeError: pass\n${wrong}`,
  ],
  [
    'a frame of four gigabytes',
    'import os\nfor fd in (3, 5):\n    try: os.write(fd, b"\\xff\\xff\\xff\\xff" + b"x" * 1000)\n    except OSError: pass\n' +
      wrong,
  ],
  [
    'frames of nonsense',
    `${frame}for fd in (3, 5): frame(fd, b"[" * 100000); frame(fd, b"\\xff\\xfe")\n${wrong}`,
  ],
  // Processes and threads.
  [
    'a child that answers while the parent ends',
    `${frame}def add(a, b):\n    if os.fork() == 0:\n        frame(3, b'{"value":3}'); frame(5, b'{"value":3}')\n        os._exit(0)\n    os._exit(0)\n`,
  ],
  [
    'a thread that answers afterwards',
    `${frame}import threading, time\ndef later():\n    time.sleep(0.01)\n    frame(3, b'{"value":3}')\nthreading.Thread(target=later).start()\n${wrong}`,
  ],
  [
    'signals to all others',
    'import os, signal\nfor p in (-1, 1, os.getppid(), 0):\n    try: os.kill(p, signal.SIGUSR1 if p else 0)\n    except OSError: pass\n' +
      wrong,
  ],
  [
    'the other process’s descriptors',
    'import os\nfor p in os.listdir("/proc"):\n    if p.isdigit() and int(p) != os.getpid():\n        for fd in (3, 5):\n            try: open("/proc/%s/fd/%d" % (p, fd), "wb").write(b"\\0\\0\\0\\x0f{\\"passed\\":true}")\n            except OSError: pass\n' +
      wrong,
  ],
  [
    'the other process’s memory',
    'import ctypes, os\nc = ctypes.CDLL(None)\nfor p in os.listdir("/proc"):\n    if p.isdigit() and int(p) != os.getpid(): c.ptrace(16, int(p), 0, 0)\n' +
      wrong,
  ],
  // Data.
  [
    'a pickle that acts',
    'import os\nclass P:\n    def __reduce__(s): return (os._exit, (0,))\n    def __getstate__(s): os._exit(0)\ndef add(a, b): return P()\n',
  ],
  ['tags of ours', 'def add(a, b): return {"$ref": 0}\n'],
  ['a tag of a handle', 'def add(a, b): return {"$object": [0, "int"]}\n'],
  [
    'named tuples with the names of methods',
    'from collections import namedtuple\ndef add(a, b): return namedtuple("int", "count index real")(3, 3, 3)\n',
  ],
  ['a list in itself', 'def add(a, b):\n    x = []\n    x.append(x)\n    return x\n'],
  ['an endless generator', 'def add(a, b):\n    while True: yield a + b\n'],
  [
    'an exception that lies about itself',
    'class E(Exception):\n    def __str__(s): return "3"\n    __class__ = int\ndef add(a, b): raise E\n',
  ],
  [
    'the tests, looked for everywhere',
    'import os\ndef add(a, b):\n    for root, _, files in os.walk("/tmp"):\n        for f in files:\n            try: text = open(os.path.join(root, f)).read()\n            except Exception: continue\n            if "add(%d, %d) ==" % (a, b) in text: return a + b\n    for p in ("environ", "cmdline", "maps"):\n        if b"add(" in open("/proc/self/" + p, "rb").read(): return a + b\n    return 0\n',
  ],
  [
    'the answer from standard input',
    'def add(a, b):\n    try: return int(input())\n    except EOFError: return 0\n',
  ],
  [
    'arguments changed into the answer',
    'class I(int):\n    def __eq__(s, o): return True\ndef add(a, b):\n    a = I(3)\n    globals().update(a=a, candidate=lambda *x: a)\n    return None\n',
  ],
  [
    'right only where it thinks nobody looks',
    'import sys\ncalls = []\ndef add(a, b):\n    calls.append(1)\n    return a + b if len(calls) > 9 else 0\n',
  ],
]

/** What must end as a failure of the program, whatever it does to the box. */
export const spoilers: readonly (readonly [name: string, code: string])[] = [
  [
    'forks until it cannot',
    'import os\ndef add(a, b):\n    while True:\n        try: os.fork()\n        except OSError: pass\n',
  ],
  [
    'threads until it cannot',
    'import threading, time\ndef add(a, b):\n    while True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n',
  ],
  ['takes all memory', 'def add(a, b):\n    kept = []\n    while True: kept.append(bytearray(64 << 20))\n'],
  ['takes all memory while loading', 'kept = "x" * (8 << 30)\n'],
  [
    'opens files until it cannot, then exits',
    'import os\ndef add(a, b):\n    try:\n        while True: os.dup(2)\n    except OSError: os._exit(0)\n',
  ],
  [
    'fills its folder',
    'def add(a, b):\n    with open("full", "wb") as f:\n        while True: f.write(b"x" * (1 << 20))\n',
  ],
  [
    'kills whoever it can',
    'import os\nfor p in (os.getppid(), 1, -1):\n    try: os.kill(p, 9)\n    except OSError: pass\nos.kill(os.getpid(), 9)\n',
  ],
  [
    'stops whoever it can, and itself',
    'import os, signal\nfor p in (os.getppid(), 1):\n    try: os.kill(p, signal.SIGSTOP)\n    except OSError: pass\nos.kill(os.getpid(), signal.SIGSTOP)\n',
  ],
  ['aborts', 'import os\ndef add(a, b): os.abort()\n'],
  [
    'overflows the C stack',
    'import sys\nsys.setrecursionlimit(10 ** 9)\nclass A:\n    def __repr__(s): return repr(s)\ndef add(a, b): return repr(A())\n',
  ],
  ['reads what is not there', 'import ctypes\ndef add(a, b): return ctypes.string_at(0)\n'],
  [
    'lowers its own limits to nothing',
    'import resource\nfor n in range(16):\n    try: resource.setrlimit(n, (0, 0))\n    except (ValueError, OSError): pass\ndef add(a, b): return open("/dev/null")\n',
  ],
  [
    'removes its folder',
    'import os, shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)\nos.chdir("/")\ndef add(a, b): return 0\n',
  ],
  [
    'answers with more than is read',
    'import os\ndef add(a, b):\n    for fd in (3, 5):\n        try:\n            for _ in range(40): os.write(fd, b"\\0\\x10\\0\\0" + b"1" * (1 << 20))\n        except OSError: pass\n    return 0\n',
  ],
  ['answers with a number of a million digits', 'def add(a, b): return 1 << 4_000_000\n'],
  [
    'answers nested ten thousand deep',
    'def add(a, b):\n    x = []\n    for _ in range(10_000): x = [x]\n    return x\n',
  ],
  ['answers with half a million values', 'def add(a, b): return [[0]] * 500_000\n'],
  ['never reads and never answers', 'import os, signal\ndef add(a, b): signal.pause()\n'],
  [
    'begins a frame and sleeps',
    'import os, time\ndef add(a, b):\n    for fd in (3, 5):\n        try: os.write(fd, b"\\0\\0\\1\\0{")\n        except OSError: pass\n    time.sleep(100)\n',
  ],
  ['prints without end', 'def add(a, b):\n    while True: print("x" * 10_000)\n'],
  [
    'writes what is no text',
    'import os\ndef add(a, b):\n    for fd in (1, 2, 3, 5):\n        try: os.write(fd, bytes(range(256)) * 100)\n        except OSError: pass\n    return 0\n',
  ],
  [
    'spins with all signals ignored',
    'import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\ndef add(a, b):\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass\n',
  ],
]
