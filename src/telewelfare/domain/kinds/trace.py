"""What the system itself records: workers, who opened what, and edits that met."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.fields import Field, Kind, Type
from telewelfare.domain.kinds.common import WRITTEN, code, instant, ref, text, yes_no

WORKER: Final = Kind(
    name="worker",
    server_only=True,
    fields=(
        text("display_name", required=True),
        code("role", "role", required=True),
        text("position", max_length=100),
        Field(name="areas", type=Type.SET, of=Type.AREA),
        text("sdhsv_id", max_length=40),
        yes_no("active"),
    ),
)

RECEIPT: Final = Kind(
    name="receipt",
    case="case",
    append_only=True,
    fields=(
        ref("case", "case", required=True),
        code("stage", "receipt_stage", required=True),
        instant("at", required=True),
        *WRITTEN,
    ),
)

CONFLICT: Final = Kind(
    name="conflict",
    case="case",
    fields=(
        ref("case", "case"),
        code("sort", "conflict_sort"),  # none: an edit, or of `state` a move that came too late
        text("of_kind", required=True, max_length=40),
        Field(name="of", type=Type.REF, required=True),
        Field(name="with", type=Type.REF),  # the other record, where two records are in question
        text("path", required=True, max_length=400),
        Field(name="kept", type=Type.OPEN),
        Field(name="kept_by", type=Type.WORKER),
        text("kept_stamp", max_length=60),
        Field(name="other", type=Type.OPEN),
        Field(name="other_by", type=Type.WORKER),
        text("other_stamp", max_length=60),
        yes_no("needs_person"),
        code("settled", "conflict_choice"),
        Field(name="chosen", type=Type.OPEN),  # the value that is to stand
        text("seen", max_length=60),  # the stamp of what stood when it was settled
        Field(name="settled_by", type=Type.WORKER),
        instant("settled_at"),
        Field(name="done", type=Type.OPEN),  # what the centre changed, to be undone by a later word
        *WRITTEN,
    ),
)
