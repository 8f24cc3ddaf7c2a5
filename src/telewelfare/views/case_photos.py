"""The photos of a case: add one, look at those that are there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import flet as ft

from telewelfare.actions.attaching import Attached, NotAPhoto, attach_photo, thumbnail
from telewelfare.actions.session import Session
from telewelfare.domain.operations import Record
from telewelfare.views.context import use_app
from telewelfare.views.hooks import screen, use_action
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
    words,
)
from telewelfare.views.parts.basic import tap

KINDS: Final = ("2", "3", "4", "5", "8", "6", "7", "20", "21", "22", "23", "28", "1", "99")
"""What a field worker photographs, the usual ones first."""
TILE: Final = 150  # dp
SHARP: Final = 400  # pixels of a thumbnail's longer side


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
    content: list[ft.Control] = [section_title(look, look.t("case.section.photos"))]
    if picking.problem:
        content.append(banner(look, look.t(picking.problem), "problem"))
    content += _outcome(look, adding.last)
    opened = next((photo for photo in shown if photo.id == large), None)
    if opened is not None:
        content.append(LargePhoto(app.session, opened, lambda: set_large("")))
    content.append(_tiles(app.session, look, shown, set_large))
    if adding.choosing:
        content.append(_kinds(look, picking.run, lambda: set_adding(Adding())))
    elif may_add:
        content.append(add)
    return stack(*content, gap=GRID + GRID // 2)


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
    session: Session, look: Look, photos: list[Record], on_open: Callable[[str], object]
) -> ft.Control:
    if not photos:
        return words(look, look.t("case.photo.none"), colour=look.colours.muted)
    tiles = [PhotoTile(session, photo, _opening(on_open, photo.id)) for photo in reversed(photos)]
    return ft.Row(list(tiles), wrap=True, spacing=GRID, run_spacing=GRID)


def _opening(on_open: Callable[[str], object], photo: str) -> Callable[[], object]:
    return lambda: on_open(photo)


@screen
def PhotoTile(session: Session, photo: Record, on_open: Callable[[], object]) -> ft.Control:
    """A small picture with its kind under it; one that is not on this device says so."""
    look = use_look()
    sha256 = str(photo.values.get("sha256"))
    small = ft.use_memo(lambda: _small(session, sha256), [sha256])
    kind = look.t.code("attachment_kind", photo.values.get("kind"))
    picture: ft.Control = (
        ft.Image(src=small, fit=ft.BoxFit.COVER, width=TILE, height=TILE * 3 // 4)
        if small
        else ft.Container(
            icon(look, ft.Icons.CLOUD_DOWNLOAD_ROUNDED, colour=look.colours.muted),
            width=TILE,
            height=TILE * 3 // 4,
            bgcolor=look.colours.sand,
            alignment=ft.Alignment.CENTER,
        )
    )
    label = kind if small else look.t("case.photo.elsewhere", kind=kind)
    caption = ft.Container(
        words(look, label, "label", lines=2), padding=ft.Padding.symmetric(horizontal=GRID)
    )
    tile = ft.Container(
        ft.Column([picture, caption], spacing=GRID // 2, tight=True),
        width=TILE,
        bgcolor=look.colours.card,
        border=border(look),
        border_radius=CORNER,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        padding=ft.Padding.only(bottom=GRID // 2),
        ink=True,
        on_click=tap(on_open) if small else None,
    )
    return ft.Semantics(identifier=f"photo-{photo.id}", button=True, label=label, content=tile)


@screen
def LargePhoto(session: Session, photo: Record, on_close: Callable[[], object]) -> ft.Control:
    """One photo as large as the page allows."""
    look = use_look()
    sha256 = str(photo.values.get("sha256"))
    contents = ft.use_memo(lambda: session.files.read(sha256), [sha256])
    kind = look.t.code("attachment_kind", photo.values.get("kind"))
    picture = (
        [ft.Image(src=contents, fit=ft.BoxFit.CONTAIN, border_radius=CORNER, semantics_label=kind)]
        if contents
        else []
    )
    close = quiet_button(
        look,
        look.t("case.photo.close"),
        on_close,
        leading=ft.Icons.CLOSE_ROUNDED,
        mark="close-photo",
    )
    return stack(*picture, ft.Row([words(look, kind, "strong", expand=True), close]), gap=GRID)


def _small(session: Session, sha256: str) -> bytes | None:
    contents = session.files.read(sha256)
    return thumbnail(contents, SHARP) if contents else None
