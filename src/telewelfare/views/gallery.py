"""All parts in all their states, to look at: `python -m telewelfare.views.gallery`.

Its people, places and sentences are samples in `strings/*/gallery.toml`.
The address says what to show: `/parts?mode=dark&size=24&lang=en`.
"""

import os
from collections.abc import Callable
from typing import Final, get_args
from urllib.parse import parse_qs, urlsplit

import flet as ft

from telewelfare.strings import Lang
from telewelfare.views.gallery_pages import PAGES
from telewelfare.views.look import Appearance, LookContext, look_of
from telewelfare.views.palette import Mode
from telewelfare.views.theme import dress

PORT: Final = 8611


def appearance_of(query: str) -> Appearance:
    """Read mode, size and lang of an address; what is missing or unknown is the default."""
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    mode: Mode = next((mode for mode in get_args(Mode) if mode == asked.get("mode")), "light")
    lang: Lang = next((lang for lang in get_args(Lang) if lang == asked.get("lang")), "th")
    size = asked.get("size", "")
    return Appearance(int(size) if size.isdecimal() else 18, mode, lang)


@ft.component
def Gallery(
    page: Callable[[float], ft.Control], appearance: Appearance, width: float
) -> ft.Control:
    look = look_of(appearance)
    return LookContext(look, lambda: ft.Container(page(width), expand=True))


def main(page: ft.Page) -> None:
    """Show one page of the gallery."""

    def show() -> None:
        address = urlsplit(page.route)
        appearance = appearance_of(address.query)
        dress(page, appearance)
        page.padding = 0
        shown = PAGES.get(address.path.strip("/"), PAGES["parts"])
        page.render(Gallery, shown, appearance, page.width or 390)
        page.update()

    page.title = "parts"
    page.on_route_change = lambda _: show()
    page.on_resize = lambda _: show()
    show()


if __name__ == "__main__":
    ft.run(
        main,
        view=None,
        host="127.0.0.1",
        port=int(os.environ.get("GALLERY_PORT", PORT)),
        no_cdn=True,
        assets_dir=os.path.abspath("assets"),  # noqa: PTH100 - Flet wants text
    )
