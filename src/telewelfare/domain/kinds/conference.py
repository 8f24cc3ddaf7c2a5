"""The meeting of the multidisciplinary team about a case (domain reference B6, P3)."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.fields import Field, Kind, Type
from telewelfare.domain.kinds.common import (
    PERSONAL,
    WRITTEN,
    code,
    date,
    instant,
    long_text,
    ref,
    text,
    whole,
    yes_no,
)

CONFERENCE: Final = Kind(
    name="conference",
    case="case",
    fields=(
        ref("case", "case", required=True),
        whole("no", 999),
        instant("started_at", required=True),
        instant("ended_at"),
        code("channel", "conference_channel"),
        text("place"),
        Field(
            name="participants",
            type=Type.LIST,
            sensitivity=PERSONAL,
            fields=(
                text("name", "", PERSONAL),
                text("org"),
                code("profession", "profession"),
                yes_no("attended"),
            ),
        ),
        long_text("notes", "", PERSONAL),
        Field(
            name="resolutions",
            type=Type.LIST,
            fields=(
                text("text", "", PERSONAL, max_length=1_000),
                code("dimension", "dimension"),
                Field(name="responsible", type=Type.WORKER),
                date("due"),
            ),
        ),
        instant("next_at"),
        code("minutes_state", "minutes_state"),
        ref("merged_into", "conference"),  # written by the centre when a person says so
        *WRITTEN,
    ),
)
