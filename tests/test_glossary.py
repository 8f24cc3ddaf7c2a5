"""docs/glossary.md names only what exists, and reserves only what does not."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from telewelfare.domain.codes import CODES
from telewelfare.domain.kinds import KINDS

GLOSSARY = (Path(__file__).parents[1] / "docs" / "glossary.md").read_text(encoding="utf-8")
BUILT, _, REST = GLOSSARY.partition("## Reserved for")
RESERVED = REST.partition("\n## ")[0]


def rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("| ไทย"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def names(text: str) -> list[str]:
    return [name for row in rows(text) for name in re.findall("`([^`]+)`", row[1])]


def exists(name: str) -> bool:
    if ":" in name:
        enumeration, code = name.split(":")
        return code in CODES.get(enumeration, ())
    kind, _, field = name.partition(".")
    if not field:
        return kind in KINDS or kind in CODES
    outer, _, inner = field.partition("/")
    declared = KINDS[kind].field(outer)
    return declared is not None and (not inner or inner in {sub.name for sub in declared.fields})


@pytest.mark.parametrize("name", names(BUILT))
def test_what_the_glossary_names_is_in_the_code(name: str) -> None:
    assert exists(name)


@pytest.mark.parametrize("name", names(RESERVED))
def test_what_the_glossary_reserves_is_not_built_yet(name: str) -> None:
    assert name not in KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_record_is_explained(kind: str) -> None:
    assert kind in names(BUILT)


@pytest.mark.parametrize("enumeration", ["role", "urgency", "dimension", "case_state"])
def test_every_role_level_dimension_and_state_is_explained(enumeration: str) -> None:
    assert {f"{enumeration}:{code}" for code in CODES[enumeration]} <= set(names(BUILT))


def test_every_row_says_thai_and_english() -> None:
    for thai, _, english, *_ in rows(BUILT):
        assert thai
        assert english
