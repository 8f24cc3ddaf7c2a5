"""When photos are sent, and getting those of others."""

from __future__ import annotations

from dataclasses import replace

from telewelfare.actions.session import Session
from telewelfare.actions.settings import load_settings, save_settings
from telewelfare.domain.operations import Record
from telewelfare.store.errors import StoreError
from telewelfare.sync.files import NotHere


def choose_wifi_only(session: Session, *, wifi_only: bool) -> None:
    """Photos wait for a line that costs nothing, or do not; small pictures and text go always."""
    folder = session.home.folder
    save_settings(folder, replace(load_settings(folder), wifi_only=wifi_only))
    session.photos.queue.choose(wifi_only=wifi_only)
    session.sync.nudge()


def note_line(session: Session, *, unmetered: bool) -> None:
    """The device is on another line now; `unmetered` when bytes cost nothing there."""
    session.photos.queue.unmetered = unmetered


def try_photos_again(session: Session) -> None:
    """Also those that the centre refused."""
    session.photos.outgoing.try_again()
    session.sync.nudge()


async def fetch_picture(session: Session, photo: Record, *, small: bool) -> bytes | NotHere:
    """A picture that came from elsewhere; kept on this device from then on."""
    sha256 = photo.values.get("thumb_sha256" if small else "sha256")
    if not isinstance(sha256, str) or not sha256:
        return NotHere("not_yet")
    try:
        return await session.photos.fetcher.fetch(sha256, photo)
    except NotHere as why:
        return why
    except StoreError as error:
        return NotHere(error.code)
