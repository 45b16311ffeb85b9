"""Runs tests written for pytest where there is no pytest: functions, classes, fixtures, parameters, `raises`, `approx`, marks. What else of
pytest a test uses, it fails for the lack of it.
"""

import inspect
import itertools
import platform
import sys
import unittest

from . import plain_pytest
from .report import Report
from .run_unittest import Result, load


def run(root, tests):
    report = Report("a plain runner (no pytest here) of Python " + platform.python_version())
    sys.modules["pytest"] = plain_pytest
    for path in tests:
        try:
            module = load(path, root)
        except BaseException as error:
            report.add_failure(path, "%s: %s" % (type(error).__name__, error), error)
            continue
        for name, item in list(vars(module).items()):
            if type(item) is type and issubclass(item, unittest.TestCase):
                unittest.defaultTestLoader.loadTestsFromTestCase(item).run(Result(report))
            elif type(item) is type and name.startswith("Test"):
                for method in [key for key in dir(item) if key.startswith("test")]:
                    run_function(report, module, "%s::%s::%s" % (path, name, method), getattr(item, method), item)
            elif inspect.isfunction(item) and name.startswith("test"):
                run_function(report, module, "%s::%s" % (path, name), item, None)
    return report


def run_function(report, module, label, function, owner):
    marks = getattr(owner, "pytestmark", []) + getattr(function, "pytestmark", [])
    if any(mark.name == "skip" or mark.name == "skipif" and mark.args[0] for mark in marks):
        return report.add_skip(label)
    sets = [list(mark.cases()) for mark in marks if mark.name == "parametrize"]
    for number, chosen in enumerate(itertools.product(*sets)):
        given = {key: value for case in chosen for key, value in case.items()}
        run_one(report, module, "%s[%d]" % (label, number) if sets else label, function, owner, given)


def run_one(report, module, label, function, owner, given):
    fixtures = plain_pytest.Fixtures(module, owner() if owner else None, given)
    try:
        fixtures.set_up()
        fixtures.call(function)
    except plain_pytest.Skipped:
        report.add_skip(label)
        return fixtures.tear_down()
    except BaseException as error:
        report.add_failure(label, "%s: %s%s" % (type(error).__name__, error, place(error)), error)
        return fixtures.tear_down()
    try:
        fixtures.tear_down()
    except BaseException as error:
        return report.add_failure(label, "%s: %s" % (type(error).__name__, error), error)
    report.add_pass()


def place(error):
    """The line of the test that did not hold."""
    trace = inspect.getinnerframes(error.__traceback__) if error.__traceback__ else []
    lines = [line.code_context[0].strip() for line in trace if line.code_context and "/bench_verify/" not in line.filename]
    return " at: " + lines[-1][:500] if lines else ""
