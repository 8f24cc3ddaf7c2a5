"""Notice, legal basis and consent for one purpose (domain reference A4, P3)."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.fields import Kind
from telewelfare.domain.kinds.common import PERSONAL, WRITTEN, code, instant, ref, text

CONSENT: Final = Kind(
    name="consent",
    case="case",
    append_only=True,
    fields=(
        ref("case", "case", required=True),
        ref("person", "person"),
        code("purpose", "consent_purpose", required=True, needs_person=True),
        code("basis", "legal_basis", required=True, needs_person=True),
        text("notice_version", max_length=20),
        code("answer", "consent_answer", needs_person=True),
        code("relation", "relation", "", PERSONAL),
        code("method", "consent_method"),
        text("witness", "", PERSONAL),
        instant("at"),
        ref("attachment", "attachment"),
        *WRITTEN,
    ),
)
