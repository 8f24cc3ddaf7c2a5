"""Persons and households (domain reference P3, form ปสค. sections 1–4.2)."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.fields import Field, Kind, Sensitivity, Type
from telewelfare.domain.kinds.common import (
    PERSONAL,
    S26,
    WRITTEN,
    address,
    area,
    code,
    codes,
    date,
    long_text,
    money,
    phone,
    ref,
    text,
    whole,
    yes_no,
)

RESTRICTED = Sensitivity.S26_RESTRICTED

PERSON: Final = Kind(
    name="person",
    area="area",
    fields=(
        code("title", "title", "2", PERSONAL),
        text("title_text", "2", PERSONAL, max_length=60),
        text("first_name", "2", PERSONAL),
        text("last_name", "2", PERSONAL),
        text("alias", "2", PERSONAL),
        code("id_status", "id_status", "2", PERSONAL, needs_person=True),
        Field(
            name="id_no",
            type=Type.THAI_ID,
            section="2",
            sensitivity=Sensitivity.ID_NUMBER,
            needs_person=True,
        ),
        text("passport_no", "2", Sensitivity.ID_NUMBER, max_length=20),
        text("no_id_reason", "2", PERSONAL),
        date("birth", "2", PERSONAL),
        whole("age_estimated", 130, "2"),
        code("sex", "sex", "2"),
        text("nationality", "2", max_length=60),
        text("ethnicity", "2", S26, max_length=60),
        text("religion", "2", S26, max_length=60),
        code("marital", "marital", "2"),
        code("education", "education", "4.1"),
        code("occupation", "occupation", "4.1"),
        text("occupation_text", "4.1"),
        text("marks", "2", PERSONAL),
        text("language", "2", max_length=60),
        Field(name="phones", type=Type.SET, of=Type.PHONE, section="2", sensitivity=PERSONAL),
        Field(
            name="contact_via",
            type=Type.STRUCT,
            section="4",
            sensitivity=PERSONAL,
            fields=(
                text("name", "4", PERSONAL),
                phone("phone"),
                code("relation", "relation", "4", PERSONAL),
            ),
        ),
        yes_no("has_disability", "2", S26),
        text("disability", "2", S26),
        long_text("health", "2", S26),
        yes_no("hiv", "2", RESTRICTED),
        long_text("criminal_history", "2", RESTRICTED),
        address("registered_address", "3"),
        address("current_address", "4"),
        ref("photo", "attachment"),
        ref("merged_into", "person"),
        area(),
        *WRITTEN,
    ),
)

HOUSEHOLD: Final = Kind(
    name="household",
    case="case",
    fields=(
        ref("case", "case"),
        ref("head", "person"),
        code("housing_type", "housing", "4.1"),
        long_text("housing_text", "4.1", PERSONAL),
        money("rent", "4.1", needs_person=False),
        money("income_month", "4.1", needs_person=False),
        codes("income_sources", "income_source", "4.1"),
        money("debt_formal", "4.1", needs_person=False),
        money("debt_informal", "4.1", needs_person=False),
        codes("dependants", "dependant", "4.1"),
        Field(
            name="members",
            type=Type.LIST,
            section="4.2",
            sensitivity=PERSONAL,
            fields=(
                whole("seq", 99, "4.2"),
                ref("person", "person"),
                Field(
                    name="id_no",
                    type=Type.THAI_ID,
                    section="4.2",
                    sensitivity=Sensitivity.ID_NUMBER,
                ),
                code("title", "title", "4.2", PERSONAL),
                text("first_name", "4.2", PERSONAL),
                text("last_name", "4.2", PERSONAL),
                date("birth", "4.2", PERSONAL),
                code("relation", "relation", "4.2", PERSONAL),
                code("occupation", "occupation", "4.2"),
                money("income_month", "4.2", needs_person=False),
                code("physical_condition", "physical_condition", "4.2", S26),
                yes_no("self_care", "4.2"),
                code("education", "education", "4.2"),
                yes_no("is_beneficiary", "4.2"),
            ),
        ),
        *WRITTEN,
    ),
)
