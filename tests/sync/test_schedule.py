"""When to try again: patient, and never all phones at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain.clock import Millis
from telewelfare.sync.schedule import FIRST, LONGEST, REGULAR, next_attempt, next_regular
from tests import eg

JITTER = st.floats(0, 1, exclude_max=True)


def test_the_waits_double_up_to_a_quarter_of_an_hour() -> None:
    waits = [next_attempt(n, Millis(0), 0.0) for n in range(1, 14)]
    assert waits[:4] == [1_000, 2_000, 4_000, 8_000]
    assert waits[-1] == LONGEST == 900_000


@given(failures=st.integers(-3, 10**6), jitter=JITTER)
def test_no_wait_is_shorter_than_a_second_or_longer_than_half_an_hour(
    failures: int, jitter: float
) -> None:
    wait = next_attempt(failures, eg.NOW, jitter) - eg.NOW
    assert FIRST <= wait < 2 * LONGEST


@given(failures=st.integers(0, 40), jitter=JITTER)
def test_one_more_failure_never_means_a_shorter_wait(failures: int, jitter: float) -> None:
    now = Millis(0)
    assert next_attempt(failures, now, jitter) <= next_attempt(failures + 1, now, jitter)


def test_phones_that_fail_together_do_not_call_together() -> None:
    moments = {next_attempt(5, eg.NOW, n / 100) for n in range(100)}
    assert len(moments) == 100


@given(jitter=JITTER)
def test_news_are_asked_for_every_few_minutes(jitter: float) -> None:
    assert REGULAR <= next_regular(eg.NOW, jitter) - eg.NOW <= REGULAR * 1.25
