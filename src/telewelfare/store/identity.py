"""Who a device works for, and how that follows what the centre says of its worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from telewelfare.domain.fields import elements
from telewelfare.domain.ids import DeviceId, WorkerId
from telewelfare.domain.operations import Actor, Record

WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this device works for, and where its centre is."""

    device: str
    worker: str
    worker_name: str
    role: str
    areas: tuple[str, ...]
    centre: str
    centre_name: str
    centre_key: str
    url: str
    epoch: str

    @property
    def actor(self) -> Actor:
        """The worker as the rules know them."""
        return Actor(
            self.centre, WorkerId(self.worker), self.role, self.areas, DeviceId(self.device)
        )


def plain(identity: Identity) -> dict[str, Any]:
    """As JSON."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name in Identity.__slots__
        for value in (getattr(identity, name),)
    }


def from_plain(kept: Mapping[str, Any]) -> Identity:
    """Read what `plain` wrote."""
    return Identity(**{**kept, "areas": tuple(kept["areas"])})


def as_told(actor: Actor, record: Record | None) -> Actor:
    """The worker in the role and areas that their own record gives; what it lacks stays."""
    if record is None or record.kind != WORKER or str(record.id) != actor.worker:
        return actor
    role, areas = str(record.values.get("role") or actor.role), elements(record.values, "areas")
    same = not areas or set(areas) == set(actor.areas)
    return replace(actor, role=role, areas=actor.areas if same else tuple(sorted(areas)))


def named(identity: Identity, actor: Actor, record: Record | None) -> Identity:
    """The identity of a device whose worker is this actor now, under the name of the record."""
    name = record.values.get("display_name") if record is not None else None
    called = str(name or identity.worker_name)
    return replace(identity, role=actor.role, areas=actor.areas, worker_name=called)
