"""What a run of the tests says at its end, and what it does not let pass."""

from collections.abc import Iterator

import pytest

from tests import brokers
from tests.browser import MISSING

DATABASES = ("sqlite", "postgresql")


def touches_postgresql(item: pytest.Item) -> bool:
    """Say whether a test is the PostgreSQL half of one that touches rows."""
    call = getattr(item, "callspec", None)
    return bool(call and "postgresql" in [str(value) for value in call.params.values()])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Turn a skipped PostgreSQL test into a failure: half of the promise would be untested."""
    report = yield
    excused = hasattr(report, "wasxfail") or brokers.MISSING in str(report.longrepr)
    if report.skipped and touches_postgresql(item) and not excused:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped on PostgreSQL, where it must run: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that the journeys in a browser, or the engine at scale, did not run."""
    skipped = terminalreporter.stats.get("skipped", [])
    journeys = [report for report in skipped if MISSING in str(report.longrepr)]
    if journeys:
        terminalreporter.section("THE BROWSER JOURNEYS DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(journeys)} journeys were skipped: {MISSING}.", red=True)
        terminalreporter.line("Install one (on Debian: apt-get install chromium) and run again.", red=True)
    queues = [report for report in skipped if brokers.MISSING in str(report.longrepr)]
    if queues:
        terminalreporter.section("THE ENGINE AT SCALE DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(queues)} tests were skipped: {brokers.MISSING} answers.", red=True)
        terminalreporter.line(
            f"Start RabbitMQ or Redis at its usual port, or name it in {brokers.NAMED}.", red=True
        )
