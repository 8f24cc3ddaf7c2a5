"""A photo for the demo: drawn, so that it shows nobody."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from telewelfare.actions.attaching import Attached, attach_photo
from telewelfare.actions.session import Session
from telewelfare.domain.ids import RecordId

OUTSIDE: Final = "2"  # kind of photo: the house from outside


def take_photo(session: Session, case: RecordId) -> bool:
    """Attach it to a case, as a phone's camera would give it; whether it was kept."""
    return isinstance(attach_photo(session, case, OUTSIDE, drawn_photo()), Attached)


def drawn_photo() -> bytes:
    """A house by the sea; nobody's."""
    picture = Image.new("RGB", (2400, 1800), (158, 196, 214))
    draw = ImageDraw.Draw(picture)
    _draw(draw.rectangle, (0, 1050, 2400, 1300), (70, 128, 148))
    _draw(draw.rectangle, (0, 1250, 2400, 1800), (196, 172, 128))
    _draw(draw.rectangle, (700, 800, 1700, 1400), (176, 142, 104))
    _draw(draw.polygon, (600, 820, 1200, 420, 1800, 820), (122, 60, 48))
    _draw(draw.rectangle, (1080, 1000, 1320, 1400), (84, 60, 44))
    _draw(draw.rectangle, (800, 940, 980, 1120), (52, 66, 74))
    packed = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(3)).save(packed, "JPEG", quality=92)
    return packed.getvalue()


def _draw(
    shape: Callable[..., object], corners: tuple[int, ...], colour: tuple[int, int, int]
) -> None:
    shape(corners, fill=colour)
