"""What is masked may be opened, and that it was is written down (domain reference A4)."""

from __future__ import annotations

from telewelfare.actions.session import Session
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit


def note_revealed(session: Session, case: RecordId) -> None:
    """Note that this worker opened what is masked in a case; the centre's ledger keeps it."""
    moment = bangkok_iso(session.now())
    receipt = Edit("receipt", session.new_id(), {"case": case, "stage": "revealed", "at": moment})
    session.journal.commit([receipt], session.now())
