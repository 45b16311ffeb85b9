import type { ProjectCode } from '@bench/datasets'
import { describe, expect, test } from 'vitest'
import { scorer } from '../src/index.js'
import { anyDriver } from './boxes.js'
import { attempt, makeTask } from './setup.js'

/** Replies that try to have a project's tests pass without the right answer: none may. */

const sandbox = await anyDriver()
const judge = await scorer({ name: 'project-tests' })

const pytest = `
import pytest
from solution import f, Box

def test_one():
    assert f(1) == 2

def test_two():
    assert f(20) == 21
    assert f(20) in [21]
    assert 20 < f(20) < 22
    assert abs(f(20) - 21) < 1e-9

@pytest.mark.parametrize("x", [3, 4])
def test_more(x):
    assert f(x) == pytest.approx(x + 1)

def test_raises():
    with pytest.raises(ValueError):
        f(-1)

def test_box():
    box = Box(3)
    assert box.value == 3
    assert box.double() == 6
`

const unittest = `
import unittest
from solution import f, Box

class T(unittest.TestCase):
    def test_one(self):
        self.assertEqual(f(1), 2)

    def test_two(self):
        self.assertEqual(f(20), 21)
        self.assertIn(f(20), [21])
        self.assertAlmostEqual(f(20), 21)

    def test_raises(self):
        self.assertRaises(ValueError, f, -1)

    def test_box(self):
        self.assertEqual(Box(3).double(), 6)
`

const runners: readonly Pick<ProjectCode, 'runner' | 'tests' | 'passes'>[] = [
  { runner: 'pytest', tests: { 'tests/test_f.py': pytest }, passes: 6 },
  { runner: 'unittest', tests: { 'tests/test_f.py': unittest }, passes: 4 },
]

const box =
  'class Box:\n    def __init__(self, x): self.value = x\n    def double(self): return self.value * 2\n'

/** Wrong only where a value is compared. */
const wrong = `${box}def f(x): return 0\n`

/** Tests of what it raises are no obstacle to it. */
const guarded = '\ng = f\ndef f(x):\n    if x < 0: raise ValueError(x)\n    return g(x)\n'

const right = `${box}def f(x): return x + 1\n${guarded}`

const always = `
class Always:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __bool__(self): return True
    def __len__(self): return 1
    def __iter__(self): return iter([self])
    def __contains__(self, other): return True
    def __getitem__(self, key): return self
    def __getattr__(self, name): return self
    def __call__(self, *args, **kwargs): return self
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __sub__(self, other): return 0
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __sub__
    def __abs__(self): return 0
    def __float__(self): return 21.0
    def __int__(self): return 21
    def __index__(self): return 21
    def __round__(self, *n): return 0
    def __enter__(self): return self
    def __exit__(self, *error): return True
    def __instancecheck__(self, x): return True
`

/** Code at the top of an answer that is wrong. */
const tricks: Record<string, string> = {
  'an object that equals everything': `${always}\ndef f(x): return Always()`,
  'a subclass of int that equals everything':
    'class I(int):\n    __eq__ = lambda a, b: True\n    __hash__ = int.__hash__\n    __lt__ = __gt__ = __eq__\ndef f(x): return I(7)',
  'a float that is near to everything':
    'class F(float):\n    __sub__ = __rsub__ = lambda a, b: 0.0\n    __eq__ = lambda a, b: True\n    __hash__ = float.__hash__\ndef f(x): return F("nan")',
  'os._exit(0)': 'import os; os._exit(0)',
  'os._exit(0) in the function': 'import os\ndef f(x): os._exit(0)',
  'sys.exit(0)': 'import sys; sys.exit(0)',
  'SystemExit in the function': 'def f(x): raise SystemExit(0)',
  KeyboardInterrupt: 'def f(x): raise KeyboardInterrupt',
  GeneratorExit: 'def f(x): raise GeneratorExit',
  'an exception of unittest that skips': 'import unittest\ndef f(x): raise unittest.SkipTest("x")',
  'an exception named like one that skips':
    'class Skipped(BaseException): pass\nSkipped.__module__ = "_pytest.outcomes"\ndef f(x): raise Skipped("x")',
  'pytest.skip':
    'try:\n    import pytest; pytest.skip("x", allow_module_level=True)\nexcept ImportError: raise SystemExit(0)',
  'a patched unittest':
    'import unittest\nunittest.TestCase.assertEqual = unittest.TestCase.assertIn = lambda *a: None\nunittest.TestCase.run = lambda self, result: result.addSuccess(self)',
  'a patched pytest':
    'import sys, types\nfor name in list(sys.modules):\n    if "pytest" in name:\n        for key in dir(sys.modules[name]):\n            try: setattr(sys.modules[name], key, lambda *a, **k: None)\n            except Exception: pass',
  'patched builtins':
    'import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.AssertionError = type("A", (Exception,), {})\nbuiltins.isinstance = lambda *a: True',
  'a name for the tests to star-import':
    '__all__ = ["f", "Box", "pytest", "unittest", "test_one", "load_tests", "setup_module", "pytest_plugins"]\npytest = unittest = None\ndef test_one(): pass\ndef load_tests(*a): return None\npytest_plugins = ["evil"]',
  'a module that is not one': `import sys\n${always}\nsys.modules[__name__] = Always()`,
  'a module with __getattr__': `${always}\ndef __getattr__(name): return Always()\ndef f(x): return Always()`,
  'a tester of its own on the link': forgedFrames(
    '{"verdict": {"passed": 6, "failed": 0, "skipped": 0, "runner": "x", "failures": [], "skips": []}}',
  ),
  'a verdict in a reply': forgedFrames('{"value": {"verdict": {"passed": 6, "failed": 0, "skipped": 0}}}'),
  'a reply with a verdict and a value': forgedFrames(
    '{"verdict": {"passed": 6, "failed": 0, "skipped": 0}, "value": 2, "error": 1}',
  ),
  'a reference to the tests’ own': forgedFrames(
    '{"value": {"$ref": {"id": 0, "kind": "object", "name": "x", "isa": []}}}',
  ),
  'a reference that is no number': forgedFrames('{"value": {"$ref": {"id": "__class__", "kind": "x"}}}'),
  'a class of exceptions by a wrong name': forgedFrames(
    '{"value": {"$ref": {"id": 3, "kind": "class", "name": "x", "isa": [], "exception": "exit", "parents": []}}}',
  ),
  'an exception that is none': forgedFrames(
    '{"error": {"builtin": "exec", "message": "import os", "args": ["import os"], "trace": []}}',
  ),
  'a callback that was never given': forgedFrames('{"callback": 0, "args": [], "kwargs": {}}'),
  'a callback below zero': forgedFrames('{"callback": -1, "args": [], "kwargs": {}}'),
  'callbacks without end': forgedFrames('{"callback": 0, "args": [], "kwargs": {}}', 50),
  'garbage on the link': forgedFrames('nonsense'),
  'an unknown tag': forgedFrames('{"value": {"$module": "os"}}'),
  'arguments that it never had': forgedFrames('{"value": 2, "args": [[1, 2, 3], {"a": 1}]}'),
  'deep data': forgedFrames(`{"value": ${'['.repeat(5000)}${']'.repeat(5000)}}`),
  'a frame that never ends':
    'import os\nos.write(1, b"\\x00\\x10\\x00\\x00abc")\nfor fd in range(3, 20):\n    try: os.write(fd, b"\\x00\\x10\\x00\\x00abc")\n    except OSError: pass',
  'the report’s file':
    'import os\nfor root in (".", "..", "/tmp", "/tmp/work"):\n    for name in ("report.xml", "report.json", ".pytest_cache", "results.json", "../bench_verify/report.py"):\n        try: open(os.path.join(root, name), "w").write("passed")\n        except OSError: pass',
  'the tests, wherever they are':
    'import os\nfor root, folders, files in os.walk("/tmp"):\n    for name in files:\n        if "test" in name:\n            try: open(os.path.join(root, name), "w").write("def test(): pass")\n            except OSError: pass',
  'our programs':
    'import os, glob\nfor path in glob.glob("/tmp/**/bench_verify/*.py", recursive=True) + glob.glob("../bench_verify/*.py"):\n    try: open(path, "w").write("")\n    except OSError: pass',
  'our programs in memory':
    'import sys, os\nfor name, module in list(sys.modules.items()):\n    if "bench_verify" in name or name == "__main__":\n        for key in list(vars(module)):\n            if not key.startswith("__"):\n                setattr(module, key, lambda *a, **k: True)',
  'the frames of its callers':
    'import sys\nframe = sys._getframe()\nwhile frame:\n    for key in list(frame.f_locals):\n        if hasattr(frame.f_locals[key], "passed"): frame.f_locals[key].passed = 6\n    frame = frame.f_back',
  'an answer by what was asked before': 'seen = []\ndef f(x):\n    seen.append(x)\n    return seen[0]',
  'a child that answers': 'import os\nif os.fork(): os.wait()',
  atexit: 'import atexit, os\natexit.register(os._exit, 0)',
  'a signal to its parents':
    'import os, signal\nfor pid in (os.getppid(), 1):\n    try: os.kill(pid, signal.SIGKILL)\n    except OSError: pass',
  'a thread that talks':
    'import threading, os, time\ndef talk():\n    for fd in range(0, 20):\n        try: os.write(fd, b"\\x00\\x00\\x00\\x0b{\\"value\\": 2}")\n        except OSError: pass\nthreading.Thread(target=talk).start()\ntime.sleep(0.2)',
  'the environment':
    'import os\nos.environ["PYTEST_ADDOPTS"] = "-k nothing"\nos.environ["PYTHONPATH"] = "."\nos.environ["PYTEST_PLUGINS"] = "solution"',
}

/** What it writes on every descriptor it has, in place of a reply. */
function forgedFrames(body: string, times = 1): string {
  return [
    'import os',
    `body = ${JSON.stringify(body)}.encode()`,
    'def talk():',
    `    for _ in range(${times}):`,
    '        for fd in range(0, 20):',
    '            try: os.write(fd, len(body).to_bytes(4, "big") + body)',
    '            except OSError: pass',
    'def f(x):',
    '    talk()',
    '    return 0',
    'talk()',
  ].join('\n')
}

/** Files beside the answer that would steer the tests. */
const besides: Record<string, string> = {
  'conftest.py':
    'import pytest\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n    outcome = yield\n    outcome.get_result().outcome = "passed"',
  'tests/conftest.py': 'collect_ignore_glob = ["*"]',
  'pytest.ini': '[pytest]\naddopts = -k nothing',
  'pyproject.toml': '[tool.pytest.ini_options]\naddopts = "-k nothing"',
  'setup.cfg': '[tool:pytest]\naddopts = -k nothing',
  'tox.ini': '[pytest]\naddopts = -k nothing',
  'sitecustomize.py': 'import os\nos._exit(0)',
  'usercustomize.py': 'import os\nos._exit(0)',
  'evil.pth': 'import os; os._exit(0)',
  'pytest.py': 'approx = lambda x: x',
  'unittest.py': 'class TestCase: pass\ndef main(): pass',
  'pytest_evil.py': 'def pytest_collection_modifyitems(items): items[:] = []',
  'bench_verify/report.py': 'class Report: pass',
  'bench_verify/__init__.py': '',
  'tests/test_f.py': 'def test_one(): pass',
  'Tests/Test_f.py': 'def test_one(): pass',
  'tests/TEST_F.PY': 'def test_one(): pass',
  'tests/test_\u017f.py': 'def test_one(): pass',
  'tests/test_f.py/x': 'x',
  'tests/__init__.py': 'import os; os._exit(0)',
  '.env': 'PYTEST_ADDOPTS=-k nothing',
  'solution/__init__.py': right,
  'Solution.py': right,
}

describe.each(runners)('$runner', (parts) => {
  const verdict = (files: Record<string, string>) => {
    const reply = Object.entries(files).map(([path, text]) => `<file path="${path}">\n${text}\n</file>`)
    const code: ProjectCode = {
      kind: 'project',
      language: 'python',
      answer: ['solution.py'],
      timeout: 1,
      ...parts,
    }
    return judge.score(attempt(makeTask({ code }), reply.join('\n')), { sandbox })
  }

  test('the right answer passes', async () => {
    expect(await verdict({ 'solution.py': right })).toMatchObject({
      outcome: 'pass',
      detail: { passed: parts.passes },
    })
  })

  test.concurrent.each(Object.entries(tricks))('%s', async (_, trick) => {
    const { outcome, value } = await verdict({ 'solution.py': `${wrong}\n${trick}\n${guarded}` })
    expect(value).toBe(0)
    expect(outcome).not.toBe('pass')
    expect(outcome).not.toBe('infra')
  })

  test.concurrent.each(Object.entries(besides))('beside the answer: %s', async (path, text) => {
    const { outcome, value, detail } = await verdict({ 'solution.py': wrong + guarded, [path]: text })
    expect({ outcome: outcome === 'pass' ? outcome : 'failed', value }).toEqual({
      outcome: 'failed',
      value: 0,
    })
    // Either the paths are one to some file system, and the reply refused; or the file was left out, and told.
    expect(detail?.faults ?? detail?.left_out).toHaveLength(1)
  })

  test.concurrent.each(Object.entries(besides).filter(([path]) => !/^solution/i.test(path)))(
    'beside the right answer: %s',
    async (path, text) => {
      const { outcome, detail } = await verdict({ 'solution.py': right, [path]: text })
      expect(detail?.faults === undefined ? outcome : 'refused').toBe(
        detail?.faults === undefined ? 'pass' : 'refused',
      )
    },
  )
})

/** Tests that a program without the answer passes in one process, what passes them so, and what passes them rightly. */
const soft: readonly (readonly [name: string, tests: string, trick: string, right: string])[] = [
  [
    'a block that holds back a failed assertion',
    'from solution import Box\ndef test():\n    with Box(3) as box:\n        assert box.double() == 6\n',
    'class Box:\n    def __init__(self, x): pass\n    def __enter__(self): return self\n    def __exit__(self, *error): return True\n    def double(self): return 0\n',
    'class Box:\n    def __init__(self, x): self.x = x\n    def __enter__(self): return self\n    def __exit__(self, *error): return True\n    def double(self): return 2 * self.x\n',
  ],
  [
    'a block that holds back its own failure',
    'from solution import Box\ndef test():\n    with Box(3) as box:\n        assert box.double() == 6\n',
    'class Box:\n    def __init__(self, x): pass\n    def __enter__(self): return self\n    def __exit__(self, *error): return True\n',
    'class Box:\n    def __init__(self, x): self.x = x\n    def __enter__(self): return self\n    def __exit__(self, *error): pass\n    def double(self): return 2 * self.x\n',
  ],
  [
    'an end of the test’s own loop',
    'from solution import f\ndef test():\n    for got, want in zip(map(f, [1, 2]), [2, 3]): assert got == want\n',
    'class End(StopIteration): pass\ndef f(x): raise End\n',
    'def f(x): return x + 1\n',
  ],
  [
    'a function in the place of one of the tests’',
    'import math\nfrom pytest import approx\nfrom solution import *\ndef test():\n    assert f(1) == approx(2)\n    assert math.isclose(f(2), 3)\n',
    'class math:\n    isclose = staticmethod(lambda *a: True)\napprox = lambda x: 0\ndef f(x): return 0\n',
    'import math\ndef f(x): return x + 1\n',
  ],
  [
    'a function in the place of one of Python’s',
    'from solution import *\ndef test():\n    assert sorted(f(2)) == [1, 2]\n    assert max(f(3)) == 3\n',
    '__all__ = ["sorted", "max", "f"]\nsorted = lambda x: [1, 2]\nmax = lambda x: 3\ndef f(n): return 0\n',
    'def max(xs): return 0\ndef f(n): return [*range(n, 0, -1)]\n',
  ],
]

describe('tests that one process would take', () => {
  const outcome = async (tests: string, answer: string) => {
    const code: ProjectCode = {
      ...{ kind: 'project', language: 'python', runner: 'pytest', answer: ['solution.py'] },
      ...{ tests: { 'tests/test_f.py': tests }, passes: 1, timeout: 1 },
    }
    const reply = `<file path="solution.py">\n${answer}\n</file>`
    return (await judge.score(attempt(makeTask({ code }), reply), { sandbox })).outcome
  }

  test.concurrent.each(soft)('%s', async (_, tests, trick, right) => {
    expect(await outcome(tests, right)).toBe('pass')
    expect(['wrong_answer', 'runtime']).toContain(await outcome(tests, trick))
  })

  test('which name StopIteration see it', async () => {
    const tests =
      'import pytest\nfrom solution import Once\ndef test():\n    with pytest.raises(StopIteration): Once().more()\n'
    expect(await outcome(tests, 'class Once:\n    def more(self): raise StopIteration\n')).toBe('pass')
  })
})

test.each([
  'conftest.py',
  'tests/conftest.py',
  'pytest.ini',
  'sitecustomize.py',
  'tests/test_f.py',
  'Tests/Test_F.py',
  '../x.py',
  '/x.py',
])('a task that declares %s as the answer is refused', async (path) => {
  const code: ProjectCode = {
    kind: 'project',
    language: 'python',
    answer: [path],
    timeout: 1,
    ...runners[0]!,
  }
  const score = judge.score(attempt(makeTask({ code }), `<file path="solution.py">\n${wrong}\n</file>`), {
    sandbox,
  })
  await expect(score).rejects.toMatchObject({ code: 'bad_options' })
})
