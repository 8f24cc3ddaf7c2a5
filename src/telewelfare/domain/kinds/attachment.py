"""What is known of a file.

Its bytes, and those of a small picture of it, lie sealed beside the database, each named by its hash.
"""

from __future__ import annotations

from typing import Final

from telewelfare.domain.fields import Field, Kind, Type
from telewelfare.domain.kinds.common import PERSONAL, WRITTEN, code, geo, instant, ref, text, whole

ATTACHMENT: Final = Kind(
    name="attachment",
    case="case",
    fields=(
        ref("case", "case"),
        code("kind", "attachment_kind", "10", required=True),
        text("of_kind", max_length=40),
        Field(name="of", type=Type.REF),
        instant("captured_at"),
        geo("geo"),
        text("sha256", max_length=64),
        text("media_type", max_length=60),
        whole("size", 50_000_000),
        whole("width", 20_000),
        whole("height", 20_000),
        text("thumb_sha256", max_length=64),
        whole("thumb_size", 100_000),
        text("caption", "", PERSONAL, max_length=500),
        *WRITTEN,
    ),
)
