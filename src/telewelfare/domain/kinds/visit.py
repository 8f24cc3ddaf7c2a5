"""A visit and its fact finding, in the order of form ปสค. (domain reference B3, P3)."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.fields import Field, Kind, Sensitivity, Type
from telewelfare.domain.kinds.common import (
    PERSONAL,
    WRITTEN,
    code,
    codes,
    geo,
    instant,
    long_text,
    money,
    phone,
    ref,
    text,
    whole,
    yes_no,
)

VISIT: Final = Kind(
    name="visit",
    case="case",
    fields=(
        ref("case", "case", required=True),
        code("kind", "visit_kind", "0", required=True),
        code("mode", "visit_mode", "0"),
        instant("planned_at"),
        instant("started_at", "0"),
        instant("ended_at", "0"),
        geo("geo"),
        text("no_geo_reason"),
        Field(name="visitors", type=Type.SET, of=Type.WORKER, section="0"),
        yes_no("met_client", "0"),
        text("not_met_reason", "0", PERSONAL, max_length=1_000),
        # 1 — who files: the person with the problem, or someone for them
        yes_no("on_behalf", "1"),
        Field(
            name="applicant",
            type=Type.STRUCT,
            section="1",
            sensitivity=PERSONAL,
            fields=(
                text("first_name", "1", PERSONAL),
                text("last_name", "1", PERSONAL),
                Field(
                    name="id_no",
                    type=Type.THAI_ID,
                    section="1",
                    sensitivity=Sensitivity.ID_NUMBER,
                ),
                code("relation", "relation", "1", PERSONAL),
                phone("phone"),
            ),
        ),
        codes("informants", "relation", "1"),
        # 6–8 — problems stand on the case; here what was asked for and what was received
        codes("problems", "problem", "6"),
        codes("requested_help", "requested_help", "7"),
        text("requested_money_for", "7", max_length=1_000),
        money("requested_amount", "7", needs_person=False),
        text("requested_things", "7", max_length=1_000),
        text("requested_other", "7", max_length=1_000),
        yes_no("received_before", "8"),
        whole("received_times_this_year", 99, "8"),
        money("received_amount_this_year", "8", needs_person=False),
        codes("received_welfare", "received_welfare", "8"),
        # 9 — notice; the signature is an attachment of kind 22
        yes_no("notice_given", "9", needs_person=True),
        # 10 — what the visitor saw
        long_text("living_condition", "10", PERSONAL),
        long_text("narrative", "10", PERSONAL),
        codes("causes", "cause", "10"),
        code("visitor_opinion", "visitor_opinion", "10"),
        long_text("visitor_opinion_text", "10", PERSONAL),
        codes("immediate_help", "immediate_help", "10"),
        text("immediate_help_text", "10", PERSONAL, max_length=1_000),
        long_text("client_voice", "10", PERSONAL),
        text("safety_note", "", PERSONAL, max_length=1_000),
        Field(name="photo_reasons", type=Type.OPEN),  # {attachment kind: why there is none}
        Field(name="not_known", type=Type.SET, of=Type.TEXT),  # questions nobody could answer
        Field(name="nothing", type=Type.SET, of=Type.TEXT),  # lists of which nothing applies
        text("step", max_length=60),  # the question that was open last: where to go on
        yes_no("completed"),
        *WRITTEN,
    ),
)
