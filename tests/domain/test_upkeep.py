"""Which devices somebody should call about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from telewelfare.domain.clock import Millis
from telewelfare.domain.upkeep import DAY, DeviceLine, most_worrying_first, worry

NOW = Millis(1_795_150_000_000)
FINE = DeviceLine(
    id="d",
    worker="w",
    worker_name="สมใจ",
    role="volunteer",
    name="Android 13",
    app="0.1.0",
    enrolled_at=Millis(NOW - 90 * DAY),
    last_seen=Millis(NOW - DAY),
    pending=0,
    oldest=None,
    files=0,
    repaired=0,
    alone=0,
)
SILENT = replace(FINE, last_seen=Millis(NOW - 8 * DAY), pending=1, oldest=Millis(NOW - 9 * DAY))
STUCK = replace(FINE, pending=1, oldest=Millis(NOW - 3 * DAY))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (FINE, ""),
        (replace(FINE, last_seen=Millis(NOW - 60 * DAY)), ""),
        (SILENT, "silent"),
        (replace(SILENT, pending=0, oldest=None, files=2), "silent"),
        (STUCK, "stuck"),
        (replace(FINE, pending=1, oldest=Millis(NOW - DAY)), ""),
        (replace(FINE, alone=3), "restored"),
        (replace(FINE, last_seen=None), "never"),
        (replace(FINE, last_seen=None, enrolled_at=Millis(NOW - 1)), ""),
        (replace(FINE, app="0.0.9"), "old_app"),
        (replace(FINE, app="0.10.0"), ""),
    ],
)
def test_the_worst_is_said(line: DeviceLine, expected: str) -> None:
    assert worry(line, NOW, "0.1.0") == expected


def test_the_worrying_ones_come_first() -> None:
    found = most_worrying_first((FINE, STUCK, SILENT), NOW, "0.1.0")
    assert found == (SILENT, STUCK, FINE)
