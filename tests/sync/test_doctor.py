"""Each fault on the way to the centre, made for real: the step that finds it, and its code."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import httpx
import pytest

from telewelfare.domain.clock import Millis
from telewelfare.store.home import Opened
from telewelfare.sync.doctor import STEPS, Patient, Step, diagnose, verdict
from telewelfare.sync.failures import (
    Busy,
    ClockWrong,
    NameUnknown,
    Slow,
    SyncError,
    Untrusted,
)
from telewelfare.sync.protocol import HEALTH_PATH, SYNC_PATH
from telewelfare.sync.transport import Central
from tests import eg
from tests.store.test_disk_full import _fill, small_disk
from tests.sync.bad_centre import Answer, answering
from tests.sync.certificates import authority
from tests.sync.test_transport import problem

__all__ = ["small_disk"]

PAGE = Answer(200, "text/html", b"<html>sign in</html>")
HEALTHY = Answer(body=json.dumps({"status": "ok", "protocol": 1}).encode())
ROUND = Answer(
    body=json.dumps({"acknowledged": 0, "cursor": "e.1.1.", "epoch": "e", "now": 5}).encode()
)
Fault = Callable[[ExitStack, Patient], Patient]


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Patient]:
    """A device that is well, and whose centre is nowhere."""
    opened = eg.opened(tmp_path / "home")
    yield of(opened, tmp_path / "home")
    opened.journal.engine.dispose()


def of(opened: Opened, home: Path, **more: Any) -> Patient:  # noqa: ANN401 - fields of a patient
    made = Patient(opened.journal, home, eg.NOWHERE, "token", connect, eg.wall, seconds=1.0)
    return replace(made, **more)


def connect(url: str, verify: ssl.SSLContext | bool = True) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=1.0, verify=verify)


async def looked(patient: Patient) -> tuple[Step, ...]:
    return tuple([step async for step in diagnose(patient)])


@contextmanager
def centre(sync: Answer = ROUND, health: Answer = HEALTHY) -> Iterator[str]:
    with answering(PAGE, {HEALTH_PATH: health, SYNC_PATH: sync}) as url:
        yield url


async def test_a_well_device_passes_every_step(patient: Patient) -> None:
    with centre() as url:
        steps = await looked(replace(patient, url=url))
    assert [step.name for step in steps] == list(STEPS)
    assert verdict(steps) == ""
    assert {step.name: step.state for step in steps}["name"] == "skipped"  # 127.0.0.1 has none


async def test_looking_changes_nothing_on_the_device(patient: Patient) -> None:
    patient.journal.commit([eg.case()], eg.NOW)
    before = patient.journal.waiting(), patient.journal.read_meta("cursor")
    with centre(Answer(body=ROUND.body.replace(b'"acknowledged": 0', b'"acknowledged": 1'))) as url:
        await looked(replace(patient, url=url))
    assert (patient.journal.waiting(), patient.journal.read_meta("cursor")) == before
    assert not (patient.home / "probe.tmp").exists()


SIGN_IN = Answer(302, "text/html", b"", {"Location": "http://login.example"})


def at(
    stack: ExitStack, patient: Patient, sync: Answer = ROUND, health: Answer = HEALTHY
) -> Patient:
    return replace(patient, url=stack.enter_context(centre(sync, health)))


def speaking(protocol: int) -> Answer:
    return Answer(body=json.dumps({"status": "ok", "protocol": protocol}).encode())


def a_year_ahead() -> Millis:
    return Millis(eg.wall() + 365 * 86_400_000)


@contextmanager
def deaf() -> Iterator[str]:
    """Takes the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


PLAIN: list[tuple[str, str, str, Fault]] = [
    ("no network", "network", "offline", lambda _, p: replace(p, routed=lambda: False)),
    ("no name", "name", "dns", lambda _, p: replace(p, url="http://centre.invalid")),
    ("a name no name", "name", "dns", lambda _, p: replace(p, url="http://" + "a" * 70 + ".th")),
    ("nobody there", "connection", "offline", lambda _, p: replace(p, url=eg.NOWHERE)),
    (
        "nobody in time",
        "centre",
        "slow",
        lambda stack, p: replace(p, url=stack.enter_context(deaf())),
    ),
    ("portal", "centre", "captive_portal", lambda stack, p: at(stack, p, health=PAGE)),
    ("portal 302", "centre", "captive_portal", lambda stack, p: at(stack, p, health=SIGN_IN)),
    (
        "gateway",
        "centre",
        "centre_down",
        lambda stack, p: at(stack, p, health=Answer(502, "text/html")),
    ),
    ("fault", "centre", "fault", lambda stack, p: at(stack, p, health=Answer(500))),
    ("newer centre", "centre", "app_too_old", lambda stack, p: at(stack, p, health=speaking(2))),
    ("older centre", "centre", "centre_too_old", lambda stack, p: at(stack, p, health=speaking(0))),
    ("crowd", "centre", "busy", lambda stack, p: at(stack, p, health=Answer(429))),
    ("our clock", "clock", "clock", lambda stack, p: replace(at(stack, p), wall=a_year_ahead)),
    ("401", "device", "signed_out", lambda stack, p: at(stack, p, problem(401, "unauthorised"))),
    ("403", "device", "revoked", lambda stack, p: at(stack, p, problem(403, "revoked"))),
    ("404", "device", "centre_too_old", lambda stack, p: at(stack, p, problem(404, "not_found"))),
    ("409", "device", "gap", lambda stack, p: at(stack, p, problem(409, "gap", next=7))),
    ("413", "device", "too_large", lambda stack, p: at(stack, p, problem(413, "too_large"))),
    ("426", "device", "app_too_old", lambda stack, p: at(stack, p, problem(426, "app_too_old"))),
    ("429", "device", "busy", lambda stack, p: at(stack, p, problem(429, "busy"))),
    ("500", "device", "fault", lambda stack, p: at(stack, p, problem(500, "server_fault"))),
    ("503", "device", "busy", lambda stack, p: at(stack, p, problem(503, "busy"))),
    ("503 page", "device", "centre_down", lambda stack, p: at(stack, p, Answer(503, "text/html"))),
    ("slow round", "device", "slow", lambda stack, p: at(stack, p, replace(ROUND, wait=1.6))),
]


@pytest.mark.parametrize(("what", "step", "code", "fault"), PLAIN, ids=[row[0] for row in PLAIN])
async def test_a_fault_is_found_by_its_step(
    patient: Patient, what: str, step: str, code: str, fault: Fault
) -> None:
    with ExitStack() as stack:
        steps = await looked(fault(stack, patient))
    found = next(one for one in steps if one.state in ("bad", "warn"))
    assert (found.name, found.code) == (step, code), what
    assert verdict(steps) == code
    after = steps[steps.index(found) + 1 :]
    if found.state == "bad":
        assert all(one.state == "skipped" for one in after)


SEALED: list[tuple[str, int, int, bool, str, type[SyncError]]] = [
    ("expired", -30, -2, True, "clock", ClockWrong),
    ("not yet valid", 2, 30, True, "clock", ClockWrong),
    ("of nobody known", -1, 30, False, "tls", Untrusted),
]


@dataclass
class Sealed:
    """A patient whose way to the centre is TLS."""

    patient: Patient
    url: str


@pytest.mark.parametrize(
    ("what", "begins", "ends", "known", "code", "error"), SEALED, ids=[row[0] for row in SEALED]
)
async def test_a_certificate_is_judged(  # noqa: PLR0917
    patient: Patient,
    tmp_path: Path,
    what: str,
    begins: int,
    ends: int,
    known: bool,
    code: str,
    error: type[SyncError],
) -> None:
    signs, trusted = authority(), authority()
    view = (signs if known else trusted).trusting()
    server = signs.server(tmp_path, begins=begins, ends=ends)
    with answering(HEALTHY, tls=server) as url:
        sealed = replace(
            patient,
            url=url,
            connect=lambda to: connect(to, view),
            sign_in="http://127.0.0.1:9",
        )
        steps = await looked(sealed)
        with pytest.raises(error):
            async with connect(url, view) as http:
                await Central(http, "token").carry(b"")
    assert verdict(steps) == code, what


async def test_a_good_certificate_is_trusted(patient: Patient, tmp_path: Path) -> None:
    signs = authority()
    with answering(HEALTHY, {SYNC_PATH: ROUND}, signs.server(tmp_path)) as url:
        steps = await looked(
            replace(patient, url=url, connect=lambda to: connect(to, signs.trusting()))
        )
    assert verdict(steps) == ""


async def test_a_portal_that_breaks_the_seal_is_known_by_its_plain_page(
    patient: Patient, tmp_path: Path
) -> None:
    with answering(HEALTHY, tls=authority().server(tmp_path)) as url, answering(SIGN_IN) as plain:
        steps = await looked(replace(patient, url=url, sign_in=plain))
    assert verdict(steps) == "captive_portal"


async def test_a_centre_that_only_points_from_http_to_https_is_no_portal(
    patient: Patient, tmp_path: Path
) -> None:
    home = Answer(301, "text/html", b"", {"Location": "https://127.0.0.1/"})
    with answering(HEALTHY, tls=authority().server(tmp_path)) as url, answering(home) as plain:
        steps = await looked(replace(patient, url=url, sign_in=plain))
    assert verdict(steps) == "tls"


async def test_a_full_disk_is_found_and_the_way_is_looked_at_all_the_same(
    small_disk: Path,
) -> None:
    opened = eg.opened(small_disk / "home")
    _fill(small_disk)
    with centre() as url:
        steps = await looked(of(opened, small_disk / "home", url=url))
    opened.journal.engine.dispose()
    assert verdict(steps) == "disk_full"
    assert {step.name: step.state for step in steps}["centre"] == "ok"


async def test_little_room_is_told_though_everything_works(
    small_disk: Path,
) -> None:
    opened = eg.opened(small_disk / "home")
    with centre() as url:
        steps = await looked(of(opened, small_disk / "home", url=url))
    opened.journal.engine.dispose()
    assert verdict(steps) == "disk_low"


async def test_a_damaged_file_is_found(tmp_path: Path) -> None:
    opened = eg.opened(tmp_path / "home")
    opened.journal.commit([eg.case() for _ in range(20)], eg.NOW)
    opened.journal.engine.dispose()
    file = tmp_path / "home" / "journal.db"
    file.write_bytes(file.read_bytes()[:100] + b"\xff" * (file.stat().st_size - 100))
    for beside in ("journal.db-wal", "journal.db-shm"):
        (tmp_path / "home" / beside).unlink(missing_ok=True)
    with centre() as url:
        steps = await looked(of(opened, tmp_path / "home", url=url))
    opened.journal.engine.dispose()
    assert verdict(steps) == "damaged"


async def carry(url: str) -> None:
    async with connect(url) as http:
        await Central(http, "token").carry(b"")


async def test_a_name_nobody_knows_and_a_silent_centre_have_errors_of_their_own() -> None:
    with pytest.raises(NameUnknown):
        await carry("http://centre.invalid")
    with deaf() as url, pytest.raises(Slow):
        await carry(url)


@pytest.mark.parametrize(
    ("said", "wait"), [("7", 7.0), ("0", 1.0), ("999999", 3_600.0), (formatdate(), 60.0)]
)
@pytest.mark.parametrize("status", [429, 503])
async def test_how_long_to_wait_is_heeded(said: str, wait: float, status: int) -> None:
    refusal = problem(status, "busy")
    refusal.headers["Retry-After"] = said
    with answering(refusal) as url, pytest.raises(Busy) as met:
        await carry(url)
    assert met.value.wait == wait
