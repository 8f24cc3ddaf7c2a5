"""Write docs/kinds.md: what there is to be synced, for whoever writes a client of their own.

`python scripts/write_kinds.py` writes it anew; a test compares it with the declarations.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from telewelfare.domain.checks import LARGEST_VALUE
from telewelfare.domain.codes import CODES
from telewelfare.domain.fields import Field, Kind, Sensitivity, Type
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.lifecycle import MOVES
from telewelfare.domain.rights import CASE_REACH, WRITES, hides, sees_kind

PAGE: Final = Path(__file__).parents[1] / "docs" / "kinds.md"
BEFORE: Final = f"""# Kinds, paths and codes

Made by `scripts/write_kinds.py` from `domain/`; do not edit it. How records, paths and stamps work: [protocol.md](protocol.md).
A name and its meaning never change. A path, kind or code that is not here comes from a newer side: keep it and send it back as it is.

`{{…}}` is the key of an element. **bold** = required (missing ones are not refused). *Kept from* names the sensitivity; the table of roles says from whom.

| Type | Value in JSON |
|---|---|
| text, long_text | text, at most so many characters |
| code | a text of the list that is named |
| bool, int, decimal | `true`, a whole number, a number |
| money | whole satang |
| date | `{{"iso": "1969-05-01", "precision": "day"}}`; precision `day`, `month`, `year`, `estimated` |
| instant | ISO 8601 at `+07:00`, with milliseconds |
| geo | `{{"lat", "lon", "accuracy_m", "taken_at", "source"}}` |
| area | 2, 4, 6 or 8 digits |
| phone, thai_id | digits as text |
| ref, worker | the id of a record, of a worker |
| open, and every path that is not here | any JSON, as a whole, at most {LARGEST_VALUE:,} bytes |
| element | `true` = in the set, `false` = taken out; in a list only `false`: the element is gone |
"""


def _cell(declared: Field) -> str:
    kept = declared.sensitivity
    told = declared.type.value if declared.type is not Type.CODE else f"code `{declared.codes}`"
    if declared.type in (Type.TEXT, Type.LONG_TEXT):
        told += f" ≤ {declared.max_length:,}"
    if declared.refers:
        told += f" → `{declared.refers}`"
    if declared.lowest is not None or declared.highest is not None:
        told += f" {declared.lowest} … {declared.highest}"
    told += "; settled by a person" if declared.needs_person else ""
    return f"{told} | {'' if kept is Sensitivity.NORMAL else kept.value}"


def _rows(declared: Field) -> Iterator[str]:
    name = f"**{declared.name}**" if declared.required else declared.name
    match declared.type:
        case Type.STRUCT:
            yield from (f"| {name}/{sub.name} | {_cell(sub)} |" for sub in declared.fields)
        case Type.SET:
            of = f" of code `{declared.codes}`" if declared.codes else f" of {declared.of}"
            kept = declared.sensitivity
            shown = "" if kept is Sensitivity.NORMAL else kept.value
            yield f"| {name}/{{…}} | element{of} | {shown} |"
        case Type.LIST:
            key = "{" + (declared.key or "key") + "}"
            yield f"| {name}/{key} | element | |"
            yield from (f"| {name}/{key}/{sub.name} | {_cell(sub)} |" for sub in declared.fields)
        case _:
            yield f"| {name} | {_cell(declared)} |"


def _kind(kind: Kind) -> Iterator[str]:
    yield f"\n## {kind.name}\n"
    notes = []
    if kind.case:
        notes.append(f"Belongs to the case in `{kind.case}`.")
    if kind.append_only:
        notes.append("Only added to: what is written stays.")
    if kind.server_only:
        notes.append("Written by the centre alone.")
    if notes:
        yield " ".join(notes) + "\n"
    yield "| Path | Value | Kept from |\n|---|---|---|"
    for declared in kind.fields:
        yield from _rows(declared)


def _roles() -> Iterator[str]:
    yield "\n## Roles\n\n| Role | Cases it sees | Not sent | Values kept from it | Writes |"
    yield "|---|---|---|---|---|"
    for role, reach in CASE_REACH.items():
        unseen = [name for name in KINDS if not sees_kind(role, name)]
        hidden = [kept.value for kept in Sensitivity if hides(role, kept)]
        writes = [name for name in KINDS if name in WRITES.get(role, frozenset())]
        cells = (reach.value, *(", ".join(part) for part in (unseen, hidden, writes)))
        yield f"| {role} | " + " | ".join(cells) + " |"


def _moves() -> Iterator[str]:
    yield "\n## Moves of a case\n\n| From | To | Who |\n|---|---|---|"
    for (start, to), roles in MOVES.items():
        yield f"| {start} | {to} | {', '.join(sorted(roles))} |"


def _codes() -> Iterator[str]:
    yield "\n## Codes\n\n| List | Codes |\n|---|---|"
    for name in sorted(CODES):
        yield f"| `{name}` | {' '.join(CODES[name])} |"


def page() -> str:
    """The page as it should be."""
    lines = [line for kind in KINDS.values() for line in _kind(kind)]
    return "\n".join([BEFORE.rstrip(), *lines, *_roles(), *_moves(), *_codes()]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
