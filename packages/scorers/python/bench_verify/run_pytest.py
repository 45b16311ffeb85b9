"""pytest, where the box has it."""

import os

import pytest
from .report import Report


class Recorder:
    def __init__(self, report):
        self.report, self.failed, self.errors = report, [], {}

    def pytest_exception_interact(self, node, call, report):
        # Comes after the report of it.
        if call.excinfo is not None:
            self.errors[report.nodeid] = call.excinfo.value

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed.append((report.nodeid, report.longreprtext))
        elif report.skipped or hasattr(report, "wasxfail"):
            self.report.add_skip(report.nodeid)
        elif report.when == "call":
            self.report.add_pass()

    def pytest_collectreport(self, report):
        if report.failed:
            self.failed.append((report.nodeid, report.longreprtext))
        elif report.skipped:
            self.report.add_skip(report.nodeid)

    def finish(self):
        for test, text in self.failed:
            self.report.add_failure(test, text[-1500:], self.errors.get(test))
        return self.report


def run(root, tests):
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    recorder = Recorder(Report("pytest " + pytest.__version__))
    pytest.main(["-q", "-p", "no:cacheprovider", "--rootdir", root, *tests], plugins=[recorder])
    return recorder.finish()
