"""The case and the history of its state (domain reference P3, P5)."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.fields import Field, Kind, Type
from telewelfare.domain.kinds.common import (
    PERSONAL,
    WRITTEN,
    area,
    code,
    codes,
    instant,
    long_text,
    ref,
    text,
    whole,
    yes_no,
)

CASE: Final = Kind(
    name="case",
    area="area",
    fields=(
        text("case_no", max_length=20),  # issued by the centre
        text("provisional_no", max_length=40),  # made on the device, printed until then
        ref("client", "person"),
        ref("household", "household"),
        area(required=True),
        whole("fiscal_year", 3000),
        instant("opened_at", required=True),
        code("state", "case_state"),  # written by lifecycle.move alone
        text("state_reason", "", PERSONAL, max_length=1_000),
        code("urgency", "urgency", needs_person=True),
        Field(name="urgency_by", type=Type.WORKER),
        instant("urgency_at"),
        text("urgency_reason", "", PERSONAL, max_length=1_000),
        yes_no("needs_review"),
        codes("target_groups", "target_group", "5"),
        codes("client_groups", "client_group", "5"),
        Field(
            name="problems",
            type=Type.LIST,
            key="code",
            section="6",
            fields=(
                Field(name="severity", type=Type.INT, lowest=1, highest=4, section="6"),
                yes_no("primary", "6"),
                text("note", "6", PERSONAL, max_length=1_000),
            ),
        ),
        codes("requested_help", "requested_help", "7"),
        text("requested_help_text", "7", PERSONAL, max_length=1_000),
        Field(name="owner", type=Type.WORKER),
        Field(name="field_worker", type=Type.WORKER),
        Field(name="watchers", type=Type.SET, of=Type.WORKER),
        yes_no("existing_client"),
        Field(name="linked_cases", type=Type.SET, of=Type.REF, refers="case"),
        Field(
            name="external_ids",
            type=Type.STRUCT,
            fields=(
                text("vsmart", max_length=40),
                text("msologbook", max_length=40),
                text("hotline1300", max_length=40),
                text("ess", max_length=40),
            ),
        ),
        codes("legal_tracks", "legal_track"),
        yes_no("minors_involved"),
        code("confidentiality", "confidentiality", needs_person=True),
        instant("closed_at"),
        code("closure_reason", "closure_reason"),
        *WRITTEN,
    ),
)

STATUS_EVENT: Final = Kind(
    name="status_event",
    case="case",
    append_only=True,
    fields=(
        ref("case", "case", required=True),
        code("from", "case_state", required=True),
        code("to", "case_state", required=True),
        instant("occurred_at", required=True),
        long_text("reason", "", PERSONAL),
        yes_no("refused"),  # set by the centre: the move was not allowed any more when it arrived
        *WRITTEN,
    ),
)
