"""Whatever a device or a centre can say is wrong, there is a sentence for it in both languages."""

from __future__ import annotations

from typing import get_args

import pytest

from telewelfare.server import problems
from telewelfare.store.errors import StoreError
from telewelfare.strings import Texts, texts
from telewelfare.sync.failures import refusal
from telewelfare.sync.protocol import Problem, ProblemCode
from telewelfare.sync.transport import SyncError

LANGS = (texts("th"), texts("en"))


def _codes(base: type[SyncError | StoreError]) -> set[str]:
    below = {code for kind in base.__subclasses__() for code in _codes(kind)}
    return {base.code, *below}


def _told(code: str) -> str:
    """The code a device has for a problem document."""
    status = int(problems.KNOWN[code][0])  # type: ignore[index]  # one of them
    body = Problem(title="", status=status, code=code).model_dump_json().encode()
    return refusal(status, "application/problem+json", body).code


SYNC, STORE = sorted(_codes(SyncError)), sorted(_codes(StoreError))
TOLD = sorted({*SYNC, *STORE, *(_told(str(code)) for code in get_args(ProblemCode))})


@pytest.mark.parametrize("t", LANGS, ids=["th", "en"])
@pytest.mark.parametrize("code", TOLD)
def test_each_reason_why_a_round_stopped_has_a_sentence(t: Texts, code: str) -> None:
    assert t.has(f"sync.problem.{code}")
    assert t(f"sync.problem.{code}").strip()


@pytest.mark.parametrize("t", LANGS, ids=["th", "en"])
@pytest.mark.parametrize("code", STORE)
def test_each_reason_why_a_device_does_not_open_has_a_sentence(t: Texts, code: str) -> None:
    assert t.has(f"device.{code}")
    if code not in ("fault", "already_enrolled"):  # the app never opens with these
        assert t.has(f"unlock.shut.{code}.title")
        assert t.has(f"unlock.shut.{code}.do")


def test_the_centre_knows_a_status_and_a_title_for_each_of_its_codes() -> None:
    assert set(problems.KNOWN) == set(get_args(ProblemCode))


def test_no_sentence_about_sync_is_left_over() -> None:
    told = set(TOLD)
    for t in LANGS:
        kept = {key.removeprefix("sync.problem.") for key in t.entries if "sync.problem." in key}
        assert kept == told
