"""Handing work to somebody who goes to town, and taking along what others hand over."""

from __future__ import annotations

from dataclasses import dataclass

from telewelfare.actions.session import Session
from telewelfare.store.errors import StoreError
from telewelfare.sync import twb
from telewelfare.sync.bundle import Carried, Carrier, Made, make_all
from telewelfare.sync.engine import APP_VERSION


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Why a file was not taken along; `code` names a sentence. Nothing was kept."""

    code: str


def bundles(session: Session) -> tuple[Made, ...]:
    """What waits, as files that only the centre opens; none when nothing waits. Takes a moment."""
    return make_all(session.journal, session.identity, session.now(), app=APP_VERSION)


def take_along(session: Session, contents: bytes) -> Carried | NotTaken:
    """Keep somebody's file until the centre has it, and try at once."""
    try:
        kept = Carrier(session.home.folder).take(contents, session.wall())
    except (twb.BadBundle, StoreError) as error:
        return NotTaken(error.code)
    session.sync.nudge()
    return kept


def carried(session: Session) -> tuple[Carried, ...]:
    """What this device carries for others, and what it delivered lately."""
    return Carrier(session.home.folder).all()


def let_go(session: Session, name: str) -> None:
    """A person has seen that the centre cannot use this file."""
    Carrier(session.home.folder).let_go(name)
