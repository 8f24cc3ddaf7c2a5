"""A full disk: a calm error, and nothing that was saved before is lost."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from telewelfare.domain.operations import Edit
from telewelfare.store.errors import DiskFull
from telewelfare.store.home import Home, Opened
from telewelfare.store.journal import Journal
from telewelfare.store.migrations import migrate
from tests import eg
from tests.store import snapshots

PERSON = eg.new_id()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB, where one may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    words = ("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place))
    mounted = os.geteuid() == 0 and subprocess.run(words, capture_output=True, check=False)
    if not mounted or mounted.returncode != 0:
        pytest.skip("no disk may be mounted here; the limit on a file's size shows the same")
    yield place
    subprocess.run(("umount", "--lazy", str(place)), check=True)


def _fill(disk: Path) -> Path:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return ballast


def test_on_a_full_disk_nothing_is_lost_and_work_goes_on_once_there_is_room(
    small_disk: Path,
) -> None:
    opened = eg.opened(small_disk / "home")
    kept = opened.journal
    kept.commit([eg.edit("person", PERSON, alias="เดิม")], eg.NOW)
    ballast = _fill(small_disk)
    with pytest.raises(DiskFull):
        _rename_often(kept)
    with pytest.raises(DiskFull):
        opened.files.keep("ab" * 32, bytes(600_000))
    told = kept.get(PERSON)
    assert told is not None
    assert told.values["alias"] == kept.pending(999)[-1].sets["alias"]  # both or neither
    ballast.unlink()
    kept.commit([Edit("person", PERSON, {"alias": "มีที่ว่างแล้ว"})], eg.NOW)
    kept.engine.dispose()
    again = Home(small_disk / "home").unlock(eg.PIN, eg.NOW)
    assert isinstance(again, Opened)
    assert again.journal.pending(999)[-1].sets == {"alias": "มีที่ว่างแล้ว"}


def _rename_often(kept: Journal) -> None:
    for n in range(99):
        kept.commit([Edit("person", PERSON, {"alias": f"ใหม่ {n} " + "ก" * 150})], eg.NOW)


def _limited(folder: Path) -> None:
    """In a process of its own: files may not grow beyond 200 kB."""
    kept: Journal = snapshots.journal(folder, eg.identity().actor)
    migrate(kept.engine)
    kept.commit([eg.edit("person", PERSON, alias="เดิม")], eg.NOW)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
    saved = 0
    try:
        for n in range(500):
            kept.commit([Edit("person", PERSON, {"alias": f"{n} " + "ก" * 180})], eg.NOW)
            saved = n
    except DiskFull:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        kept.commit([Edit("person", PERSON, {"sex": "male"})], eg.NOW)
        values = kept.get(PERSON).values  # type: ignore[union-attr]  # it is there
        numbers = [op.n for op in kept.pending(999)]
        assert str(values["alias"]).startswith(f"{saved} ")
        assert values["sex"] == "male"
        assert numbers == list(range(1, saved + 4))
        sys.stdout.write("calm")


def test_a_disk_that_takes_no_more_is_met_calmly_and_a_later_commit_works(tmp_path: Path) -> None:
    code = (
        "import pathlib, tests.store.test_disk_full as t;"
        f" t._limited(pathlib.Path({str(tmp_path)!r}))"
    )
    ran = subprocess.run(
        (sys.executable, "-c", code),
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.stdout == "calm", ran.stderr
