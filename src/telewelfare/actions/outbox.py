"""What a worker decides about work the centre did not take."""

from __future__ import annotations

from telewelfare.actions.session import Session


def let_be(session: Session, number: int) -> None:
    """Use what the centre has instead of the refused operation; asks for it at once."""
    session.journal.set_aside(number)
    session.sync.nudge()
