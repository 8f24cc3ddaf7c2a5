"""A conflict in words: what, who and when on both sides, and what may be done about it."""

from collections.abc import Callable
from dataclasses import dataclass

from telewelfare.actions.session import Session
from telewelfare.domain.clock import Millis, parse_stamp
from telewelfare.domain.dates import parse_instant
from telewelfare.domain.fields import Field, Json, Path, Type, Values
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import author
from telewelfare.domain.settling import EDIT, STATE, sides_known, sort_of
from telewelfare.views.look import Look
from telewelfare.views.value_words import (
    CHOSEN,
    TYPED,
    is_presence,
    path_words,
    value_words,
)


@dataclass(frozen=True)
class Side:
    """One of the two values in words: what, and who wrote it when (None: not known)."""

    value: str
    who: str
    at: Millis | None


@dataclass(frozen=True)
class Met:
    """A conflict in words. `third` is the field a new value can be written for, None if none."""

    path: Path
    kind: str
    label: str
    kept: Side
    other: Side
    hidden: bool  # the values were kept from this worker's role
    settled: str  # code; "" while it is open
    settled_by: str
    settled_at: Millis | None
    third: Field | None
    sort: str
    waits: bool  # the field is one that a person has to decide
    case: str  # where opening what is covered is written down; "" = nowhere
    covered: bool  # an ID number, which is not shown before somebody opens it

    @property
    def is_state(self) -> bool:
        """Whether a move of the case came too late, which is no choice between values."""
        return self.sort == STATE


def conflict_words(session: Session, look: Look, conflict: str) -> Met | None:
    """Read a conflict; `None` when it is not on this device."""
    record = session.journal.get(conflict)
    if record is None or record.kind != "conflict":
        return None
    values = record.values
    kind, path = str(values.get("of_kind")), str(values.get("path"))
    settled_by = values.get("settled_by")
    return Met(
        path=path,
        kind=kind,
        label=path_words(look, kind, path),
        kept=_standing(session, look, values) or _side(session, look, values, "kept"),
        other=_side(session, look, values, "other"),
        hidden="kept" not in values and "other" not in values,
        settled=str(values.get("settled") or ""),
        settled_by=worker_words(session, look, settled_by),
        settled_at=parse_instant(str(values.get("settled_at"))),
        third=_third(kind, path),
        sort=sort_of(values),
        waits=values.get("needs_person") is True,
        case=_case(session, values),
        covered=_covered(kind, path),
    )


def _case(session: Session, values: Values) -> str:
    """The case it is about; of a person alone, one of theirs."""
    of = str(values.get("of") or "")
    theirs = session.index.cases_of(of) if values.get("of_kind") == "person" else ()
    return str(values.get("case") or (theirs[0].id if theirs else ""))


def _covered(kind: str, path: Path) -> bool:
    declared = KINDS[kind].field(path) if kind in KINDS else None
    return declared is not None and declared.type is Type.THAI_ID


def worker_words(session: Session, look: Look, worker: Json) -> str:
    """Return the name of who wrote something; the centre's own edits are nobody's."""
    if not isinstance(worker, str) or not worker:
        return look.t("conflict.centre")
    line = session.index.worker(worker)
    if line is not None:
        return line.name
    if worker == session.actor.worker:
        return session.identity.worker_name
    return look.t("conflict.unknown_worker")


def _standing(session: Session, look: Look, values: Values) -> Side | None:
    """Return what was written on this device since; the centre has not been told of it yet."""
    target, path = session.journal.get(str(values.get("of"))), str(values.get("path"))
    stamp = target.stamps.get(path, "") if target else ""
    is_ours = author(stamp) == session.actor.device
    if target is None or not is_ours or stamp in sides_known(values) or sort_of(values) != EDIT:
        return None
    me = session.actor.worker
    told: Values = {**values, "now": target.values.get(path), "now_by": me, "now_stamp": stamp}
    return _side(session, look, told, "now")


def _side(session: Session, look: Look, values: Values, side: str) -> Side:
    kind, path = str(values.get("of_kind")), str(values.get("path"))
    stamp = parse_stamp(str(values.get(f"{side}_stamp")))
    return Side(
        value_words(look, kind, path, values.get(side), _names(session, look, kind, path)),
        worker_words(session, look, values.get(f"{side}_by")),
        stamp.millis if stamp else None,
    )


def _names(session: Session, look: Look, kind: str, path: Path) -> Callable[[str], str]:
    """Return how ids in this field are called: workers by name, records not at all."""
    declared = KINDS[kind].field(path) if kind in KINDS else None
    if declared is not None and declared.type is Type.WORKER:
        return lambda worker: worker_words(session, look, worker)
    return lambda _record: look.t("conflict.record")


def _third(kind: str, path: Path) -> Field | None:
    declared = KINDS[kind].field(path) if kind in KINDS else None
    if declared is None or is_presence(kind, path):
        return None
    return declared if declared.type in TYPED | CHOSEN else None
