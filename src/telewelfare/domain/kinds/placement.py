"""A person who goes to stay or work with a partner (domain reference E5, P3)."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.fields import Kind
from telewelfare.domain.kinds.common import (
    PERSONAL,
    WRITTEN,
    code,
    date,
    instant,
    long_text,
    ref,
    yes_no,
)

PLACEMENT: Final = Kind(
    name="placement",
    case="case",
    fields=(
        ref("case", "case", required=True),
        ref("person", "person"),
        ref("partner", "partner", required=True),
        code("kind", "placement_kind"),
        code("state", "placement_state", required=True, needs_person=True),
        instant("proposed_at"),
        yes_no("client_agreed"),
        yes_no("partner_agreed"),
        instant("handover_at"),
        long_text("terms", "", PERSONAL),
        date("trial_until"),
        instant("ended_at"),
        code("end_reason", "placement_end"),
        *WRITTEN,
    ),
)
