"""Handing a file on and taking one along, as a worker does it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from telewelfare.actions.carrying import carried
from telewelfare.sync import twb
from telewelfare.sync.bundle import Carrier
from telewelfare.views.carry import ICONS
from telewelfare.views.look import Appearance, look_of
from telewelfare.views.sync_page import SyncScreen
from tests import eg
from tests.headless import Ui
from tests.views.desk import showing
from tests.views.device import is_shown, until_said

TH = look_of(Appearance()).t
VECTOR: Final = json.loads(
    (Path(__file__).parents[1] / "sync" / "vectors" / "bundle.json").read_text("utf-8")
)
BUNDLE: Final = base64.b64decode(VECTOR["bundle"])


def picked(contents: bytes) -> list[dict[str, object]]:
    """What the client's file picker gives."""
    return [{"id": 1, "name": "a.twb", "size": len(contents), "path": None, "bytes": contents}]


async def soon(ui: Ui, done: Callable[[], bool]) -> None:
    for _ in range(100):
        if done():
            return
        await asyncio.sleep(0.02)
        await ui.settle()
    raise AssertionError(ui.text())


async def test_work_is_handed_on_as_a_file_and_goes_on_waiting(tmp_path: Path) -> None:
    session = eg.session(tmp_path, edits=[eg.case(), eg.case()])
    async with showing(session, SyncScreen) as (ui, _):
        ui.client.answers["share_files"] = {"status": "success", "raw": ""}
        await ui.click(ui.marked("carry-give"))
        await until_said(ui, TH("carry.given", n=2))
        [shared] = [args for name, args in ui.client.calls if name == "share_files"]
        assert len(shared["files"]) == 1
    assert session.journal.waiting().pending == 2


async def test_a_file_nobody_was_given_is_told_as_such(tmp_path: Path) -> None:
    session = eg.session(tmp_path, edits=[eg.case()])
    async with showing(session, SyncScreen) as (ui, _):
        ui.client.answers["share_files"] = {"status": "dismissed", "raw": ""}
        await ui.click(ui.marked("carry-give"))
        await until_said(ui, TH("carry.not_given"))


async def test_without_work_there_is_no_file_to_hand_on(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path), SyncScreen) as (ui, _):
        assert ui.marked("carry-give").disabled
        assert TH("carry.nothing") in ui.text()


async def test_a_file_is_taken_along_and_shown(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    async with showing(session, SyncScreen) as (ui, _):
        ui.client.answers["pick_files"] = picked(BUNDLE)
        await ui.click(ui.marked("carry-take"))
        await until_said(ui, TH("carry.taken_along"))
        await until_said(ui, TH("carry.state.waiting"))
    assert [one.state for one in carried(session)] == ["waiting"]


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        (b"a photo", "bundle_other_file"),
        (BUNDLE[:-1], "bundle_cut"),
        (BUNDLE[:-1] + b"\0", "bundle_damaged"),
        (BUNDLE + b"\0", "bundle_extended"),
    ],
)
async def test_a_file_that_is_not_whole_is_not_taken(
    tmp_path: Path, contents: bytes, code: str
) -> None:
    session = eg.session(tmp_path)
    async with showing(session, SyncScreen) as (ui, _):
        ui.client.answers["pick_files"] = picked(contents)
        await ui.click(ui.marked("carry-take"))
        await until_said(ui, TH(f"carry.problem.{code}"))
    assert carried(session) == ()


async def test_picking_nothing_changes_nothing(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path), SyncScreen) as (ui, _):
        ui.client.answers["pick_files"] = []
        await ui.click(ui.marked("carry-take"))
        await ui.settle()
        assert not is_shown(ui, "banner-problem")
        assert not is_shown(ui, "banner-good")


async def test_a_file_the_centre_cannot_use_is_deleted_when_a_person_has_seen_it(
    tmp_path: Path,
) -> None:
    session = eg.session(tmp_path)
    carrier = Carrier(session.home.folder)
    one = carrier.take(BUNDLE, eg.NOW)
    carrier._settle(type(one)(one.id, "unreadable", eg.NOW, one.size))  # noqa: SLF001 - as the centre said
    async with showing(session, SyncScreen) as (ui, _):
        assert TH("carry.state.unreadable") in ui.text()
        await ui.click(ui.marked("carry-let-go"))
        await soon(ui, lambda: not is_shown(ui, "carry-let-go"))
    assert carried(session) == ()


@pytest.mark.parametrize("lang", ["th", "en"])
def test_every_reason_and_every_state_has_a_sentence(lang: str) -> None:
    t = look_of(Appearance(lang="en" if lang == "en" else "th")).t
    reasons = {
        error.code
        for error in vars(twb).values()
        if isinstance(error, type) and issubclass(error, twb.BadBundle)
    }
    for code in reasons | {"bundle_unknown_device", "bundle_key_missing"}:
        assert t.has(f"carry.problem.{code}"), code
    for state in ICONS:
        assert t.has(f"carry.state.{state}")
