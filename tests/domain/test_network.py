"""Old figures are said to be old, and a LINE id opens the right account."""

from datetime import date

import pytest

from telewelfare.domain.network import is_stale, line_address

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("as_of", "stale"),
    [
        (TODAY, False),
        (date(2026, 10, 21), False),
        (date(2026, 10, 20), True),
        (None, True),
        (date(2027, 1, 1), False),
    ],
)
def test_free_places_are_old_after_a_month(as_of: date | None, *, stale: bool) -> None:
    assert is_stale(as_of, TODAY) is stale


@pytest.mark.parametrize(
    ("line_id", "address"),
    [
        ("wat-pa", "https://line.me/R/ti/p/~wat-pa"),
        (" ~wat-pa ", "https://line.me/R/ti/p/~wat-pa"),
        ("@foundation", "https://line.me/R/ti/p/@foundation"),
        (
            "มูล/นิธิ",
            "https://line.me/R/ti/p/~%E0%B8%A1%E0%B8%B9%E0%B8%A5%2F%E0%B8%99%E0%B8%B4%E0%B8%98%E0%B8%B4",
        ),
    ],
)
def test_a_line_id_becomes_an_address(line_id: str, address: str) -> None:
    assert line_address(line_id) == address
