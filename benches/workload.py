"""What the sync bench sends: visits of form ปสค. with 44 paths, and edits of two of their fields.

Sized as in the comparison with other systems: about 2,040 bytes of JSON and 215 characters of free
Thai text, which compress no better than prose (4.1 bits a character under zstd-19 on 9,300 of them).
The words are cut at random from the packaged phrases; texts are words by Zipf's law, with slips.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random
from typing import Final

from telewelfare.domain.clock import Millis
from telewelfare.domain.codes import CODES
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.fields import Json, Path
from telewelfare.domain.ids import RecordId, uuid7
from telewelfare.domain.operations import Edit
from telewelfare.domain.thai_id import check_digit
from telewelfare.synthetic import names, places
from telewelfare.synthetic.texts import slip
from telewelfare.synthetic.words import table

AREA: Final = "920213"
CASES: Final = 20
WORDS: Final = 350
LONGEST_WORD: Final = 9
SLIPS: Final = 0.02  # of the words
SPACES: Final = 0.08
DAY: Final = 86_400_000  # ms
VISIT_DAYS: Final = 87  # over which the visits are spread; the edits come in the days after
EDIT_DAYS: Final = 2
TEXTS: Final = {  # characters
    "narrative": 103,
    "living_condition": 44,
    "client_voice": 28,
    "visitor_opinion_text": 15,
    "safety_note": 12,
    "requested_money_for": 10,
    "requested_things": 10,
}
EDIT_TEXT: Final = 36  # with id, time and the other field 233 bytes of JSON, as in the comparison
_HOLES: Final = re.compile(r"\{.*?\}")
_THAI: Final = re.compile("[ก-ฮะ-์]{2,}")
_CONSONANTS: Final = frozenset("กขคงจฉชซญดตถทนบปผฝพฟมยรลวสหอฮ")
_LEADING: Final = frozenset("เแโใไ")


@dataclass(frozen=True, slots=True)
class Written:
    """An edit and when it was made."""

    at: Millis
    edit: Edit


def cases(seed: int, begin: Millis) -> list[Written]:
    """The cases that the visits belong to."""
    rng = Random(f"{seed}/cases")
    return [_case(rng, Millis(begin + number)) for number in range(CASES)]


def _case(rng: Random, at: Millis) -> Written:
    sets: dict[Path, Json] = {"area": AREA, "opened_at": bangkok_iso(at), "state": "reported"}
    return Written(at, Edit("case", RecordId(uuid7(at, rng.randbytes(10))), sets))


def visits(seed: int, count: int, begin: Millis, of: Sequence[str], worker: str) -> list[Written]:
    """So many visits, one after another, made offline in the days after `begin`."""
    rng = Random(f"{seed}/visits")
    ends = sorted(begin + int(rng.uniform(0.01, VISIT_DAYS) * DAY) for _ in range(count))
    return [_visit(rng, Millis(end), rng.choice(of), worker) for end in ends]


def edits(seed: int, made: Sequence[Written], begin: Millis) -> list[Written]:
    """One edit of two fields for each of these."""
    rng = Random(f"{seed}/edits")
    moments = sorted(begin + int(rng.uniform(0.01, EDIT_DAYS) * DAY) for _ in made)
    chosen = rng.sample(list(made), len(made))
    return [
        Written(Millis(at), Edit("visit", one.edit.record, _changed(rng)))
        for at, one in zip(moments, chosen, strict=True)
    ]


def _changed(rng: Random) -> dict[Path, Json]:
    return {
        "received_amount_this_year": rng.randrange(1, 90) * 10_000,
        "immediate_help_text": prose(rng, EDIT_TEXT),
    }


def _visit(rng: Random, end: Millis, case: str, worker: str) -> Written:
    """42 paths; the journal adds who wrote it and when."""
    start = Millis(end - rng.randrange(15, 95) * 60_000 - rng.randrange(60_000))
    place = places.place_in(rng, AREA)
    sets: dict[Path, Json] = {
        "case": case,
        "kind": rng.choice(CODES["visit_kind"]),
        "mode": rng.choice(CODES["visit_mode"]),
        "started_at": bangkok_iso(start),
        "ended_at": bangkok_iso(end),
        "geo": places.position(rng, place, start),
        f"visitors/{worker}": True,
        "met_client": _likely(rng, 0.9),
        "on_behalf": True,
        "applicant/first_name": names.first_name(rng, "female", 50, place, muslim=False),
        "applicant/last_name": names.last_name(rng, muslim=False),
        "applicant/id_no": _citizen_number(rng),
        "applicant/relation": rng.choice(CODES["relation"]),
        "applicant/phone": names.mobile(rng),
        **_some(rng, "informants", "relation", 2),
        **_some(rng, "problems", "problem", 4),
        **_some(rng, "requested_help", "requested_help", 2),
        "requested_amount": rng.randrange(5, 40) * 10_000,
        "received_before": _likely(rng, 0.45),
        "received_times_this_year": rng.randrange(4),
        "received_amount_this_year": rng.randrange(0, 90) * 10_000,
        **_some(rng, "received_welfare", "received_welfare", 2),
        "notice_given": _likely(rng, 0.97),
        **_some(rng, "causes", "cause", 2),
        "visitor_opinion": rng.choice(CODES["visitor_opinion"]),
        **_some(rng, "immediate_help", "immediate_help", 2),
        **{name: prose(rng, _about(rng, length)) for name, length in TEXTS.items()},
        "completed": True,
    }
    return Written(end, Edit("visit", RecordId(uuid7(end, rng.randbytes(10))), sets))


def _likely(rng: Random, share: float) -> bool:
    return rng.random() < share


def _some(rng: Random, name: str, codes: str, count: int) -> dict[Path, Json]:
    return {f"{name}/{code}": True for code in sorted(rng.sample(CODES[codes], count))}


def _about(rng: Random, length: int) -> int:
    return max(3, int(length * rng.uniform(0.5, 1.5)))


def _citizen_number(rng: Random) -> str:
    """One that was never issued: none begins with 9."""
    twelve = f"9{rng.randrange(10**11):011d}"
    return f"{twelve}{check_digit(twelve)}"


def prose(rng: Random, length: int) -> str:
    """So many characters of something like Thai."""
    words, shares = _vocabulary()
    text = ""
    while len(text) < length:
        word = rng.choices(words, cum_weights=shares)[0]
        text += slip(rng, word) if rng.random() < SLIPS else word
        text += " " if rng.random() < SPACES else ""
    return text[:length].strip() or text


@cache
def _vocabulary() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Words and their cumulative shares by Zipf's law; the same in every run."""
    rng, found = Random("vocabulary"), dict[str, None]()
    runs = [run for text in _phrases() for run in _THAI.findall(_HOLES.sub(" ", text))]
    while len(found) < WORDS:
        word = _slice(rng, rng.choice(runs))
        if 1 < len(word) <= LONGEST_WORD:
            found[word] = None
    return tuple(found), tuple(accumulate(1 / place for place in range(1, WORDS + 1)))


def _slice(rng: Random, run: str) -> str:
    """A few syllables, cut where a syllable may begin."""
    cuts = [at for at in range(1, len(run)) if _begins(run, at)]
    cuts = [0, *cuts, len(run)]
    first = rng.randrange(len(cuts) - 1)
    return run[cuts[first] : cuts[min(len(cuts) - 1, first + rng.randint(1, 4))]]


def _begins(run: str, at: int) -> bool:
    return run[at] in _CONSONANTS | _LEADING and run[at - 1] not in _LEADING


def _phrases() -> Iterator[str]:
    for name in ("texts", "scenarios"):
        yield from _texts(table(name))


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield from value.split("|")
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list() | tuple():
            for inner in value:
                yield from _texts(inner)


def plain(edit: Edit, worker: str, at: Millis) -> dict[str, Json]:
    """A record as its JSON is counted: the id and every path."""
    written: dict[str, Json] = {"created_by": worker, "recorded_at": bangkok_iso(at)}
    return {"id": edit.record, **edit.sets, **written}


def size(record: dict[str, Json]) -> int:
    """UTF-8 JSON bytes."""
    return len(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode())
