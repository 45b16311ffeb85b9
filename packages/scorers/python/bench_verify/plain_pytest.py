"""As much of pytest's own names as `run_plain.py` knows."""

import inspect
import math
import pathlib
import re
import shutil
import tempfile


class Skipped(BaseException):
    pass


class Failed(BaseException):
    pass


def skip(reason="", **_):
    raise Skipped(reason)


def fail(reason="", **_):
    raise Failed(reason)


class Raised:
    value = type = None


class raises:
    def __init__(self, kinds, match=None):
        self.kinds, self.match, self.raised = kinds, match, Raised()

    def __enter__(self):
        return self.raised

    def __exit__(self, kind, error, trace):
        if kind is None:
            raise Failed("did not raise %s" % (self.kinds,))
        if not issubclass(kind, self.kinds):
            return False
        self.raised.value, self.raised.type = error, kind
        if self.match is not None and not re.search(self.match, str(error)):
            raise Failed("%r does not match %r" % (self.match, str(error)))
        return True


class approx:
    def __init__(self, expected, rel=None, abs=None, nan_ok=False):
        self.expected, self.rel, self.abs, self.nan_ok = expected, rel, abs, nan_ok

    def __eq__(self, actual):
        return self._same(self.expected, actual)

    def _same(self, expected, actual):
        if isinstance(expected, dict):
            return isinstance(actual, dict) and expected.keys() == actual.keys() and all(self._same(v, actual[k]) for k, v in expected.items())
        if isinstance(expected, (list, tuple)):
            return isinstance(actual, (list, tuple)) and len(expected) == len(actual) and all(map(self._same, expected, actual))
        if not isinstance(expected, (int, float, complex)) or isinstance(expected, bool) or not isinstance(actual, (int, float, complex)):
            return expected == actual
        if expected == actual:
            return True
        if isinstance(expected, complex) or isinstance(actual, complex):
            return abs(expected - actual) <= self._tolerance(expected)
        if math.isnan(expected) or math.isnan(actual):
            return self.nan_ok and math.isnan(expected) and math.isnan(actual)
        return not math.isinf(expected) and not math.isinf(actual) and abs(expected - actual) <= self._tolerance(expected)

    def _tolerance(self, expected):
        relative = (1e-6 if self.rel is None else self.rel) * abs(expected)
        if self.abs is not None and self.rel is None:
            return self.abs
        return max(relative, 1e-12 if self.abs is None else self.abs)

    def __repr__(self):
        return "approx(%r)" % (self.expected,)


class Mark:
    def __init__(self, name, args=(), kwargs=()):
        self.name, self.args, self.kwargs = name, args, dict(kwargs)

    def __call__(self, *args, **kwargs):
        if len(args) == 1 and not kwargs and (inspect.isfunction(args[0]) or type(args[0]) is type):
            return marked(args[0], self)
        return Mark(self.name, args, kwargs)

    def cases(self):
        names = self.args[0]
        names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
        for values in self.args[1]:
            values = values.values if isinstance(values, param) else (values,) if len(names) == 1 else values
            yield dict(zip(names, values))


def marked(target, mark):
    target.pytestmark = list(getattr(target, "pytestmark", [])) + [mark]
    return target


class Marks:
    def __getattr__(self, name):
        return Mark(name)


mark = Marks()


class param:
    def __init__(self, *values, **_):
        self.values = values


class fixture:
    """A fixture of a function's own: each test has it made anew."""

    def __new__(cls, function=None, **options):
        if function is None:
            return lambda inner: fixture(inner, **options)
        made = super().__new__(cls)
        made.function, made.autouse = function, options.get("autouse", False)
        return made


class Fixtures:
    def __init__(self, module, owner, given):
        self.module, self.owner, self.made, self.ends = module, owner, dict(given), []

    def set_up(self):
        for name, item in list(vars(self.module).items()):
            if isinstance(item, fixture) and item.autouse:
                self.get(name)
        if hasattr(self.owner, "setup_method"):
            self.owner.setup_method(*[None] * (len(inspect.signature(self.owner.setup_method).parameters)))

    def call(self, function):
        names = [name for name in inspect.signature(function).parameters if name != "self"]
        args = {name: self.get(name) for name in names}
        return function(self.owner, **args) if self.owner is not None else function(**args)

    def get(self, name):
        if name not in self.made:
            self.made[name] = self.make(name)
        return self.made[name]

    def make(self, name):
        found = getattr(type(self.owner), name, None) if self.owner is not None else None
        found = found if isinstance(found, fixture) else vars(self.module).get(name)
        if name == "tmp_path":
            folder = tempfile.mkdtemp()
            self.ends.append(lambda: shutil.rmtree(folder, ignore_errors=True))
            return pathlib.Path(folder)
        if not isinstance(found, fixture):
            raise Failed("no fixture %r in the plain runner" % name)
        names = inspect.signature(found.function).parameters
        made = found.function(*[self.owner if key == "self" else self.get(key) for key in names])
        if not inspect.isgeneratorfunction(found.function):
            return made
        self.ends.append(lambda: next(made, None))
        return next(made)

    def tear_down(self):
        if hasattr(self.owner, "teardown_method"):
            self.ends.append(lambda: self.owner.teardown_method(*[None] * len(inspect.signature(self.owner.teardown_method).parameters)))
        while self.ends:
            self.ends.pop()()
