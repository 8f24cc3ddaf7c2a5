"""The assessment in eight dimensions (domain reference B4, P3, P4.3–4.4)."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.codes import DIMENSIONS
from telewelfare.domain.fields import Field, Kind, Type, Values
from telewelfare.domain.kinds.common import (
    PERSONAL,
    S26,
    WRITTEN,
    code,
    instant,
    long_text,
    ref,
    text,
)

ASSESSMENT: Final = Kind(
    name="assessment",
    case="case",
    fields=(
        ref("case", "case", required=True),
        ref("visit", "visit"),
        Field(name="assessor", type=Type.WORKER),
        instant("date"),
        code("stage", "assessment_stage", required=True),
        Field(
            name="items",
            type=Type.LIST,
            key="dimension",
            fields=(
                code("status", "item_status"),
                Field(name="severity", type=Type.INT, lowest=0, highest=4, sensitivity=PERSONAL),
                long_text("findings", "", S26),
                text("strengths", "", PERSONAL, max_length=1_000),
                text("needs", "", PERSONAL, max_length=1_000),
            ),
        ),
        text("overall", "", PERSONAL, max_length=2_000),
        long_text("client_voice", "", PERSONAL),
        *WRITTEN,
    ),
)


def dimensions_known(values: Values) -> int:
    """How many of the eight were looked at. Not assessed is not the same as no problem."""
    return sum(
        values.get(f"items/{dimension}/status") not in (None, "not_assessed")
        for dimension in DIMENSIONS
    )
