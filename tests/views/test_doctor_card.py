"""Each fault has one plain sentence, says that nothing is lost, and has one button that helps."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from telewelfare.actions.session import Session
from telewelfare.domain.clock import Millis
from telewelfare.store import errors
from telewelfare.sync import failures
from telewelfare.sync.doctor import STEPS, Step
from telewelfare.sync.service import SyncStatus
from telewelfare.views.doctor_card import ICONS, REMEDIES, Remedy, remedy_of, sentence
from telewelfare.views.look import Appearance, look_of
from telewelfare.views.sync_page import SyncScreen
from tests import eg
from tests.headless import DESK, PHONE, Ui
from tests.views.desk import Ways, showing
from tests.views.device import is_shown, until, until_said

TH = look_of(Appearance()).t
ELSEWHERE = {
    "already_enrolled",
    "invitation_unknown",
    "invitation_used",
    "invitation_expired",
    "invitation_other",
}
FAULTS = sorted(
    (
        {
            error.code
            for module, base in ((failures, failures.SyncError), (errors, errors.StoreError))
            for error in vars(module).values()
            if isinstance(error, type) and issubclass(error, base) and hasattr(error, "code")
        }
        | {"disk_low"}
    )
    - ELSEWHERE
)
ASKED_FOR = [  # code and remedy of each fault the issue names
    ("offline", "retry"),
    ("dns", "retry"),
    ("captive_portal", "portal"),
    ("clock", "clock"),
    ("tls", "retry"),
    ("signed_out", "call"),
    ("revoked", "call"),
    ("gap", "retry"),
    ("too_large", "call"),
    ("busy", "retry"),
    ("fault", "retry"),
    ("centre_down", "retry"),
    ("slow", "retry"),
    ("disk_full", "space"),
    ("app_too_old", "renew"),
    ("centre_too_old", "call"),
    ("damaged", "call"),
]


def troubled(folder: Path, code: str, *, work: int = 2) -> Session:
    session = eg.session(folder, edits=[eg.case() for _ in range(work)])
    session.sync.status = SyncStatus(problem=code, last_ok=Millis(eg.NOW - 3_600_000))
    return session


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("code", FAULTS)
def test_every_fault_says_what_happened_and_what_to_do(code: str, lang: str) -> None:
    t = look_of(Appearance(lang="en" if lang == "en" else "th")).t
    assert t.has(f"doctor.what.{code}")
    assert t.has(f"doctor.do.{code}")
    assert t.has(f"sync.problem.{code}") or code == "disk_low"


def test_no_two_faults_are_told_alike() -> None:
    told = [sentence(look_of(Appearance()), "what", code) for code in FAULTS]
    assert len(set(told)) == len(told)


def test_every_remedy_has_its_words_and_its_picture() -> None:
    assert set(ICONS) == set(get_args(Remedy))
    assert set(REMEDIES) <= set(FAULTS)
    for remedy in ICONS:
        assert TH.has(f"doctor.button.{remedy}")


@pytest.mark.parametrize("width", [PHONE[0], DESK[0]])
@pytest.mark.parametrize(("code", "remedy"), ASKED_FOR)
async def test_a_fault_is_one_sentence_and_one_button(
    tmp_path: Path, code: str, remedy: str, width: float
) -> None:
    async with showing(troubled(tmp_path, code), SyncScreen, width=width) as (ui, _):
        assert not is_shown(ui, "screen-broken")
        assert TH(f"doctor.what.{code}") in ui.text()
        assert TH(f"doctor.do.{code}") in ui.text()
        safe = f"doctor.safe_{code}"
        assert TH(safe if TH.has(safe) else "doctor.safe") in ui.text()
        assert remedy_of(code) == remedy
        assert is_shown(ui, f"remedy-{remedy}")
        others = [one for one in get_args(Remedy) if one != remedy]
        assert not any(is_shown(ui, f"remedy-{one}") for one in others)


async def test_what_helps_is_one_tap_away(tmp_path: Path) -> None:
    for code, expected in (
        ("revoked", Ways(routes=["/numbers"])),
        ("captive_portal", Ways(launched=["http://127.0.0.1/"])),
    ):
        async with showing(troubled(tmp_path / code, code), SyncScreen) as (ui, ways):
            await ui.click(ui.marked(f"remedy-{remedy_of(code)}"))
            assert ways == expected
    for code in ("clock", "disk_full", "app_too_old"):
        remedy = remedy_of(code)
        async with showing(troubled(tmp_path / code, code), SyncScreen) as (ui, _):
            assert TH(f"doctor.how.{remedy}") not in ui.text()
            await ui.click(ui.marked(f"remedy-{remedy}"))
            assert TH(f"doctor.how.{remedy}") in ui.text()
            assert is_shown(ui, "sync-now")


async def test_a_device_without_a_fault_shows_no_card(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path), SyncScreen) as (ui, _):
        assert not is_shown(ui, "problem-card")
        assert is_shown(ui, "sync-now")


async def looked_through(ui: Ui) -> None:
    await ui.click(ui.marked("diagnose"))
    await until(ui, "steps-looked")
    await until_said(ui, TH("doctor.do.offline"))


async def test_the_way_is_looked_at_step_by_step(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path), SyncScreen) as (ui, _):
        await looked_through(ui)
        for step in STEPS:
            assert TH(f"doctor.step.{step}") in ui.text()


async def test_the_document_is_read_before_it_is_handed_on(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path, edits=[eg.case()]), SyncScreen) as (ui, _):
        assert not is_shown(ui, "support-text")
        await looked_through(ui)
        await ui.click(ui.marked("support-show"))
        shown = json.loads(ui.marked("support-text").content.value)
        assert shown["records"] == {"case": 1}
        assert any(line.startswith("connection bad offline") for line in shown["checks"])
        await ui.click(ui.marked("support-copy"))
        await until_said(ui, TH("doctor.support.copied"))
        [copied] = [args for name, args in ui.client.calls if name == "set"]
        assert json.loads(next(iter(copied.values()))) == shown


async def test_the_document_is_shared_on_a_phone(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path), SyncScreen) as (ui, _):
        ui.client.answers["share_files"] = {"status": "success", "raw": ""}
        await ui.click(ui.marked("support-show"))
        await ui.click(ui.marked("support-send"))
        await ui.settle()
        assert "share_files" in [name for name, _ in ui.client.calls]
        assert not is_shown(ui, "banner-problem")


def test_a_step_is_a_value() -> None:
    step: Any = Step("clock", "warn", "clock", 3)
    assert replace(step, ms=4) != step
