"""What the pages of `docs/` say is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import inspect
from sqlmodel import SQLModel

from scripts import write_kinds
from telewelfare.server.tables import METADATA
from telewelfare.store import tables

DOCS = Path(__file__).parent.parent / "docs"


def test_every_table_of_both_databases_is_explained() -> None:
    page = (DOCS / "database.md").read_text(encoding="utf-8")
    device, centre = page.split("## At the centre")
    rows = (tables.RecordRow, tables.OperationRow, tables.MetaRow)
    of_device = {str(inspect(row).local_table) for row in rows}
    for name in of_device:
        assert f"| `{name}` |" in device
    assert of_device <= set(SQLModel.metadata.tables)
    for name in METADATA.tables:
        assert f"| `{name}` |" in centre, name


PAGES = sorted([*DOCS.rglob("*.md"), *DOCS.parent.glob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


SYNC = (DOCS / "sync.md").read_text(encoding="utf-8")
TESTS = DOCS.parent / "tests"
SOURCE = DOCS.parent / "src" / "telewelfare"


def _defined() -> set[str]:
    """Every test there is; state machines are tests by the name they are given."""
    found = re.compile(r"^\s*(?:async )?def (test_\w+)|^(test_\w+) = ", re.MULTILINE)
    texts = (path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    return {name for text in texts for pair in found.findall(text) for name in pair if name}


def test_every_test_that_the_book_of_sync_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", SYNC))
    assert named
    assert sorted(named - _defined()) == []


def test_every_invariant_names_its_code_and_its_tests() -> None:
    told = re.split(
        r"^\d+\. ", SYNC.split("## Invariants")[1].split("\n## ")[0], flags=re.MULTILINE
    )
    for invariant in told[1:]:
        assert "`test_" in invariant, invariant
        assert re.search(r"`(?:domain|store|sync|server)/\w+\.py`|All of it", invariant), invariant


def test_every_file_of_the_code_that_the_book_of_sync_names_exists() -> None:
    for name in re.findall(r"`((?:domain|store|sync|server)/\w+\.py)`", SYNC):
        assert (SOURCE / name).is_file(), name


def test_the_page_of_kinds_says_what_is_declared() -> None:
    assert write_kinds.PAGE.read_text(encoding="utf-8") == write_kinds.page(), (
        "run scripts/write_kinds.py"
    )
