"""What a worker decides about work the centre did not take, and about what it wants back."""

from __future__ import annotations

from telewelfare.actions.session import Session


def let_be(session: Session, number: int) -> None:
    """Use what the centre has instead of the refused operation; asks for it at once."""
    session.journal.set_aside(number)
    session.sync.nudge()


def let_go(session: Session) -> None:
    """Remove what the centre wants removed, although it is most of what is here.

    What was not sent stays until it is.
    """
    session.journal.let_go()
    session.sync.nudge()


def check_all(session: Session) -> None:
    """Compare everything on this device with the centre, beginning now."""
    session.journal.check_all()
    session.sync.nudge()
