/** Values that lie to whoever encodes them, and what is done to the process that speaks for them. */
export const disguises: readonly (readonly [name: string, code: string])[] = [
  [
    'a tuple whose class has fields of its own making',
    'class M(type):\n    _fields = property(lambda c: 1 / 0)\nclass T(tuple, metaclass=M): pass\ndef add(a, b): return T((a + b,))\n',
  ],
  [
    'a tuple with very many fields',
    'class T(tuple): _fields = ("x",) * 100_000\ndef add(a, b): return T((3,))\n',
  ],
  [
    'a tuple with fields that end the process',
    'import os\nclass S(str):\n    def __str__(s): os._exit(0)\nclass T(tuple): _fields = (S("a"),)\ndef add(a, b): return T((3,))\n',
  ],
  [
    'a tuple of a class with a name of nine megabytes',
    'T = type("x" * 9_000_000, (tuple,), {"_fields": ("a",)})\ndef add(a, b): return T((3,))\n',
  ],
  [
    'an object of a class with a name of control characters',
    'T = type("\\x1b]0;owned\\x07\\u202e\\u2028", (), {})\ndef add(a, b): return T()\n',
  ],
  [
    'a fraction that reckons its parts',
    'from fractions import Fraction\nclass F(Fraction):\n    numerator = property(lambda s: [3] * 50_000)\n    denominator = property(lambda s: 0)\ndef add(a, b): return F(3)\n',
  ],
  [
    'a fraction of itself',
    'from fractions import Fraction\nclass F(Fraction): numerator = denominator = property(lambda s: s)\ndef add(a, b): return F(3)\n',
  ],
  [
    'a complex number without a real part',
    'class C(complex): real = imag = property(lambda s: "3")\ndef add(a, b): return C(3)\n',
  ],
  [
    'a deque that measures itself',
    'from collections import deque\nclass D(deque): maxlen = property(lambda s: s)\ndef add(a, b): return D([3])\n',
  ],
  [
    'a dict that hides what is in it',
    'class D(dict):\n    def items(s): return [(3, 3)]\n    def keys(s): return ["$int"]\n    def __iter__(s): return iter(["$int"])\ndef add(a, b): return D({"$int": "0x3"})\n',
  ],
  ['a decimal bomb', 'from decimal import Decimal\ndef add(a, b): return Decimal("1E+999999999")\n'],
  [
    'a signalling decimal',
    'from decimal import Decimal\ndef add(a, b): return {Decimal("NaN"): Decimal("sNaN")}\n',
  ],
  ['a range of 10 ** 400', 'def add(a, b): return range(10 ** 400)\n'],
  ['a set of lists', 'class L(list):\n    def __hash__(s): return 1\ndef add(a, b): return {L([a + b])}\n'],
  [
    'a dict with lists for keys',
    'class L(list):\n    def __hash__(s): return 1\ndef add(a, b): return {L([a + b]): 3}\n',
  ],
  [
    'keys that are not a number, a thousand times',
    'def add(a, b): return {float("nan"): 3 for _ in range(1000)}\n',
  ],
  ['numbers that collide', 'def add(a, b): return {i * ((1 << 61) - 1) for i in range(1, 1000)}\n'],
  [
    'an iterator that is a list that is a text',
    'class I(str):\n    def __iter__(s): return s\n    def __next__(s): return s\ndef add(a, b): return I("3")\n',
  ],
  [
    'a truth of its own',
    'class T:\n    def __bool__(s): raise SystemExit(0)\n    def __len__(s): return -1\ndef add(a, b): return T()\n',
  ],
  [
    'a class that answers for its objects',
    'class M(type):\n    def __getattribute__(c, n): return (lambda *a: 3) if n != "__mro__" else ()\nclass T(metaclass=M): pass\ndef add(a, b): return T()\n',
  ],
  [
    'an object that changes its class while it is looked at',
    'class A: pass\nclass T:\n    @property\n    def __class__(s):\n        object.__setattr__(s, "__dict__", {"n": 3})\n        return A\n    def __next__(s): return 3\ndef add(a, b): return T()\n',
  ],
  ['a module', 'import sys\ndef add(a, b): return sys\n'],
  ['the frame that called it', 'import sys\ndef add(a, b): return sys._getframe(1)\n'],
  [
    'an exception without ancestors',
    'class M(type): __mro__ = property(lambda c: ())\nclass E(Exception, metaclass=M): pass\ndef add(a, b): raise E\n',
  ],
  [
    'an exception that ends the process as it is told',
    'import os\nclass E(Exception):\n    def __str__(s): os._exit(0)\ndef add(a, b): raise E\n',
  ],
  [
    'an exception with a text that is no text',
    'class S(str):\n    def __getitem__(s, k): return S(s)\n    def __len__(s): return 0\nclass E(Exception):\n    def __str__(s): return S("3" * 500_000)\ndef add(a, b): raise E\n',
  ],
  [
    'an exception of lone surrogates and colours',
    'def add(a, b): raise ValueError("\\ud800\\x1b[2J\\x9b31m\\u202e\\x00" * 1000)\n',
  ],
  [
    'a syntax error from nowhere',
    'class L(int):\n    def __bool__(s): return True\n    def __str__(s): raise SystemExit\ndef add(a, b): raise SyntaxError("x", ("<candidate>", L(3), 1, ["no", "text"]))\n',
  ],
  ['a traceback as deep as it goes', 'def add(a, b): return add(a, b)\n'],
  [
    'an exception that is its own cause',
    'def add(a, b):\n    e = ValueError("3")\n    e.__cause__ = e\n    e.__context__ = e\n    raise e\n',
  ],
  [
    'a group of exceptions, deep',
    'def add(a, b):\n    e = ValueError()\n    for _ in range(5000): e = ExceptionGroup("3", [e])\n    raise e\n',
  ],
  [
    'source that lies about its lines',
    'import linecache, traceback\nlinecache.getline = lambda *a: "3"\ntraceback.extract_tb = lambda *a: [type("F", (), {"filename": "<candidate>", "lineno": 10 ** 9, "name": "x" * 10 ** 5})()] * 100\ndef add(a, b): raise ValueError\n',
  ],
  [
    'no recursion left',
    'import sys\ndef add(a, b):\n    try: sys.setrecursionlimit(len(__import__("inspect").stack()) + 3)\n    except Exception: pass\n    return [[[[0]]]]\n',
  ],
  [
    'a switch of threads at every step',
    'import sys, threading\nsys.setswitchinterval(1e-9)\nkept = [0] * 1000\ndef turn():\n    while True: kept.append(3); del kept[:500]; kept.extend([0] * 400)\ndef add(a, b):\n    threading.Thread(target=turn, daemon=True).start()\n    return kept\n',
  ],
  [
    'signals that raise in our programs',
    'import signal\ndef hit(*a): raise ValueError\nsignal.signal(signal.SIGALRM, hit)\nsignal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)\ndef add(a, b): return ["x" * 1000] * 500\n',
  ],
  ['an end by a signal', 'import os, signal\ndef add(a, b): os.kill(os.getpid(), signal.SIGUSR2)\n'],
  [
    'a collector that answers',
    'import gc, os\nclass D:\n    def __del__(s):\n        for fd in (3, 5):\n            try: os.write(fd, b"\\0\\0\\0\\x0b{\\"value\\":3}")\n            except OSError: pass\ndef add(a, b):\n    x = D(); x.x = x\n    gc.callbacks.append(lambda *a: None); gc.set_threshold(1)\n    return D()\n',
  ],
  [
    'an audit hook',
    'import sys\ndef hook(name, args):\n    if name.startswith("os.") or name == "compile": raise SystemExit(0)\nsys.addaudithook(hook)\ndef add(a, b): return eval("0")\n',
  ],
  [
    'a descriptor that does not block, filled',
    'import fcntl, os\nfor fd in (3, 5):\n    try: fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK)\n    except OSError: pass\ndef add(a, b): return "x" * 3_000_000\n',
  ],
  [
    'a pipe of one page',
    'import fcntl\nfor fd in (3, 4, 5):\n    try: fcntl.fcntl(fd, 1031, 4096)\n    except OSError: pass\ndef add(a, b): return ["x" * 1000] * 1000\n',
  ],
  [
    'a file in the place of the result',
    'import os\nos.close(3)\nopen("result", "w+").fileno()\ndef add(a, b): return 0\n',
  ],
  [
    'a length that promises more',
    'import os\ndef add(a, b):\n    for fd in (3, 5):\n        try: os.write(fd, b"\\0\\0\\xff\\xff{\\"value\\":3}")\n        except OSError: pass\n    os._exit(0)\n',
  ],
  [
    'a frame of no bytes',
    'import os\ndef add(a, b):\n    for fd in (3, 5):\n        try: os.write(fd, b"\\0\\0\\0\\0" * 1000)\n        except OSError: pass\n    return 0\n',
  ],
  [
    'a program of its own interpreter',
    'import os, sys\ndef add(a, b): os.execv("/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable, ["python3", "-c", "import os\\nfor fd in (3, 5):\\n    try: os.write(fd, b\'\\\\0\\\\0\\\\0\\\\x0b{\\"value\\":3}\')\\n    except OSError: pass"])\n',
  ],
  [
    'a child of its parent',
    'import ctypes, os\nc = ctypes.CDLL(None)\ndef add(a, b):\n    if c.syscall(56, 0x8000 | 17, 0, 0, 0, 0) == 0:\n        import time\n        time.sleep(60)\n        os._exit(0)\n    os._exit(0)\n',
  ],
  [
    'a daemon with a house of its own',
    'import ctypes, os, time\nctypes.CDLL(None).prctl(36, 1, 0, 0, 0)\ndef add(a, b):\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0: time.sleep(60)\n        os._exit(0)\n    return 0\n',
  ],
  [
    'a folder that cannot be entered',
    'import os\nos.makedirs("a/b/c"); os.symlink("/", "a/root"); os.mkfifo("a/pipe"); os.link("/etc/passwd", "a/b/x") if os.access("/etc/passwd", os.W_OK) else None\nfor d in ("a/b", "a", "."): os.chmod(d, 0)\ndef add(a, b): return 0\n',
  ],
  [
    'files with the names of our modules',
    'import os\nfor n in ("wire", "plain", "frames", "json", "random", "sitecustomize"): open(n + ".py", "w").write("raise SystemExit(0)")\nos.environ.update(PYTHONPATH=".", PYTHONSTARTUP="wire.py")\nimport importlib; importlib.invalidate_caches()\ndef add(a, b): return 0\n',
  ],
  ['a coroutine', 'async def add(a, b): return a + b\n'],
  [
    'an awaitable that is a class',
    'class add:\n    def __init__(s, a, b): s.v = a + b\n    def __await__(s): yield s.v\n    def __index__(s): return s.v\n    __int__ = __index__\n',
  ],
  ['a function with the right default', 'def add(a, b, c=[]):\n    c.append(a + b)\n    return c\n'],
  ['a null byte in the source', 'def add(a, b): return 3\n\0'],
  ['a source of lone surrogates', 'def add(a, b): return "\ud800"\n'],
  ['a source nested too deep', `def add(a, b): return ${'('.repeat(5000)}3${')'.repeat(5000)}\n`],
  ['a source of one endless operator', `def add(a, b): return ${'-'.repeat(100_000)}3\n`],
  [
    'a flood of newlines where lines are due',
    'import os\ndef add(a, b):\n    try:\n        for _ in range(40): os.write(3, b"\\n" * (1 << 20))\n    except OSError: pass\n    return 0\n',
  ],
]
