"""The report of an incident (domain reference B1, P3)."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.fields import Kind, Sensitivity
from telewelfare.domain.kinds.common import (
    PERSONAL,
    WRITTEN,
    area,
    code,
    codes,
    geo,
    instant,
    long_text,
    phone,
    ref,
    text,
    whole,
    yes_no,
)

INCIDENT_REPORT: Final = Kind(
    name="incident_report",
    area="area",
    case="case",
    fields=(
        code("channel", "report_channel", required=True),
        text("external_ref", max_length=60),
        instant("occurred_at", required=True),
        code("reporter_kind", "reporter_kind"),
        text("reporter_name", "", Sensitivity.REPORTER),
        phone("reporter_phone", Sensitivity.REPORTER),
        yes_no("reporter_confidential"),
        area(required=True),
        text("place_text", "", PERSONAL, max_length=500),
        geo("geo"),
        long_text("situation_text", "", PERSONAL, required=True),
        whole("persons_count", 999),
        codes("red_flags", "red_flag"),
        yes_no("safe_to_contact"),
        text("safe_to_contact_note", "", PERSONAL, max_length=500),
        code("result", "report_result"),
        ref("case", "case"),
        *WRITTEN,
    ),
)
