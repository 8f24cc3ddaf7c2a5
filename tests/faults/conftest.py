"""What all fault tests share: a stable of processes, a centre with its staff, and the sum at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.faults.machine import History
from tests.faults.stable import Stable
from tests.faults.world import Template, template


@pytest.fixture(scope="session")
def stable() -> Iterator[Stable]:
    """Where processes come from."""
    with Stable() as made:
        yield made


@pytest.fixture(scope="session")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A centre on SQLite with its staff, to be copied."""
    return template(tmp_path_factory.mktemp("staffed"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much was tried, so that it can be quoted."""
    totals: Counter[str] = History.totals
    if totals["histories"]:
        terminalreporter.section("faults")
        terminalreporter.write_line(
            ", ".join(f"{count} {what}" for what, count in sorted(totals.items()))
        )
