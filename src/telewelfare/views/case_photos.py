"""The photos of a case: add one, look at those that are there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import flet as ft

from telewelfare.actions.attaching import Attached, NotAPhoto, attach_photo
from telewelfare.actions.session import Session
from telewelfare.domain.operations import Record
from telewelfare.views.context import use_app
from telewelfare.views.hooks import Action, screen, use_action, use_query
from telewelfare.views.look import CORNER, GRID, Look, use_look
from telewelfare.views.parts import (
    Choice,
    banner,
    border,
    choice_list,
    icon,
    quiet_button,
    secondary_button,
    section_title,
    stack,
    status_chip,
    words,
)
from telewelfare.views.parts.basic import tap
from telewelfare.views.pictures import Seen, use_picture, why_words

KINDS: Final = ("2", "3", "4", "5", "8", "6", "7", "20", "21", "22", "23", "28", "1", "99")
"""What a field worker photographs, the usual ones first."""
TILE: Final = 150  # dp
HEIGHT: Final = TILE * 3 // 4
NOT_YET: Final = "not_yet"
REFUSED: Final = "refused"
AT_CENTRE: Final = "at_centre"
NOBODY: Final[frozenset[str]] = frozenset()
STATES: Final = {
    "waiting": ft.Icons.PHONE_ANDROID_ROUNDED,
    AT_CENTRE: ft.Icons.CHECK_CIRCLE_ROUNDED,
    REFUSED: ft.Icons.ERROR_ROUNDED,
}


@dataclass(frozen=True)
class Adding:
    """Where the adding of a photo stands."""

    choosing: bool = False
    kind: str = ""
    last: Attached | NotAPhoto | None = None


@screen
def PhotoSection(case_id: str, photos: tuple[Record, ...], may_add: bool) -> ft.Control:  # noqa: FBT001 - a component's property
    """Photos as tiles; tapping one shows it large."""
    app, look = use_app(), use_look()
    adding: Adding
    adding, set_adding = ft.use_state(Adding())
    large, set_large = ft.use_state("")

    outgoing = app.session.photos.outgoing
    names = tuple(str(photo.values.get("sha256")) for photo in photos)
    states = use_query(outgoing, lambda: outgoing.states(names), [names])
    waiting = use_query(outgoing, lambda: outgoing.counts(case_id).photos, [names])
    missing, set_missing = ft.use_state(NOBODY)

    def know(photo: str, code: str) -> None:
        set_missing(lambda had: had | {photo} if code == NOT_YET else had - {photo})

    async def pick(kind: str) -> Attached | NotAPhoto | None:
        files = await ft.FilePicker().pick_files(
            file_type=ft.FilePickerFileType.IMAGE, with_data=True
        )
        contents = files[0].bytes if files else None
        if not contents:
            return None
        return await asyncio.to_thread(attach_photo, app.session, case_id, kind, contents)

    picking = use_action(pick, lambda outcome: set_adding(Adding(last=outcome)))
    shown = [photo for photo in photos if photo.values.get("sha256")]
    add = secondary_button(
        look,
        look.t("case.photo.saving" if picking.pending else "case.photo.add"),
        lambda: set_adding(Adding(choosing=True)),
        leading=ft.Icons.ADD_A_PHOTO_ROUNDED,
        disabled=picking.pending,
        mark="add-photo",
    )
    content: list[ft.Control] = [_title(look, waiting + len(missing))]
    if picking.problem:
        content.append(banner(look, look.t(picking.problem), "problem"))
    content += _outcome(look, adding.last)
    opened = next((photo for photo in shown if photo.id == large), None)
    if opened is not None:
        content.append(LargePhoto(app.session, opened, lambda: set_large("")))
    content.append(
        _tiles(app.session, shown, states, set_large, know)
        if shown
        else words(look, look.t("case.photo.none"), colour=look.colours.muted)
    )
    if adding.choosing:
        content.append(_kinds(look, picking.run, lambda: set_adding(Adding())))
    elif may_add:
        content.append(add)
    return stack(*content, gap=GRID + GRID // 2)


def _title(look: Look, waiting: int) -> ft.Control:
    chip = status_chip(
        look, look.t("photos.waiting", n=waiting), "notice", leading=ft.Icons.CLOUD_UPLOAD_ROUNDED
    )
    return section_title(look, look.t("case.section.photos"), chip if waiting else None)


def _kinds(look: Look, pick: Callable[[str], object], cancel: Callable[[], object]) -> ft.Control:
    choices = [Choice(code, look.t.code("attachment_kind", code)) for code in KINDS]
    return stack(
        words(look, look.t("case.photo.which"), "strong"),
        banner(
            look, look.t("case.photo.sideways"), "chosen", name=ft.Icons.SCREEN_ROTATION_ROUNDED
        ),
        choice_list(look, choices, None, pick),
        quiet_button(look, look.t("case.photo.cancel"), cancel, mark="cancel-photo"),
        gap=GRID,
    )


def _outcome(look: Look, last: Attached | NotAPhoto | None) -> list[ft.Control]:
    if last is None:
        return []
    if isinstance(last, NotAPhoto):
        return [banner(look, look.t(f"case.photo.{last.code}"), "problem")]
    key = "case.photo.kept_upright" if last.portrait else "case.photo.kept"
    return [banner(look, look.t(key), "notice" if last.portrait else "good")]


def _tiles(
    session: Session,
    photos: list[Record],
    states: Mapping[str, str],
    on_open: Callable[[str], object],
    on_known: Callable[[str, str], object],
) -> ft.Control:
    tiles = [
        PhotoTile(
            session,
            photo,
            states.get(str(photo.values.get("sha256")), ""),
            _opening(on_open, photo.id),
            _knowing(on_known, photo.id),
        )
        for photo in reversed(photos)
    ]
    return ft.Row(
        list(tiles),
        wrap=True,
        spacing=GRID,
        run_spacing=GRID,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _opening(on_open: Callable[[str], object], photo: str) -> Callable[[], object]:
    return lambda: on_open(photo)


def _knowing(on_known: Callable[[str, str], object], photo: str) -> Callable[[str], object]:
    return lambda code: on_known(photo, code)


@screen
def PhotoTile(
    session: Session,
    photo: Record,
    state: str,
    on_open: Callable[[], object],
    on_known: Callable[[str], object],
) -> ft.Control:
    """A small picture with its kind under it, how far it has come, or why it is not shown."""
    look = use_look()
    seen, fetching = use_picture(session, photo, small=True, on_known=on_known)
    kind = look.t.code("attachment_kind", photo.values.get("kind"))
    said = (
        _state(look, state)
        if seen.contents
        else why_words(look, photo, seen, pending=fetching.pending, small=True)
    )
    lines: list[ft.Control] = [words(look, kind, "label", lines=2)]
    if said:
        lines.append(_said(look, said, state if seen.contents else ""))
    caption = ft.Container(
        ft.Column(lines, spacing=2, tight=True), padding=ft.Padding.symmetric(horizontal=GRID)
    )
    tile = ft.Container(
        ft.Column([_picture(look, seen), caption], spacing=GRID // 2, tight=True),
        width=TILE,
        bgcolor=look.colours.card,
        border=border(look),
        border_radius=CORNER,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        padding=ft.Padding.only(bottom=GRID // 2),
        ink=True,
        on_click=tap(on_open),
    )
    return ft.Semantics(identifier=f"photo-{photo.id}", button=True, content=tile)


def _picture(look: Look, seen: Seen) -> ft.Control:
    if seen.contents:
        return ft.Image(
            src=seen.contents, fit=ft.BoxFit.COVER, width=TILE, height=HEIGHT, gapless_playback=True
        )
    name = (
        ft.Icons.HOURGLASS_EMPTY_ROUNDED
        if seen.code == "not_yet"
        else ft.Icons.CLOUD_DOWNLOAD_ROUNDED
    )
    return ft.Container(
        icon(look, name, colour=look.colours.muted),
        width=TILE,
        height=HEIGHT,
        bgcolor=look.colours.sand,
        alignment=ft.Alignment.CENTER,
    )


def _state(look: Look, state: str) -> str:
    return look.t(f"photos.state.{state}") if state in STATES else ""


def _said(look: Look, said: str, state: str) -> ft.Control:
    inks = {REFUSED: look.colours.problem.ink, AT_CENTRE: look.colours.good.ink}
    colour = inks.get(state, look.colours.muted)
    line = words(look, said, "label", lines=3, colour=colour, expand=True)
    name = STATES.get(state)
    mark = [icon(look, name, colour=colour, size=look.size.label)] if name else []
    return ft.Row([*mark, line], spacing=4, vertical_alignment=ft.CrossAxisAlignment.START)


@screen
def LargePhoto(session: Session, photo: Record, on_close: Callable[[], object]) -> ft.Control:
    """One photo as large as the page allows; fetched from the centre when it is not here."""
    look = use_look()
    seen, fetching = use_picture(session, photo, small=False)
    kind = look.t.code("attachment_kind", photo.values.get("kind"))
    close = quiet_button(
        look,
        look.t("case.photo.close"),
        on_close,
        leading=ft.Icons.CLOSE_ROUNDED,
        mark="close-photo",
    )
    foot = ft.Row([words(look, kind, "strong", expand=True), close])
    if seen.contents:
        picture: ft.Control = ft.Image(
            src=seen.contents, fit=ft.BoxFit.CONTAIN, border_radius=CORNER, semantics_label=kind
        )
        return stack(picture, foot, gap=GRID)
    said = why_words(look, photo, seen, pending=fetching.pending, small=False)
    return stack(*_waiting(look, session, photo, said, fetching), foot, gap=GRID)


def _waiting(
    look: Look, session: Session, photo: Record, said: str, fetching: Action[[]]
) -> list[ft.Control]:
    """What there is until the photo has come: the small picture, why, and one button."""
    thumb = str(photo.values.get("thumb_sha256"))
    small = session.files.read(thumb) if session.files.has(thumb) else None
    shown: list[ft.Control] = (
        [ft.Image(src=small, fit=ft.BoxFit.CONTAIN, border_radius=CORNER)] if small else []
    )
    again = secondary_button(
        look,
        look.t("photos.try"),
        fetching.run,
        leading=ft.Icons.REFRESH_ROUNDED,
        disabled=fetching.pending,
        mark="try-photo",
    )
    return [*shown, banner(look, said, "notice"), again]
