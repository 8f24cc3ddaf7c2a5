"""A phone that dies between any two statements has both the row and its operation, or neither."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from telewelfare.store.journal import Journal
from tests.store import dying
from tests.store.snapshots import Snapshot, journal, snapshot

FEWEST = 12  # statements, so that the test cannot pass by doing nothing


@dataclass(frozen=True)
class Deaths:
    """Where the work died, where it did not, and what a journal holds before and after it."""

    work: Callable[[Journal], None]
    dead: list[Path]
    survivor: Path
    before: Snapshot
    whole: Snapshot


def opened(folder: Path) -> Journal:
    return journal(folder, dying.ACTOR)


@pytest.fixture(scope="module", params=["edit", "take_in"])
def deaths(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Deaths:
    name, folder = request.param, tmp_path_factory.mktemp(request.param)
    dying.prepare(folder / "template")
    command = (sys.executable, "-m", "tests.store.dying", str(folder), name)
    subprocess.run(command, cwd=Path(__file__).parents[2], check=True, timeout=120)
    *dead, survivor = sorted(folder.glob(f"{name}-*"))
    assert len(dead) >= FEWEST
    shutil.copytree(folder / "template", folder / "whole")
    kept = opened(folder / "whole")
    before = snapshot(kept)
    dying.WORKS[name](kept)
    return Deaths(dying.WORKS[name], dead, survivor, before, snapshot(kept))


def test_killed_between_any_two_statements_leaves_all_of_it_or_nothing(deaths: Deaths) -> None:
    assert deaths.before != deaths.whole
    assert snapshot(opened(deaths.survivor)) == deaths.whole
    for folder in deaths.dead:
        assert snapshot(opened(folder)) == deaths.before, folder.name


def test_what_died_half_way_can_be_done_again(deaths: Deaths) -> None:
    for folder in deaths.dead[::4]:
        kept = opened(folder)
        deaths.work(kept)
        assert snapshot(kept) == deaths.whole, folder.name
