"""What is said about the data is true in every state."""

from itertools import product
from pathlib import Path

import pytest

from telewelfare.domain.clock import Millis
from telewelfare.store import errors
from telewelfare.store.incoming import Reply
from telewelfare.store.journal import Waiting
from telewelfare.sync import failures
from telewelfare.sync.engine import Progress
from telewelfare.sync.service import SyncStatus
from telewelfare.views.doctor_card import sentence
from telewelfare.views.look import Appearance, look_of
from telewelfare.views.parts import sync_words
from telewelfare.views.sync_page import SyncScreen, read_outbox
from telewelfare.views.sync_state import sync_shown
from tests import eg
from tests.headless import DESK, PHONE
from tests.views.desk import showing
from tests.views.device import device, is_shown, opened, tap

LOOK = look_of(Appearance())
EARLIER = Millis(eg.NOW - 3_600_000)
DONE = "ส่งถึงศูนย์ครบแล้ว"
CODES = sorted(
    {
        error.code
        for error in vars(failures).values()
        if isinstance(error, type) and issubclass(error, failures.SyncError)
    }
    | {
        error.code
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, errors.StoreError)
    }
    | {"invitation_unknown", "invitation_used", "invitation_expired", "invitation_other"}
)
PROGRESS = [None, Progress(0, 4, 0, 0), Progress(4, 4, 3, 10), Progress(4, 4, 10, 10)]


def receiving(today: int = 0, last_ok: Millis | None = None) -> SyncStatus:
    """A sync that has received some of what it is to receive."""
    return SyncStatus(True, Progress(0, 0, 40, 900, today=today), "", last_ok)


def said(status: SyncStatus, pending: int = 0, rejected: int = 0) -> str:
    waiting = Waiting(pending, rejected, EARLIER if pending else None, pending)
    return sync_words(LOOK, sync_shown(status, waiting, eg.NOW))


@pytest.mark.parametrize(
    ("running", "progress", "problem", "last_ok", "pending", "rejected"),
    list(
        product(
            [True, False], PROGRESS, ["", "offline", "revoked"], [None, EARLIER], [0, 3], [0, 1]
        )
    ),
)
def test_all_sent_is_never_said_while_anything_waits_or_was_refused(  # noqa: PLR0917
    running: bool,
    progress: Progress | None,
    problem: str,
    last_ok: Millis | None,
    pending: int,
    rejected: int,
) -> None:
    words = said(SyncStatus(running, progress, problem, last_ok), pending, rejected)
    assert words
    if pending or rejected or last_ok is None:
        assert DONE not in words


@pytest.mark.parametrize(
    ("status", "pending", "rejected", "words"),
    [
        (SyncStatus(last_ok=EARLIER), 0, 0, "ส่งถึงศูนย์ครบแล้ว · 21.00 น."),
        (SyncStatus(last_ok=EARLIER), 3, 0, "รอส่ง 3 รายการ · เก็บในเครื่องแล้ว"),
        (SyncStatus(running=True, progress=Progress(12, 40, 0, 0)), 28, 0, "กำลังส่ง 12 จาก 40"),
        (SyncStatus(True, Progress(0, 0, 9, 30), "", EARLIER), 0, 0, "กำลังรับข้อมูล 9 จาก 30"),
        (SyncStatus(running=True), 0, 0, "กำลังรับข้อมูลจากศูนย์"),
        (receiving(today=20), 0, 0, "กำลังรับข้อมูล 40 จาก 900"),
        (receiving(), 0, 0, "งานวันนี้พร้อมแล้ว · กำลังรับส่วนที่เหลือ"),
        (receiving(last_ok=EARLIER), 0, 0, "กำลังรับข้อมูล 40 จาก 900"),
        (SyncStatus(running=True, last_ok=EARLIER), 0, 0, "ส่งถึงศูนย์ครบแล้ว · 21.00 น."),
        (SyncStatus(problem="offline"), 12, 0, "ไม่มีสัญญาณ · เก็บในเครื่อง 12 รายการ"),
        (SyncStatus(problem="offline", last_ok=EARLIER), 0, 0, "ไม่มีสัญญาณ · ทำงานต่อได้ตามปกติ"),
        (SyncStatus(problem="revoked"), 2, 0, "ยังส่งไม่ได้ · เก็บในเครื่อง 2 รายการ"),
        (SyncStatus(problem="fault"), 0, 0, "ติดต่อศูนย์ไม่ได้ · แตะดูวิธีแก้"),
        (SyncStatus(last_ok=EARLIER), 0, 1, "ต้องแก้ไข 1 รายการ"),
        (SyncStatus(last_ok=EARLIER), 2, 1, "ต้องแก้ไข 1 รายการ · รอส่ง 2"),
        (SyncStatus(), 0, 0, "พร้อมใช้งาน · ยังไม่เคยรับส่งกับศูนย์"),
    ],
)
def test_the_line_says_what_is_true(
    status: SyncStatus, pending: int, rejected: int, words: str
) -> None:
    assert said(status, pending, rejected) == words


def test_a_round_of_another_day_has_its_date() -> None:
    yesterday = Millis(eg.NOW - 86_400_000)
    assert said(SyncStatus(last_ok=yesterday)) == "ส่งถึงศูนย์ครบแล้ว · 19 พ.ย. 69 22.00 น."


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("code", CODES)
def test_every_way_to_fail_has_a_sentence_of_its_own(code: str, lang: str) -> None:
    t = look_of(Appearance(lang="en" if lang == "en" else "th")).t
    assert t.has(f"sync.problem.{code}")


def test_an_unknown_code_is_a_fault_of_the_centre() -> None:
    assert sentence(LOOK, "what", "teapot") == sentence(LOOK, "what", "fault")


def test_what_waits_is_counted_in_the_words_of_the_work(tmp_path: Path) -> None:
    session = eg.session(tmp_path, edits=[eg.case(), eg.case(), eg.edit("partner", name="วัด")])
    outbox = read_outbox(session)
    assert outbox.kinds == (("case", 2), ("partner", 1))
    assert outbox.waiting.pending == 3


def test_a_refused_record_says_where_it_is_opened(tmp_path: Path) -> None:
    case = eg.case("00000000-0000-7000-8000-00000000000c")
    session = eg.session(tmp_path, edits=[case])
    session.journal.take_in(Reply(1, {1: "forbidden"}, (), (), "", eg.NOW))
    (refusal,) = read_outbox(session).refused
    assert (refusal.kind, refusal.code) == ("case", "forbidden")
    assert refusal.route == f"/cases/{case.record}"


@pytest.mark.parametrize("width", [PHONE[0], DESK[0]])
async def test_the_doctor_shows_what_waits_and_sends_when_asked(
    tmp_path: Path, width: float
) -> None:
    shown = device(tmp_path, edits=[eg.case()])
    async with opened(shown, "/sync", width) as ui:
        assert "เก็บในเครื่อง รอส่ง" in ui.text()
        assert not is_shown(ui, "screen-broken")
        button = ui.marked("sync-now")
        if not getattr(button, "disabled", False):
            await tap(ui, "sync-now")


async def test_a_refused_record_is_shown_with_its_reason(tmp_path: Path) -> None:
    shown = device(tmp_path, edits=[eg.case()])
    async with opened(shown, "/sync") as ui:
        assert shown.session is not None
        shown.session.journal.take_in(Reply(1, {1: "append_only"}, (), (), "", eg.NOW))
        await ui.settle()
        assert "แก้ย้อนหลังไม่ได้" in ui.text()
        assert is_shown(ui, "refused")
        assert is_shown(ui, "mend")


async def test_a_refused_edit_shows_what_was_typed_and_can_be_let_be(tmp_path: Path) -> None:
    case = eg.new_id()
    session = eg.session(tmp_path, edits=[eg.case(case)])
    session.journal.commit([eg.edit("case", case, urgency_reason="เดินไม่ไหว")], eg.NOW)
    session.journal.take_in(Reply(2, {2: "forbidden"}, (), (), "c", eg.NOW))
    async with showing(session, SyncScreen) as (ui, _):
        assert "เดินไม่ไหว" in ui.text()
        await ui.click(ui.marked("let-be"))
        assert "เดินไม่ไหว" not in ui.text()
    assert session.journal.waiting().rejected == 0
