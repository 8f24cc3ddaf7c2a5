"""Partners who take people in, and every contact with them (domain reference E, P3)."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.fields import Field, Kind, Sensitivity, Type
from telewelfare.domain.kinds.common import (
    PERSONAL,
    WRITTEN,
    address,
    area,
    code,
    codes,
    date,
    geo,
    instant,
    long_text,
    phone,
    ref,
    text,
    whole,
    yes_no,
)

PARTNER: Final = Kind(
    name="partner",
    area="area",
    fields=(
        text("name", required=True),
        code("kind", "partner_kind", required=True),
        text("reg_no", max_length=40),
        area(required=True),
        address("address", ""),
        geo("geo"),
        phone("phone", Sensitivity.NORMAL),
        text("line_id", max_length=100),
        Field(
            name="contacts",
            type=Type.LIST,
            sensitivity=PERSONAL,
            fields=(
                text("name", "", PERSONAL),
                text("position", max_length=100),
                phone("phone"),
                text("line", "", PERSONAL, max_length=100),
                text("best_time", max_length=100),
                yes_no("primary"),
            ),
        ),
        codes("services", "service_offer"),
        Field(
            name="accepts",
            type=Type.STRUCT,
            fields=(
                code("sex", "sex"),
                whole("age_min", 130),
                whole("age_max", 130),
                yes_no("dependants"),
                yes_no("disability"),
                yes_no("psychiatric_treated"),
                yes_no("no_id_ok"),
                yes_no("ex_prisoner_ok"),
                text("notes", max_length=1_000),
            ),
        ),
        codes("accepts_groups", "target_group"),
        Field(
            name="capacity",
            type=Type.STRUCT,
            fields=(whole("total", 9_999), whole("used", 9_999), date("as_of")),
        ),
        long_text("conditions"),
        Field(
            name="agreement",
            type=Type.STRUCT,
            fields=(
                code("kind", "agreement_kind"),
                text("no", max_length=60),
                date("start"),
                date("end"),
            ),
        ),
        code("stage", "partner_stage"),
        code("source_found", "source_found"),
        code("grade", "partner_grade"),
        code("status", "partner_status", needs_person=True),
        *WRITTEN,
    ),
)

PARTNER_CONTACT_LOG: Final = Kind(
    name="partner_contact_log",
    area="area",
    append_only=True,
    fields=(
        ref("partner", "partner", required=True),
        area(),
        instant("date", required=True),
        Field(name="by", type=Type.WORKER),
        code("kind", "contact_kind", required=True),
        long_text("summary", required=True),
        text("next_step", max_length=500),
        date("next_step_due"),
        ref("case", "case"),
        *WRITTEN,
    ),
)
