"""A picture of a photo for the screen: from this device, else from the centre when it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from telewelfare.actions.attaching import thumbnail
from telewelfare.actions.photos import fetch_picture
from telewelfare.actions.session import Session
from telewelfare.domain.operations import Record
from telewelfare.store.errors import StoreError
from telewelfare.sync.files import NotHere
from telewelfare.views.hooks import Action, use_action, use_query
from telewelfare.views.look import Look

SHARP = 400  # pixels of a small picture's longer side


@dataclass(frozen=True)
class Seen:
    """A picture, or the code of why there is none yet; "" while nobody has tried."""

    contents: bytes | None = None
    code: str = ""


NOTHING = Seen()


def use_picture(
    session: Session, photo: Record, *, small: bool, on_known: Callable[[str], object] | None = None
) -> tuple[Seen, Action[[]]]:
    """A photo's picture, and how to try again; it tries by itself after each round that got through.

    `on_known` is told why there is none, "" when there is.
    """
    fetched, set_fetched = ft.use_state(NOTHING)
    last_ok = use_query(session.sync, lambda: session.sync.status.last_ok)
    here = ft.use_memo(lambda: _here(session, photo, small=small), [photo.id, small])

    def show(outcome: bytes | NotHere) -> None:
        seen = Seen(code=outcome.code) if isinstance(outcome, NotHere) else Seen(outcome)
        set_fetched(seen)
        if on_known is not None:
            on_known(seen.code)

    fetching = use_action(lambda: fetch_picture(session, photo, small=small), show)
    wanted = here is None and fetched.contents is None and _has_name(photo, small=small)
    ft.use_effect(lambda: fetching.run() if wanted else None, [photo.id, last_ok])
    return (Seen(here) if here is not None else fetched), fetching


def _has_name(photo: Record, *, small: bool) -> bool:
    return bool(photo.values.get("thumb_sha256" if small else "sha256"))


def _here(session: Session, photo: Record, *, small: bool) -> bytes | None:
    """What is on this device. A file that cannot be read is fetched again."""
    try:
        whole = session.files.read(str(photo.values.get("sha256")))
        if not small:
            return whole
        if whole is not None:
            return thumbnail(whole, SHARP)
        return session.files.read(str(photo.values.get("thumb_sha256")))
    except (StoreError, OSError):  # a document is no picture; a damaged file cannot be shown
        return None


def why_words(look: Look, photo: Record, seen: Seen, *, pending: bool, small: bool) -> str:
    """Say why there is no picture."""
    if pending:
        return look.t("photos.elsewhere.loading")
    if small and not _has_name(photo, small=True):
        return look.t("photos.elsewhere.tap")
    if not seen.code:
        return look.t("photos.elsewhere.loading")
    key = f"photos.elsewhere.{seen.code}"
    return look.t(key if look.t.has(key) else "photos.elsewhere.other")
