"""Handing a small file to another app, to a folder, or taking one in."""

from __future__ import annotations

import flet as ft


async def hand_over(page: ft.Page, name: str, contents: bytes, *, title: str, text: str) -> bool:
    """Share a file on a phone, save it elsewhere; whether the worker went through with it."""
    if page.web or not (page.platform and page.platform.is_mobile()):
        saved = await ft.FilePicker().save_file(file_name=name, src_bytes=contents)
        return page.web or bool(saved)  # a browser does not say where it put a download
    shared = await ft.Share().share_files(
        [ft.ShareFile.from_bytes(contents, mime_type="application/octet-stream", name=name)],
        title=title,
        text=text,
    )
    return shared.status is ft.ShareResultStatus.SUCCESS


async def take_one() -> bytes | None:
    """The contents of a file the worker picks; `None` when none was."""
    files = await ft.FilePicker().pick_files(with_data=True)
    return files[0].bytes if files else None
