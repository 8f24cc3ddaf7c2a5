"""The screen of a centre's devices."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from telewelfare.actions.devices import KEPT
from telewelfare.views.devices import DevicesScreen
from telewelfare.views.look import Appearance
from telewelfare.views.places import bar_of
from tests import eg
from tests.domain.test_upkeep import FINE, NOW, SILENT, STUCK
from tests.views.desk import showing

LINES = (
    replace(FINE, id="a", worker_name="สมใจ ใจดี"),
    replace(STUCK, id="b", worker_name="สมศรี มีสุข", files=2),
    replace(SILENT, id="c", worker_name="ประยงค์ ทดสอบ", repaired=4),
)


@pytest.mark.parametrize("width", [390.0, 1440.0])
@pytest.mark.parametrize("lang", ["th", "en"])
async def test_the_worrying_ones_stand_first_with_their_age(
    tmp_path: Path, width: float, lang: str
) -> None:
    session = eg.session(tmp_path, "director")
    session.journal.write_secret(KEPT, {"at": NOW, "lines": [asdict(line) for line in LINES]})
    appearance = Appearance(lang=lang)  # type: ignore[arg-type]
    async with showing(session, DevicesScreen, width=width, appearance=appearance) as (ui, _):
        said = ui.text()
        places = [said.index(line.worker_name.split()[0]) for line in LINES]
        assert places == sorted(places, reverse=True)
        assert ("ข้อมูล ณ" if lang == "th" else "As of") in said


@pytest.mark.parametrize("width", [390.0, 1440.0])
async def test_before_the_centre_was_asked_it_says_so(tmp_path: Path, width: float) -> None:
    session = eg.session(tmp_path, "director")
    async with showing(session, DevicesScreen, width=width) as (ui, _):
        assert "ยังไม่ได้รับรายการเครื่องจากศูนย์" in ui.text()


def test_who_looks_after_devices_has_the_way_there() -> None:
    assert "devices" in bar_of("director", wide=True)
    assert "devices" not in bar_of("finance", wide=True)
    assert "devices" not in bar_of("volunteer", wide=True)
