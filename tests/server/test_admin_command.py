"""`telewelfare admin …`: one JSON document on standard output, and a status a script can trust."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from telewelfare.server.database import connect, writing

INVITE = ("invite", "--centre", "92", "--role", "volunteer", "--name", "สมใจ")


def run(database: str, *words: str) -> tuple[int, Any, str]:
    """Status, document and standard error of the command."""
    command = [sys.executable, "-m", "telewelfare", "admin", "--database", database, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, json.loads(done.stdout), done.stderr


def test_a_centre_from_nothing_to_an_invitation(tmp_path: Path) -> None:
    database = str(tmp_path / "data" / "centre.db")
    status, made, said = run(database, "init", "--centre", "92", "--name", "ศูนย์ตรัง")
    assert (status, made["centre"], said) == (0, "92", "")
    assert stat.S_IMODE(Path(made["key_file"]).stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(database).stat().st_mode) == 0o600
    status, refused, _ = run(database, "init", "--centre", "92", "--name", "ศูนย์ตรัง")
    assert (status, refused["error"]) == (1, "centre_exists")
    status, invited, _ = run(
        database, *INVITE, "--area", "9202,920601", "--url", "https://centre.example/"
    )
    assert status == 0
    assert invited["url"] == f"https://centre.example/enrol#{invited['code']}"
    _, users, _ = run(database, "users")
    assert [(one["name"], one["areas"]) for one in users] == [("สมใจ", ["9202", "920601"])]
    assert run(database, "devices")[1] == []
    status, found, _ = run(database, "verify-ledger")
    assert (status, found) == (0, [{"centre": "92", "rows": 1, "broken_at": None}])


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        ((*INVITE, "--area", "9202"), 1, "centre_unknown"),
        (("revoke", "dabcdefg"), 1, "device_unknown"),
        (("init", "--centre", "../x", "--name", "x"), 1, "centre_id_bad"),
        (("init", "--centre", "92"), 2, "usage"),
        (("fly",), 2, "usage"),
        ((), 2, "usage"),
    ],
)
def test_a_failure_is_a_document_too(
    tmp_path: Path, words: tuple[str, ...], status: int, code: str
) -> None:
    database = str(tmp_path / "centre.db")
    run(database, "init", "--centre", "93", "--name", "ศูนย์พัทลุง")
    got, document, _ = run(database, *words)
    assert (got, document["error"]) == (status, code)
    assert document["message"]


@pytest.mark.parametrize(
    "words",
    [
        ("users",),
        ("devices",),
        ("verify-ledger",),
        ("revoke", "dabcdefg"),
        (*INVITE, "--area", "9202"),
        ("invite", "--worker", "nobody"),
    ],
)
def test_where_there_is_no_database_none_is_made(tmp_path: Path, words: tuple[str, ...]) -> None:
    file = tmp_path / "typo" / "x.db"
    status, document, said = run(f"sqlite:///{file}", *words)
    assert (status, document["error"], said) == (1, "no_database", "")
    assert str(file) in document["message"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_a_new_database_is_its_owners_alone_with_all_that_sqlite_lays_beside_it(
    tmp_path: Path, umask: int
) -> None:
    before = os.umask(umask)
    try:
        engine = connect(f"sqlite:///{tmp_path / 'centre.db'}")
        with writing(engine) as db:
            db.exec_driver_sql("CREATE TABLE one (id INTEGER)")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
        engine.dispose()
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("centre.db", "centre.db-wal", "centre.db-shm"), 0o600)


def test_without_any_word_one_document_says_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "telewelfare", "admin"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    document = json.loads(done.stdout)
    assert (done.returncode, document["error"]) == (2, "usage")
    assert "telewelfare admin --help" in document["message"]


def test_a_database_that_cannot_be_used_is_said_calmly(tmp_path: Path) -> None:
    (tmp_path / "centre.db").write_text("not a database")
    status, document, said = run(str(tmp_path / "centre.db"), "users")
    assert (status, document["error"], said) == (1, "database_unusable", "")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--role", "pilot", "--area", "9202", "--name", "x"), "role_unknown"),
        (("--role", "volunteer", "--area", "0000", "--name", "x"), "area_unknown"),
        (("--role", "volunteer", "--name", "x"), "area_missing"),
        (("--role", "volunteer", "--area", "92", "--name", " "), "name_missing"),
        (("--worker", "nobody"), "worker_unknown"),
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused(
    tmp_path: Path, words: tuple[str, ...], code: str
) -> None:
    database = str(tmp_path / "centre.db")
    run(database, "init", "--centre", "92", "--name", "ศูนย์ตรัง")
    status, document, _ = run(database, "invite", "--centre", "92", *words)
    assert (status, document["error"]) == (1, code)


def test_a_backup_comes_back_with_another_epoch(tmp_path: Path) -> None:
    database, copy = str(tmp_path / "centre.db"), str(tmp_path / "copy.db")
    run(database, "init", "--centre", "92", "--name", "ศูนย์ตรัง")
    status, made, _ = run(database, "backup", copy)
    assert (status, made["file"]) == (0, copy)
    assert stat.S_IMODE(Path(copy).stat().st_mode) == 0o600
    run(database, *INVITE, "--area", "9202")
    [first] = run(database, "restore", copy)[1]
    [second] = run(database, "restore", copy)[1]
    assert first["centre"] == second["centre"] == "92"
    assert first["epoch"] != second["epoch"]
    assert run(database, "users")[1] == []
    status, found, _ = run(database, "verify-ledger")
    assert (status, found[0]["broken_at"]) == (0, None)


@pytest.mark.parametrize("words", [("backup", "no backup.txt"), ("restore", "no backup.txt")])
def test_a_file_that_is_something_else_is_neither_read_nor_overwritten(
    tmp_path: Path, words: tuple[str, str]
) -> None:
    database, other = str(tmp_path / "centre.db"), tmp_path / words[1]
    run(database, "init", "--centre", "92", "--name", "ศูนย์ตรัง")
    other.write_text("จดหมาย", encoding="utf-8")
    status, refused, _ = run(database, words[0], str(other))
    assert (status, refused["error"]) in {(1, "file_exists"), (1, "not_a_backup")}
    assert other.read_text(encoding="utf-8") == "จดหมาย"
    assert len(run(database, "verify-ledger")[1]) == 1
