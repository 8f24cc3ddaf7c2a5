"""What the pages of `docs/` say is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import inspect
from sqlmodel import SQLModel

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
