"""Free texts as people type them: short, long, with slips, line breaks and Thai digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from telewelfare.synthetic.words import pool

LONGEST = 1_500  # characters
_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_CONSONANTS = frozenset(map(chr, range(0x0E01, 0x0E2F)))


def phrase(rng: Random, *path: str) -> str:
    """Return one of the packaged phrases."""
    return rng.choice(pool("texts", *path))


def story(rng: Random, sentences: Sequence[str], slots: Mapping[str, str]) -> str:
    """Tell something in one or two of the sentences, or go on at great length."""
    kind = rng.random()
    told = list(sentences[:2]) if kind > 0.7 else [rng.choice(sentences)]
    if kind > 0.85:
        told += rng.sample(pool("texts", "fillers"), rng.randint(1, 4))
    if kind > 0.95:
        told += rng.sample(pool("texts", "fillers"), len(pool("texts", "fillers")))
    joined = ("\n" if rng.random() < 0.2 else " ").join(told).format_map(slots)
    return as_typed(rng, joined[:LONGEST])


def as_typed(rng: Random, text: str) -> str:
    """Leave some texts as a hurried thumb leaves them."""
    chance = rng.random()
    if chance < 0.06:
        return slip(rng, text)
    if chance < 0.16:
        return text.translate(_THAI_DIGITS)
    if chance < 0.18:
        return f"{text} {rng.choice(pool('texts', 'marks_typed'))}"
    if chance < 0.22:
        return f"  {text}\n"
    return text


def slip(rng: Random, text: str) -> str:
    """Double, drop or swap one consonant. Tone marks and vowels stay with their consonant."""
    at = rng.randrange(len(text))
    places = (*range(at, len(text) - 1), *range(at))
    pair = next((p for p in places if set(text[p : p + 2]) <= _CONSONANTS), None)
    if pair is None:
        return text
    one, two = text[pair], text[pair + 1]
    typed = rng.choice((two + one, one + one + two, two))
    return text[:pair] + typed + text[pair + 2 :]
