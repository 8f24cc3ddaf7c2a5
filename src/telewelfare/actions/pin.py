"""Changing the PIN of an open device."""

from __future__ import annotations

from telewelfare.actions.session import Session
from telewelfare.store.vault import TooSoon, WrongPin, pin_problem


def change_pin(session: Session, old: str, new: str) -> str | WrongPin | TooSoon | None:
    """Wrap the device's key with another PIN; `None` when that was done.

    Gives the code of what is wrong with the new PIN, or why the old one does not count.
    Derives two keys: call it off the screen's thread.
    """
    problem = pin_problem(new)
    if problem:
        return problem
    key = session.home.vault.unlock(old, session.wall())
    if not isinstance(key, bytes):
        return key
    session.home.vault.change_pin(key, new)
    return None
