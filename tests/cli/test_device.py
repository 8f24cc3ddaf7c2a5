"""`telewelfare device`: one JSON document, whatever happens."""

from __future__ import annotations

import json
import logging
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
import uvicorn
from typer.testing import CliRunner

from telewelfare.cli.device import device_app
from telewelfare.server import admin
from telewelfare.server.app import create_app
from telewelfare.server.config import Settings, wall_clock
from telewelfare.store.migrations import STEPS
from tests import eg
from tests.sync.bad_centre import Answer, answering

CASE = {"area": "920213", "opened_at": "2026-11-20T09:15:00+07:00", "state": "reported"}


@dataclass
class Reply:
    status: int
    document: dict[str, Any]


@dataclass
class Device:
    """A device driven as programs drive it."""

    home: Path
    pin: str | None = eg.PIN

    def __call__(self, *words: str, given: object = None, raw: bytes | None = None) -> Reply:
        text = raw if raw is not None else b"" if given is None else json.dumps(given).encode()
        environment = {"TELEWELFARE_PIN": self.pin, "TELEWELFARE_LANG": "en"}
        ran = CliRunner().invoke(
            device_app, ["--home", str(self.home), *words], input=text, env=environment
        )
        assert not isinstance(ran.exception, Exception), ran.exception
        [line] = ran.stdout.splitlines()
        return Reply(ran.exit_code, json.loads(line))

    def good(self, *words: str, given: object = None, raw: bytes | None = None) -> dict[str, Any]:
        reply = self(*words, given=given, raw=raw)
        assert reply.status == 0, reply.document
        return reply.document

    def bad(self, *words: str, given: object = None, raw: bytes | None = None) -> dict[str, Any]:
        reply = self(*words, given=given, raw=raw)
        assert reply.status == 1, reply.document
        assert set(reply.document) >= {"error", "message"}
        assert reply.document["message"] not in ("", f"device.{reply.document['error']}")
        return reply.document


@pytest.fixture
def device(tmp_path: Path) -> Device:
    """Enrolled, with no centre that answers."""
    eg.opened(tmp_path / "home", eg.identity("social_worker")).journal.engine.dispose()
    return Device(tmp_path / "home")


@dataclass
class Office:
    """A served centre and how to get into it."""

    url: str
    app: Any

    def invite(
        self, role: str = "volunteer", areas: tuple[str, ...] = ("920213",)
    ) -> admin.Invited:
        engine = self.app.state.service.engine
        return admin.invite(
            engine,
            centre="92",
            role=role,
            areas=areas,
            name="สมศรี",
            now=wall_clock(),
            base_url=self.url,
        )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("centre")
    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=quiet)  # the server's lines are not the device's
    app = create_app(
        Settings(database=f"sqlite:///{folder / 'c.db'}", enrol_attempts_per_minute=999)
    )
    admin.init(app.state.service.engine, centre="92", name="ศูนย์ตรัง", keys=folder)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        while not server.started:
            time.sleep(0.02)
        yield Office(url, app)
        server.should_exit = True
        thread.join()
    app.state.service.engine.dispose()
    structlog.reset_defaults()


def enrolled(office: Office, home: Path, role: str = "social_worker") -> Device:
    made, invited = Device(home), office.invite(role, ("92",))
    made.good("enrol", invited.url)
    return made


def test_a_record_is_added_shown_changed_and_listed(device: Device) -> None:
    given = CASE | {"target_groups": ["homeless"], "problems": [{"code": "p1", "severity": 2}]}
    case = device.good("add", "case", given=given)["id"]
    shown = device.good("show", "case", case)
    assert shown["id"] == case
    assert shown["target_groups"] == ["homeless"]
    assert shown["problems"] == [{"code": "p1", "severity": 2}]
    device.good("set", "case", case, given={"target_groups": [], "urgency": "urgent"})
    shown = device.good("show", "case", case)
    assert shown["urgency"] == "urgent"
    assert "target_groups" not in shown
    other = device.good("add", "case", given=CASE)["id"]
    listed = device.good("list", "case", "--limit", "1")
    assert listed["total"] == 2
    assert [one["id"] for one in listed["records"]] == [other]


def test_json_lines_are_saved_in_batches_or_not_at_all(device: Device) -> None:
    lines = "\n".join(json.dumps({"alias": f"คน {n}"}) for n in range(450))
    made = device.good("add", "person", "--lines", raw=(lines + "\n\n").encode())
    assert made["count"] == len(made["ids"]) == 450
    wrong = device.bad("add", "person", "--lines", raw=(lines + '\n{"sex": 5}').encode())
    assert (wrong["error"], wrong["line"]) == ("invalid", 451)
    assert device.good("status")["records"] == {"person": 450}


def test_an_id_may_be_given_so_that_other_records_can_name_it(device: Device) -> None:
    person = str(eg.new_id())
    assert device.good("add", "person", given={"id": person, "alias": "ก"})["id"] == person
    assert device.bad("add", "person", given={"id": person, "alias": "ข"})["error"] == "exists"
    assert device.bad("add", "person", given={"id": "../1", "alias": "ข"})["error"] == "bad_id"


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", "invalid_json"),
        (b"{", "invalid_json"),
        (b'{"a": NaN}', "invalid_json"),
        (b"\xff\xfe{}", "invalid_json"),
        (b"[" * 100_000, "invalid_json"),
        (b"[]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"{}", "nothing_given"),
    ],
)
def test_what_is_not_a_json_object_with_fields_is_refused(
    device: Device, raw: bytes, error: str
) -> None:
    assert device.bad("add", "person", raw=raw)["error"] == error


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"area": "920213"}, "opened_at", "required"),
        (CASE | {"opened_at": "yesterday"}, "opened_at", "not_an_instant"),
        (CASE | {"area": 5}, "area", "bad_area"),
        (CASE | {"target_groups": "homeless"}, "target_groups", "wrong_type"),
        (CASE | {"problems": [1]}, "problems", "wrong_type"),
        (
            CASE | {"problems": [{"code": "p1", "severity": 9}]},
            "problems/p1/severity",
            "out_of_range",
        ),
        (CASE | {"case_no": "ก" * 99}, "case_no", "too_long"),
        (CASE | {"urgency_reason": "\ud800"}, "urgency_reason", "bad_characters"),
    ],
)
def test_a_field_that_cannot_be_saved_is_named(
    device: Device, given: dict[str, Any], path: str, code: str
) -> None:
    wrong = device.bad("add", "case", given=given)
    assert wrong["error"] == "invalid"
    assert (path, code) in {(one["path"], one["code"]) for one in wrong["problems"]}
    assert device.good("status")["pending"] == 0


def test_what_is_doubtful_is_saved_with_a_warning(device: Device) -> None:
    given = {"alias": "ก", "id_no": "1234567890123", "phones": ["12"]}
    made = device.good("add", "person", given=given)
    assert {one["code"] for one in made["warnings"]} == {"bad_id_number", "bad_phone"}
    assert device.good("show", "person", made["id"])["id_no"] == "1234567890123"


def test_unknown_fields_and_codes_are_kept_as_they_are(device: Device) -> None:
    case = device.good("add", "case", given=CASE | {"newer": {"x": [1]}, "urgency": "purple"})["id"]
    shown = device.good("show", "case", case)
    assert (shown["newer"], shown["urgency"]) == ({"x": [1]}, "purple")


def test_a_field_that_the_kind_does_not_declare_is_kept_and_named(device: Device) -> None:
    made = device.good("add", "person", given={"alias": "ก", "nonsense": 1})
    [warning] = made["warnings"]
    assert (warning["path"], warning["code"]) == ("nonsense", "unknown_field")
    assert warning["message"].startswith("nonsense: This kind of record has no such field")
    assert device.good("show", "person", made["id"])["nonsense"] == 1
    problems = [{"code": "p1", "serious": True}]
    case = device.good("add", "case", given=CASE | {"problems": problems})
    assert [one["path"] for one in case["warnings"]] == ["problems/p1/serious"]
    cleared = device.good("set", "person", made["id"], given={"nonsense": None})
    assert "warnings" not in cleared
    assert "warnings" not in device.good("add", "case", given=CASE)


def test_unknown_kinds_and_records_are_said_to_be_unknown(device: Device) -> None:
    person = device.good("add", "person", given={"alias": "ก"})["id"]
    assert device.bad("add", "spaceship", given={})["error"] == "unknown_kind"
    assert device.bad("list", "spaceship")["error"] == "unknown_kind"
    assert device.bad("show", "case", person)["error"] == "unknown_record"
    assert device.bad("set", "person", "nobody", given={})["error"] == "unknown_record"
    assert device.bad("resolve", "nothing", "ours")["error"] == "unknown_conflict"


def test_what_a_worker_may_not_write_is_refused(device: Device) -> None:
    case = device.good("add", "case", given=CASE)["id"]
    assert (
        device.bad("add", "worker", given={"display_name": "ก", "role": "x"})["error"]
        == "forbidden"
    )
    assert device.bad("set", "case", case, given={"state": "closed"})["error"] == "state_by_event"


def test_a_wrong_or_missing_pin_opens_nothing(device: Device) -> None:
    device.pin = "739105"
    assert device.bad("status")["error"] == "wrong_pin"
    device.pin = None
    assert device.bad("status")["error"] == "pin_missing"
    device.pin = eg.PIN
    assert device.good("status")["role"] == "social_worker"


def test_after_several_wrong_pins_one_waits(device: Device) -> None:
    device.pin = "739105"
    for _ in range(4):
        device.bad("status")
    device.pin = eg.PIN
    assert device.bad("status")["error"] == "too_soon"


def test_where_nobody_enrolled_nothing_opens(tmp_path: Path) -> None:
    nobody = Device(tmp_path / "nowhere")
    assert nobody.bad("status")["error"] == "not_enrolled"
    assert not nobody.home.exists()
    found = nobody.good("doctor")
    assert (found["ok"], found["checks"][0]["code"]) == (False, "not_enrolled")


def test_a_damaged_or_newer_file_is_said_to_be_so(device: Device) -> None:
    file = device.home / "journal.db"
    with sqlite3.connect(file) as db:
        db.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    db.close()
    assert device.bad("status")["error"] == "newer_schema"
    file.write_bytes(b"nothing")
    assert device.bad("list", "case")["error"] == "damaged"
    assert device.good("doctor")["checks"][0]["code"] == "damaged"


def test_offline_is_said_and_the_work_stays(device: Device) -> None:
    device.good("add", "person", given={"alias": "ก"})
    assert device.bad("sync")["error"] == "offline"
    assert device.good("status")["pending"] == 1
    codes = [check["code"] for check in device.good("doctor")["checks"]]
    assert codes == ["open", "pending", "offline"]


@pytest.mark.parametrize(
    "words",
    [
        ("http://",),
        ("nonsense", "AAAAA-BBBBB"),
        ("http://[::1", "AAAAA-BBBBB"),
        ("http://a.example", "x"),
        ("ftp://a/#AAAAA-BBBBB",),
        ("http://a.example:99999999", "AAAAA-BBBBB"),
    ],
)
def test_what_is_no_invitation_is_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert Device(tmp_path).bad("enrol", *words)["error"] == "bad_invitation"


def test_a_portal_in_the_centres_place_is_known(tmp_path: Path) -> None:
    with answering(Answer(200, "text/html", b"<html>sign in")) as url:
        wrong = Device(tmp_path).bad("enrol", url, "AAAAA-BBBBB")
    assert wrong["error"] == "captive_portal"


def test_an_invitation_counts_once_and_says_so(office: Office, tmp_path: Path) -> None:
    invited = office.invite()
    made = Device(tmp_path / "a").good("enrol", office.url, invited.code.lower())
    assert (made["role"], made["centre_name"]) == ("volunteer", "ศูนย์ตรัง")
    again = Device(tmp_path / "b")
    assert again.bad("enrol", invited.url)["error"] == "invitation_used"
    assert again.bad("enrol", office.url, "AAAAA-BBBBB")["error"] == "invitation_unknown"
    assert again.bad("status")["error"] == "not_enrolled"
    assert Device(tmp_path / "a").bad("enrol", office.invite().url)["error"] == "already_enrolled"
    easy = Device(tmp_path / "c", pin="111111")
    assert easy.bad("enrol", office.invite().url)["error"] == "pin_easy"


def test_a_check_of_everything_says_what_it_found(office: Office, tmp_path: Path) -> None:
    one = enrolled(office, tmp_path / "1")
    one.good("add", "case", given=CASE)
    told = one.good("check")
    counts = {"repaired": 0, "held_back": 0, "alone": 0, "pending": 0}
    assert {name: told[name] for name in counts} == counts


def test_two_devices_meet_and_a_person_settles_it(office: Office, tmp_path: Path) -> None:
    one, two = enrolled(office, tmp_path / "1"), enrolled(office, tmp_path / "2")
    case = one.good("add", "case", given=CASE)["id"]
    pushed = one.good("sync")
    assert set(pushed) == {
        "pushed",
        "pulled",
        "rejected",
        "conflicts",
        "pending",
        "bytes_up",
        "bytes_down",
        "requests",
        "seconds",
    }
    assert (pushed["pushed"], pushed["pending"], pushed["requests"]) == (1, 0, 1)
    two.good("sync")
    one.good("set", "case", case, given={"urgency": "urgent"})
    two.good("set", "case", case, given={"urgency": "critical"})
    one.good("sync")
    assert two.good("sync")["conflicts"] == 1
    [met] = two.good("conflicts")["conflicts"]
    assert (met["path"], met["ours"], met["theirs"]) == ("urgency", "critical", "urgent")
    assert two.bad("resolve", met["id"], "both")["error"] == "unknown_choice"
    assert two.good("resolve", met["id"], "theirs") == {"id": met["id"], "settled": "theirs"}
    two.good("sync")
    one.good("sync")
    assert one.good("show", "case", case)["urgency"] == "urgent"
    assert one.good("conflicts") == {"conflicts": []}
    found = one.good("doctor")
    assert [check["code"] for check in found["checks"]] == ["open", "all_sent", "reached"]
    assert found["ok"]


def test_a_file_is_attached_and_kept_sealed(device: Device, tmp_path: Path) -> None:
    case = device.good("add", "case", given=CASE)["id"]
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"\xff\xd8 a photo")
    made = device.good("attach", "case", case, str(photo))["id"]
    shown = device.good("show", "attachment", made)
    assert (shown["case"], shown["size"], shown["media_type"]) == (case, 10, "image/jpeg")
    assert (device.home / "files" / shown["sha256"]).exists()
    missing = device.bad("attach", "case", case, str(tmp_path / "nothing.jpg"))
    assert missing["error"] == "unreadable_file"


def test_the_installed_command_prints_nothing_else(device: Device) -> None:
    environment = os.environ | {"TELEWELFARE_PIN": eg.PIN, "LANG": "C", "PYTHONUTF8": "0"}
    for words, status in ((["status"], 0), (["sync"], 1), (["fly"], 2), (["add"], 2)):
        ran = subprocess.run(
            (sys.executable, "-m", "telewelfare", "device", "--home", str(device.home), *words),
            env=environment,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert ran.returncode == status, ran.stderr
        assert isinstance(json.loads(ran.stdout), dict)
        assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize("words", [(), ("--home", "nowhere")])
@pytest.mark.parametrize("lang", ["th", "en"])
def test_without_a_command_one_document_says_so(words: tuple[str, ...], lang: str) -> None:
    ran = subprocess.run(
        (sys.executable, "-m", "telewelfare", "device", *words),
        env=os.environ | {"TELEWELFARE_LANG": lang},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 2
    document = json.loads(ran.stdout)
    assert document["error"] == "usage"
    assert ("--help" if words else "--home") in document["message"]


def test_the_server_of_these_tests_answers(office: Office) -> None:
    assert httpx.get(f"{office.url}/healthz").json()["status"] == "ok"
