"""Work the centre did not take: why, which field, and one tap to the form where it is mended."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from telewelfare.actions.session import Session
from telewelfare.domain.operations import Edit
from telewelfare.server import judge
from telewelfare.store.incoming import Reply
from telewelfare.strings import texts
from telewelfare.views.refused import read_refusals
from telewelfare.views.sync_page import SyncScreen
from tests import eg
from tests.views.desk import showing

CASE, PERSON, VISIT, HOME = (eg.new_id() for _ in range(4))
CODES = set(re.findall(r'Refusal\("(\w+)"', Path(judge.__file__).read_text(encoding="utf-8")))


def refused(folder: Path, reason: str, *edits: Edit) -> Session:
    """A device whose last edit was refused."""
    first = [
        eg.case(CASE, client=PERSON),
        eg.edit("person", PERSON, first_name="ทองดี"),
        eg.edit("household", HOME, case=CASE, rent=100),
        eg.edit("visit", VISIT, case=CASE, kind="first"),
    ]
    session = eg.session(folder, edits=[*first, *edits])
    session.index.load()
    n = len(first) + len(edits)
    session.journal.take_in(Reply(n, {n: reason}, (), (), "c", eg.NOW))
    return session


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("code", sorted(CODES))
def test_every_reason_of_the_centre_has_a_sentence(code: str, lang: str) -> None:
    assert texts("th" if lang == "th" else "en").has(f"sync.reason.{code}")


@pytest.mark.parametrize(
    ("edit", "route"),
    [
        (eg.edit("person", PERSON, last_name="มีสุข"), f"/visit/{VISIT}"),
        (eg.edit("household", HOME, rent=200), f"/visit/{VISIT}"),
        (eg.edit("visit", VISIT, mode="onsite"), f"/visit/{VISIT}"),
        (eg.edit("case", CASE, urgency_reason="ป่วย"), f"/cases/{CASE}"),
        (eg.edit("person", eg.new_id(), first_name="ผู้อื่น"), ""),
    ],
)
def test_it_is_mended_in_the_form_that_asks_for_the_field(
    tmp_path: Path, edit: Edit, route: str
) -> None:
    (found,) = read_refusals(refused(tmp_path, "malformed first_name", edit))
    assert (found.code, found.path, found.route) == ("malformed", "first_name", route)


async def test_the_field_in_question_stands_first_with_what_was_typed_and_a_way_there(
    tmp_path: Path,
) -> None:
    edit = eg.edit("person", PERSON, alias="ดี", last_name="มีสุข")
    session = refused(tmp_path, "malformed last_name", edit)
    async with showing(session, SyncScreen) as (ui, ways):
        text = ui.text()
        assert "ช่องที่ต้องแก้" in text
        assert text.index("มีสุข") < text.index("ดี", text.index("มีสุข"))
        await ui.click(ui.marked("mend"))
        assert ways.routes == [f"/visit/{VISIT}"]


async def test_a_reason_nobody_knows_is_a_decent_sentence(tmp_path: Path) -> None:
    edit = eg.edit("case", CASE, urgency_reason="ป่วย")
    async with showing(refused(tmp_path, "teapot", edit), SyncScreen) as (ui, _):
        assert "ศูนย์ยังไม่รับรายการนี้" in ui.text()
        assert "teapot" not in ui.text()


@pytest.mark.parametrize(
    ("reason", "word"), [("malformed alias", "เปิดไปแก้ไข"), ("forbidden", "เปิดดู")]
)
async def test_what_may_not_be_changed_is_not_offered_to_be_mended(
    tmp_path: Path, reason: str, word: str
) -> None:
    edit = eg.edit("person", PERSON, alias="ดี")
    async with showing(refused(tmp_path, reason, edit), SyncScreen) as (ui, _):
        assert word in ui.text().splitlines()
