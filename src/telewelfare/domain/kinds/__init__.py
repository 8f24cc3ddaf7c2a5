"""Every kind of record, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from telewelfare.domain.fields import Kind
from telewelfare.domain.kinds.assessment import ASSESSMENT
from telewelfare.domain.kinds.attachment import ATTACHMENT
from telewelfare.domain.kinds.case import CASE, STATUS_EVENT
from telewelfare.domain.kinds.conference import CONFERENCE
from telewelfare.domain.kinds.consent import CONSENT
from telewelfare.domain.kinds.partner import PARTNER, PARTNER_CONTACT_LOG
from telewelfare.domain.kinds.people import HOUSEHOLD, PERSON
from telewelfare.domain.kinds.placement import PLACEMENT
from telewelfare.domain.kinds.report import INCIDENT_REPORT
from telewelfare.domain.kinds.trace import CONFLICT, RECEIPT, WORKER
from telewelfare.domain.kinds.visit import VISIT

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            PERSON,
            HOUSEHOLD,
            INCIDENT_REPORT,
            CASE,
            STATUS_EVENT,
            VISIT,
            ASSESSMENT,
            CONSENT,
            ATTACHMENT,
            CONFERENCE,
            PARTNER,
            PARTNER_CONTACT_LOG,
            PLACEMENT,
            WORKER,
            RECEIPT,
            CONFLICT,
        )
    }
)
