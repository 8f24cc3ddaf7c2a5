"""The main job without a screen: what a newcomer does by hand in the demo, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from telewelfare.actions import casework, network, reporting, visiting
from telewelfare.actions.session import Session
from telewelfare.cli.demo.link import Link
from telewelfare.cli.demo.picture import take_photo
from telewelfare.domain.codes import DIMENSIONS
from telewelfare.domain.fields import Json
from telewelfare.domain.ids import RecordId
from telewelfare.domain.questions import VISIT_QUESTIONS, Question, dimension_question
from telewelfare.store.index import CaseFilter, PartnerFilter
from telewelfare.store.queries import CaseDetail, case_detail, partner_detail, triage_queue
from telewelfare.sync.engine import Round, run_round
from telewelfare.sync.transport import Central, Offline

Say = Callable[[str], object]

REPORT = reporting.ReportDraft(
    situation="ชายสูงอายุนอนอยู่ที่ศาลาริมหาดมาสามคืน เดินไม่ไหว ไม่มีญาติมารับ",
    red_flags=("abandoned_frail", "no_food_shelter"),
    area="920213",
    place="ศาลาหน้าท่าเรือหาดยาว",
    alias="ลุงเดช",
    sex="male",
    age="70",
)
ANSWERS: dict[str, Json] = {
    "mode": "onsite",
    "met_client": True,
    "immediate_help": ["food", "water"],
    "on_behalf": True,
    "id_status": "lost",
    "problems": ["P61_03", "P65_10"],
    "client_voice": "อยากมีที่นอน และอยากรักษาขาให้หาย",
    "notice_given": True,
}
GRAVE = {"health": 3, "housing": 4, "income_work": 3, "safety": 2}


@dataclass(frozen=True, slots=True)
class Device:
    """One of the demo's devices."""

    session: Session
    central: Central
    link: Link

    async def sync(self) -> Round:
        """One round with the centre."""
        return await run_round(self.session.journal, self.central, self.session.wall)

    async def close(self) -> None:
        """End its connections, and let go of its file. Doing it twice changes nothing."""
        await self.link.close()
        self.session.journal.engine.dispose()


async def main_job(volunteer: Device, officer: Device, say: Say) -> RecordId:
    """Report without a signal, find it at the office, and see the answer come back; the case.

    Raises:
        AssertionError: a step did not do what it says.
    """
    volunteer.link.switch(up=False)
    say("volunteer: no signal")
    case = _report(volunteer.session, say)
    _visit(volunteer.session, case, say)
    _photo(volunteer.session, case, say)
    partner = _contact(volunteer.session, say)
    await _stays_on_the_phone(volunteer, case, say)
    volunteer.link.switch(up=True)
    done = await volunteer.sync()
    check(not done.pending and not done.rejected, "everything was acknowledged")
    say(f"volunteer: signal is back, {done.pushed} operations sent, 0 waiting")
    await _office(officer, case, partner, volunteer.session.actor.worker, say)
    await volunteer.sync()
    _answer_came_back(volunteer.session, case, officer.session, say)
    return case


def _report(session: Session, say: Say) -> RecordId:
    outcome = reporting.record_report(session, REPORT)
    check(isinstance(outcome, reporting.Reported), "the report was saved")
    assert isinstance(outcome, reporting.Reported)  # noqa: S101 - told to the type checker
    say(f"volunteer: report saved on the device as {outcome.provisional_no}")
    return outcome.case


def _visit(session: Session, case: RecordId, say: Say) -> None:
    visit = visiting.start_visit(session, detail_of(session, case))
    for question in VISIT_QUESTIONS:
        if question.name in ANSWERS:
            _answer(session, visit, question, ANSWERS[question.name])
    for dimension in DIMENSIONS:
        severity = GRAVE.get(dimension, 0)
        _answer(session, visit, dimension_question(dimension, "severity"), severity)
        if severity > 1:
            findings = dimension_question(dimension, "findings")
            _answer(session, visit, findings, "เห็นด้วยตนเองขณะลงพื้นที่")
    left = visiting.finish_visit(session, detail_of(session, case), visit)
    check(left is None, "the visit is complete")
    say("volunteer: visit and assessment of 8 dimensions saved, answer by answer")


def _answer(session: Session, visit: str, question: Question, value: Json) -> None:
    at = visiting.visiting(session, visit)
    assert at is not None  # noqa: S101 - it was just begun
    check(visiting.answer(session, at, question, value) is None, f"{question.name} was kept")


def _photo(session: Session, case: RecordId, say: Say) -> None:
    check(take_photo(session, case), "the photo was kept")
    say("volunteer: a photo taken, made small, sealed")


def _contact(session: Session, say: Say) -> str:
    found = session.index.partners(PartnerFilter()).rows
    check(bool(found), "the partner directory is on the phone")
    partner = found[0]
    draft = network.ContactDraft("call", "สอบถามที่พักชั่วคราวให้ผู้สูงอายุ 1 คน รับได้", "นัดดูสถานที่", "")
    outcome = network.record_contact(session, partner, draft)
    check(isinstance(outcome, str), "the contact was saved")
    say("volunteer: a partner found in the directory, the call written down")
    return partner.id


async def _stays_on_the_phone(volunteer: Device, case: RecordId, say: Say) -> None:
    try:
        await volunteer.sync()
    except Offline:
        waiting = volunteer.session.journal.waiting().pending
        receipts = detail_of(volunteer.session, case).receipts
        check(waiting > 0 and not receipts.at_centre, "nothing claims to be sent")
        say(f"volunteer: still no signal, {waiting} operations kept on the device")
        return
    raise AssertionError("a device without a signal reached its centre")


async def _office(officer: Device, case: RecordId, partner: str, field: str, say: Say) -> None:
    await officer.sync()
    session = officer.session
    detail = detail_of(session, case)
    check(detail.line.no.startswith("92-"), "the centre gave the case its number")
    check(len(detail.visits) == 1 and detail.assessment is not None, "the visit is here")
    severities = [
        detail.assessment.values.get(f"items/{dimension}/severity") if detail.assessment else None
        for dimension in DIMENSIONS
    ]
    check(all(isinstance(one, int) for one in severities), "all 8 dimensions are here")
    check(len(detail.attachments) == 1, "the photo's data is here")
    seen = partner_detail(session.journal, session.index, partner)
    check(bool(seen and seen.contacts), "the contact with the partner is here")
    queue = triage_queue(session.index, CaseFilter())
    say(f"office: case {detail.line.no} arrived with everything; {len(queue)} wait for triage")
    casework.mark_opened(session, detail)
    casework.triage(session, detail_of(session, case), "urgent", "ผู้สูงอายุ เดินไม่ได้ ไม่มีที่พัก")
    casework.assign(session, detail_of(session, case), field, "ช่วยดูอาการทุกวัน")
    done = await officer.sync()
    check(not done.pending and not done.rejected, "the office's work is at the centre")
    say("office: opened, triaged as urgent, assigned to the volunteer")


def _answer_came_back(session: Session, case: RecordId, office: Session, say: Say) -> None:
    detail = detail_of(session, case)
    receipts = detail.receipts
    check(receipts.at_centre, "the report is at the centre")
    check(receipts.opened_at is not None and receipts.acted_at is not None, "receipts came back")
    check(detail.case.get("urgency") == "urgent", "the urgency came back")
    check(detail.line.field_worker == session.actor.worker, "the assignment came back")
    check(detail.line.no == detail_of(office, case).line.no, "both show the same number")
    say(f"volunteer: sees number {detail.line.no}, urgency, assignment and all receipts")


def detail_of(session: Session, case: RecordId) -> CaseDetail:
    """A case that must be on this device."""
    detail = case_detail(session.journal, session.index, case)
    check(detail is not None, "the case is on this device")
    assert detail is not None  # noqa: S101 - told to the type checker
    return detail


def check(held: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Stop the story where something is not as it says.

    Raises:
        AssertionError: it does not hold.
    """
    if not held:
        raise AssertionError(f"not so: {what}")
