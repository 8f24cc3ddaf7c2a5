"""A file goes from a phone without signal, by another one, to the centre: on the command line."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from telewelfare.cli.admin import admin_app
from telewelfare.cli.device import device_app
from tests import eg
from tests.cli.test_device import CASE, Device, Office, enrolled, office

__all__ = ["office"]


def admin(database: Path, *words: str) -> tuple[int, Any]:
    ran = CliRunner().invoke(
        admin_app, ["--database", str(database), *words], env={"TELEWELFARE_LANG": "en"}
    )
    assert not isinstance(ran.exception, Exception), ran.exception
    return ran.exit_code, json.loads(ran.stdout.splitlines()[-1])


def ledger(database: Path) -> list[str]:
    with sqlite3.connect(database) as db:
        rows = db.execute("SELECT kind FROM ledger WHERE device NOT LIKE 'srv%' ORDER BY seq")
        kinds = [str(kind) for (kind,) in rows]
    db.close()
    return kinds


def test_work_travels_in_another_pocket(office: Office, tmp_path: Path) -> None:
    far, near = enrolled(office, tmp_path / "far"), enrolled(office, tmp_path / "near")
    far.good("add", "case", given=CASE)
    file = tmp_path / "work.twb"
    made = far.good("bundle", "make", str(file))
    assert made == {"files": [str(file)], "operations": 1, "bytes": 4_096}
    assert file.stat().st_size == 4_096
    assert far.good("status")["pending"] == 1
    given = near.good("bundle", "take", str(file))
    assert (given["state"], given["problem"]) == ("taken", "")
    assert near.good("bundle", "take", str(file))["state"] == "taken"
    assert near.good("bundle")["carried"][0]["state"] == "taken"
    assert far.good("sync")["pending"] == 0


def test_without_signal_a_file_waits_and_goes_later(office: Office, tmp_path: Path) -> None:
    far = enrolled(office, tmp_path / "far")
    far.good("add", "case", given=CASE)
    file = tmp_path / "work.twb"
    far.good("bundle", "make", str(file))
    eg.opened(tmp_path / "offline").journal.engine.dispose()
    offline = Device(tmp_path / "offline")
    given = offline.good("bundle", "take", str(file))
    assert (given["state"], given["problem"]) == ("waiting", "offline")
    assert offline.good("bundle")["carried"] == [
        {"id": given["id"], "state": "waiting", "bytes": 4_096}
    ]


def test_a_folder_gets_a_file_with_a_name_that_says_nothing(office: Office, tmp_path: Path) -> None:
    far = enrolled(office, tmp_path / "far")
    assert far.bad("bundle", "make", str(tmp_path))["error"] == "nothing_waits"
    far.good("add", "case", given=CASE)
    [file] = far.good("bundle", "make", str(tmp_path))["files"]
    assert len(Path(file).stem) == 12
    assert far.bad("bundle", "make", file)["error"] == "file_exists"


@pytest.mark.parametrize(
    ("contents", "code"), [(b"hello", "bundle_other_file"), (None, "unreadable_file")]
)
def test_what_is_no_bundle_is_refused_with_its_sentence(
    tmp_path: Path, contents: bytes | None, code: str
) -> None:
    eg.opened(tmp_path / "home").journal.engine.dispose()
    file = tmp_path / "x.twb"
    if contents is not None:
        file.write_bytes(contents)
    assert Device(tmp_path / "home").bad("bundle", "take", str(file))["error"] == code


def test_the_centre_takes_a_file_itself(office: Office, tmp_path: Path) -> None:
    database = Path(office.app.state.service.engine.url.database)
    far = enrolled(office, tmp_path / "far")
    far.good("add", "case", given=CASE)
    file = tmp_path / "work.twb"
    far.good("bundle", "make", str(file))
    before = len(ledger(database))
    for _ in range(2):
        status, taken = admin(database, "bundle", "take", str(file))
        assert status == 0, taken
        assert (taken["operations"], taken["acknowledged"], taken["kept"]) == (1, 1, 0)
    assert len(ledger(database)) == before + 1
    damaged = bytearray(file.read_bytes())
    damaged[500] ^= 1
    file.write_bytes(damaged)
    status, refused = admin(database, "bundle", "take", str(file))
    assert (status, refused["error"]) == (1, "bundle_damaged")
    assert "damaged" in refused["message"]
    assert admin(database, "bundle") == (0, [])


def test_the_doctor_tells_each_step_and_support_has_them(office: Office, tmp_path: Path) -> None:
    well = enrolled(office, tmp_path / "well").good("doctor")
    assert well["ok"]
    assert [step["name"] for step in well["steps"]][-1] == "device"
    told = enrolled(office, tmp_path / "other").good("support")
    assert told["checks"][-1].startswith("device ok")
    assert told["centre"] == {"scheme": "http"}


def test_every_command_has_help() -> None:
    for words in (["bundle", "--help"], ["support", "--help"]):
        ran = CliRunner().invoke(device_app, ["--home", "x", *words])
        assert ran.exit_code == 0
