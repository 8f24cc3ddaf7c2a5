"""The check at the end of a round: what to ask the centre next, until the two hold the same.

    check ──▶ the same, or nothing to be known: over
      │ unlike
      ▼
    compare ──▶ which records differ ──▶ want ──▶ they come whole, or are gone: over

One small check rides with the last request of each round and costs no further one. Only what it
finds does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, TypedDict

from telewelfare.domain.clock import Millis
from telewelfare.store.checking import Span, Told
from telewelfare.store.journal import Journal
from telewelfare.store.turns import Turn
from telewelfare.sync.protocol import MAX_ASKED, SPAN, SyncReply

LARGE: Final = 1_000  # records in one part of a check of everything
TRIES: Final = 8  # times that one part is compared, when very much of it differs


class Asked(TypedDict, total=False):
    """The fields of a request that ask."""

    check: str
    check_span: int
    compare: tuple[str, str]
    wants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What a request asks about what the device holds."""

    turn: Turn
    step: Literal["check", "compare", "want"] = "check"
    upto: str = ""
    wants: tuple[str, ...] = ()
    tries: int = 0
    own: tuple[str, ...] = ()  # records that are asked for whatever the check says

    @property
    def span(self) -> Span:
        """The ids it is about, once the centre has said where they end."""
        return Span(self.turn.after, self.upto)

    @property
    def fields(self) -> Asked:
        """As a request says it."""
        match self.step:
            case "check":
                span = LARGE if self.turn.large else SPAN
                return {"check": self.turn.after, "check_span": span, "wants": self.own}
            case "compare":
                return {"compare": (self.turn.after, self.upto)}
            case "want":
                return {"wants": self.wants}


def first(journal: Journal, now: Millis) -> Question:
    """What the last request of a round asks."""
    return Question(journal.next_check(now), own=journal.wanted(MAX_ASKED))


def following(journal: Journal, asked: Question, reply: SyncReply, now: Millis) -> Question | None:
    """What is to be asked next; `None` = nothing. To be called when the reply was taken in."""
    if reply.more:
        return asked  # the centre answers with its last page
    journal.were_told(asked.own)
    found = _next(journal, replace(asked, own=()), reply, now)
    if found is None and journal.wanted(1):  # something that was just sent was refused
        return first(journal, now)
    return found


def _next(journal: Journal, asked: Question, reply: SyncReply, now: Millis) -> Question | None:
    match asked.step:
        case "check":
            return _compared(journal, asked, reply, now)
        case "compare":
            return _told_apart(journal, asked, reply, now)
        case "want":
            again = len(asked.wants) == MAX_ASKED and asked.tries < TRIES
            if again:
                return replace(asked, step="compare")
            return _over(journal, asked, now)


def _compared(journal: Journal, asked: Question, reply: SyncReply, now: Millis) -> Question | None:
    told = reply.check
    if told is None or told.after != asked.turn.after:  # a centre that does not check
        return None
    known = replace(asked, upto=told.upto)
    agrees = journal.agrees(Told(known.span, told.count, told.digest))
    if agrees or (agrees is None and not asked.turn.large):
        return _over(journal, known, now)
    return replace(known, step="compare")


def _told_apart(
    journal: Journal, asked: Question, reply: SyncReply, now: Millis
) -> Question | None:
    if reply.digests is None:
        return None
    wants = tuple(journal.differing(asked.span, reply.digests)[:MAX_ASKED])
    if not wants:
        return _over(journal, asked, now)
    return replace(asked, step="want", wants=wants, tries=asked.tries + 1)


def _over(journal: Journal, asked: Question, now: Millis) -> Question | None:
    journal.checked(asked.turn, asked.upto, now)
    return None
