"""What became of each test, whichever runner ran it."""

MOST = 20


class Report:
    def __init__(self, runner):
        self.runner = runner
        self.passed, self.failed, self.skipped = 0, [], []

    def add_pass(self):
        self.passed += 1

    def add_skip(self, test):
        self.skipped.append(str(test)[:300])

    def add_failure(self, test, message, error=None):
        self.failed.append((str(test)[:300], str(message)[:1500], error))

    def told(self, raised):
        """As JSON. `raised` is what the answer itself raised, and how it told of it."""
        failed = [dict(test=test, message=message, **cause(error, raised)) for test, message, error in self.failed[:MOST]]
        counts = {"passed": self.passed, "failed": len(self.failed), "skipped": len(self.skipped)}
        return dict(counts, runner=self.runner, failures=failed, skips=self.skipped[:MOST])


def cause(error, raised):
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        for ours, told in raised:
            if ours is error:
                return {"error": told}
        error = error.__cause__ or error.__context__
    return {}
