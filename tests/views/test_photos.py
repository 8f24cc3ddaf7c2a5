"""How far each photo has come is said truly; one that is not here says why and how it comes."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import flet as ft
import pytest
from PIL import Image

from telewelfare.actions.attaching import Attached, attach_photo
from telewelfare.actions.session import Session
from telewelfare.actions.settings import load_settings
from telewelfare.domain.clock import Millis
from telewelfare.store.journal import Waiting
from telewelfare.store.outgoing import FilesWaiting
from telewelfare.strings import texts
from telewelfare.sync.service import SyncStatus
from telewelfare.views.case_page import CaseScreen
from telewelfare.views.services import unmetered
from telewelfare.views.sync_page import SyncScreen
from telewelfare.views.sync_state import sync_shown
from tests import eg
from tests.headless import DESK, PHONE, Ui
from tests.views.desk import showing
from tests.views.device import device, opened, until_said

TH = texts("th")
CASE = eg.new_id()
MOBILE, WIFI = ft.ConnectivityType.MOBILE, ft.ConnectivityType.WIFI


def session_with_photos(folder: Path, count: int = 1) -> tuple[Session, list[str]]:
    session = eg.session(folder, edits=[eg.case(CASE)])
    names = []
    for number in range(count):
        packed = io.BytesIO()
        Image.new("RGB", (640, 480), (number * 40, 99, 99)).save(packed, "JPEG")
        kept = attach_photo(session, CASE, "3", packed.getvalue())
        assert isinstance(kept, Attached)
        record = session.journal.get(kept.record)
        assert record is not None
        names += [str(record.values[path]) for path in ("thumb_sha256", "sha256")]
    return session, names


def count(ui: Ui, state: str) -> int:
    said = TH(f"photos.state.{state}")
    return sum(text.value == said for text in ui.all(ft.Text))


@pytest.mark.parametrize("width", [PHONE[0], DESK[0]])
async def test_the_page_says_how_many_photos_wait_and_where_each_is(
    tmp_path: Path, width: float
) -> None:
    session, names = session_with_photos(tmp_path, 3)
    async with showing(session, CaseScreen, CASE, width=width) as (ui, _):
        assert TH("photos.waiting", n=3) in ui.text()
        assert count(ui, "waiting") == 3
        for name in names[:2]:
            session.photos.outgoing.at_centre(name)
        await until_said(ui, TH("photos.waiting", n=2))
        assert count(ui, "at_centre") == 1
        session.photos.outgoing.refused(names[3], "wrong_media_type")
        await until_said(ui, TH("photos.state.refused"))


async def test_a_photo_of_somebody_else_shows_its_small_picture_and_comes_when_tapped(
    tmp_path: Path,
) -> None:
    session, names = session_with_photos(tmp_path)
    (tmp_path / "files" / names[1]).unlink()  # as on a device that fetched the small one only
    async with showing(session, CaseScreen, CASE) as (ui, _):
        [record] = session.journal.of_kind("attachment")
        tile = ui.marked(f"photo-{record.id}")
        await ui.click(tile)
        await until_said(ui, TH("photos.elsewhere.offline"))
        assert len(ui.all(ft.Image)) == 2  # the tile, and the small one until the photo comes
        session.files.keep(names[1], session.files.read(names[0]) or b"")
        await ui.click(ui.marked("try-photo"))
        for _ in range(100):
            await asyncio.sleep(0.01)
            await ui.settle()
        assert TH("photos.elsewhere.offline") not in ui.text()


async def test_a_document_that_is_no_picture_does_not_break_the_page(tmp_path: Path) -> None:
    session, _ = session_with_photos(tmp_path, 0)
    session.files.keep("a" * 64, b"%PDF-1.7")
    session.journal.commit([eg.edit("attachment", case=CASE, kind="1", sha256="a" * 64)], eg.NOW)
    async with showing(session, CaseScreen, CASE) as (ui, _):
        assert TH("photos.elsewhere.tap") in ui.text()


def test_the_line_never_says_all_is_sent_while_photos_wait() -> None:
    nothing = Waiting(0, 0, None, 0)
    status = SyncStatus(last_ok=Millis(eg.NOW - 1))
    assert sync_shown(status, nothing, eg.NOW).state == "sent"
    shown = sync_shown(status, nothing, eg.NOW, photos=FilesWaiting(2))
    assert (shown.state, shown.photos) == ("photos", 2)
    refused = sync_shown(status, nothing, eg.NOW, photos=FilesWaiting(2, 1))
    assert (refused.state, refused.problems) == ("problem", 1)
    text = sync_shown(status, Waiting(4, 0, eg.NOW, 1), eg.NOW, photos=FilesWaiting(2))
    assert text.state == "waiting"


async def test_the_sync_page_counts_photos_and_lets_refused_ones_be_tried_again(
    tmp_path: Path,
) -> None:
    session, names = session_with_photos(tmp_path, 2)
    session.photos.outgoing.refused(names[1], "wrong_media_type")
    async with showing(session, SyncScreen) as (ui, _):
        assert TH("photos.waiting", n=2) in ui.text()
        assert TH("photos.refused", n=1) in ui.text()
        await ui.click(ui.marked("photos-again"))
        await ui.settle()
        assert TH("photos.refused", n=1) not in ui.text()


async def test_while_text_waits_nothing_says_that_it_is_at_the_centre(tmp_path: Path) -> None:
    session, _ = session_with_photos(tmp_path)
    assert session.journal.waiting().pending
    async with showing(session, SyncScreen) as (ui, _):
        assert TH("photos.waiting", n=1) in ui.text()
        assert TH("photos.means") not in ui.text()


async def test_photos_on_wifi_only_is_one_switch_that_is_kept(tmp_path: Path) -> None:
    shown = device(tmp_path)
    async with opened(shown, "/settings") as ui:
        assert shown.session is not None
        queue = shown.session.photos.queue
        assert [queue.only_small] == [False]
        await ui.event(ui.marked("choice-wifi_only"), "click")
        assert load_settings(tmp_path).wifi_only
        assert [queue.only_small] == [True]  # on which line we are, nobody has told
        queue.unmetered = True
        assert [queue.only_small] == [False]
        shown.keep(shown.appearance())
        assert load_settings(tmp_path).wifi_only
        await ui.event(ui.marked("choice-wifi_only"), "click")
        assert not load_settings(tmp_path).wifi_only


@pytest.mark.parametrize(
    ("ways", "free"),
    [
        ([WIFI], True),
        ([ft.ConnectivityType.ETHERNET], True),
        ([MOBILE], False),
        ([WIFI, MOBILE], False),
        ([ft.ConnectivityType.NONE], False),
        ([ft.ConnectivityType.VPN], False),
        ([ft.ConnectivityType.VPN, WIFI], True),
    ],
)
def test_only_wifi_and_cable_cost_nothing(ways: list[ft.ConnectivityType], free: bool) -> None:
    assert unmetered(ways) is free
