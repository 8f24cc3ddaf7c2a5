"""What the centre wants removed waits for a person, with a sentence and a button."""

from pathlib import Path

import pytest

from telewelfare.actions.session import Session
from telewelfare.domain.ids import RecordId
from telewelfare.store.incoming import News, Reply
from telewelfare.store.turns import CHECK_ALL
from telewelfare.strings import LANGS, Lang
from telewelfare.views.look import Appearance, look_of
from telewelfare.views.sync_page import SyncScreen
from tests import eg
from tests.views.desk import showing
from tests.views.device import is_shown, tap

MANY = 24


def _emptied(session: Session) -> None:
    """The centre gives cases, then wants them all back."""
    ids = [eg.new_id() for _ in range(MANY)]
    stamps = {"area": f"{eg.NOW:012x}0000dbbbbbbb"}
    news = [News("case", RecordId(one), {"area": "920213"}, stamps, 1, whole=True) for one in ids]
    session.journal.take_in(Reply(0, {}, news, (), "c", eg.NOW))
    session.journal.take_in(Reply(0, {}, (), ids, "c", eg.NOW))


async def test_what_the_centre_wants_removed_waits_for_a_word(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    _emptied(session)
    async with showing(session, SyncScreen) as (ui, _):
        assert f"ศูนย์แจ้งให้นำข้อมูล {MANY} รายการออกจากเครื่องนี้" in ui.text()
        await tap(ui, "let-go")
        await ui.settle()
        assert session.journal.count("case") == 0
        assert not is_shown(ui, "let-go")


async def test_all_is_well_and_says_nothing_but_can_be_checked(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    async with showing(session, SyncScreen) as (ui, _):
        assert not is_shown(ui, "let-go")
        await tap(ui, "check-all")
        assert session.journal.read_meta(CHECK_ALL) == "due"


@pytest.mark.parametrize("lang", LANGS)
def test_every_sentence_says_how_many(lang: Lang) -> None:
    look = look_of(Appearance(lang=lang))
    for key in ("held", "alone", "repaired"):
        assert "7" in look.t(f"guard.{key}", n=7, at="8.00")
