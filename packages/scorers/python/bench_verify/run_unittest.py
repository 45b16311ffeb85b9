"""unittest: every test case of the test files."""

import importlib.util
import os
import platform
import unittest

from .report import Report


class Result(unittest.TestResult):
    def __init__(self, report):
        super().__init__()
        self.report = report

    def addSuccess(self, test):
        self.report.add_pass()

    def addSkip(self, test, reason):
        self.report.add_skip(test.id())

    def addExpectedFailure(self, test, err):
        self.report.add_skip(test.id())

    def addUnexpectedSuccess(self, test):
        self.report.add_failure(test.id(), "unexpected success")

    def addFailure(self, test, err):
        self.report.add_failure(test.id(), text(err), err[1])

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.report.add_failure(subtest.id(), text(err), err[1])


def text(err):
    return "%s: %s" % (err[0].__name__, err[1])


def load(path, root):
    name = os.path.splitext(path)[0].replace("/", ".")
    spec = importlib.util.spec_from_file_location(name, os.path.join(root, path))
    module = importlib.util.module_from_spec(spec)
    module.__package__ = name.rpartition(".")[0]
    spec.loader.exec_module(module)
    return module


def run(root, tests):
    report = Report("unittest of Python " + platform.python_version())
    for path in tests:
        try:
            suite = unittest.defaultTestLoader.loadTestsFromModule(load(path, root))
        except BaseException as error:
            report.add_failure(path, "%s: %s" % (type(error).__name__, error), error)
            continue
        suite.run(Result(report))
    return report
