"""What an administrator needs to help with a device, without anything of a person in it."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import shutil
import sqlite3
import ssl
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from telewelfare.actions.enrolment import Connect, connect
from telewelfare.actions.session import Session
from telewelfare.actions.settings import LANGUAGES, TEXT_SIZES, THEMES, load_settings
from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.kinds import KINDS
from telewelfare.store import errors
from telewelfare.store.home import Home, Identity
from telewelfare.store.journal import Journal
from telewelfare.sync import failures, history
from telewelfare.sync.bundle import Carrier
from telewelfare.sync.doctor import Patient, Step
from telewelfare.sync.engine import APP_VERSION
from telewelfare.sync.protocol import PROTOCOL

LIBRARIES: Final = ("flet", "httpx", "cryptography", "sqlalchemy", "pydantic")
REASONS: Final = frozenset(
    {"forbidden", "malformed", "unknown_kind", "wrong_record", "append_only"}
)
HOUR: Final = 3_600_000
OTHER: Final = "other"


def _codes(module: object, base: type[Exception]) -> frozenset[str]:
    found = (value for value in vars(module).values() if isinstance(value, type))
    return frozenset(str(getattr(one, "code", "")) for one in found if issubclass(one, base))


KNOWN: Final = (
    _codes(failures, failures.SyncError) | _codes(errors, errors.StoreError) | REASONS | {""}
)
"""Only words of ours leave the device: a centre's, or a file's, could be anything."""


def patient_of(session: Session, *, connect_to: Connect = connect) -> Patient:
    """What the doctor looks at."""
    return patient(session.home, session.journal, session.identity, session.wall, connect_to)


def patient(
    home: Home,
    journal: Journal,
    identity: Identity,
    wall: Callable[[], Millis],
    connect_to: Connect = connect,
) -> Patient:
    """The same of parts."""
    token = str(journal.read_secret("token") or "")
    return Patient(journal, home.folder, identity.url, token, connect_to, wall)


def support_text(session: Session, steps: tuple[Step, ...] = ()) -> str:
    """The document as JSON a worker can read before handing it on."""
    found = support(session.home, session.journal, session.identity, session.wall(), steps)
    lines = (f" {json.dumps(key)}: {json.dumps(value)}" for key, value in found.items())
    return "{\n" + ",\n".join(lines) + "\n}"


def support(
    home: Home, journal: Journal, identity: Identity, wall: Millis, steps: tuple[Step, ...] = ()
) -> dict[str, Any]:
    """Versions, counts, sizes and codes. No name, no id, no address, no token, nothing typed.

    Raises:
        StoreError: the journal cannot be read.
    """
    waiting = journal.waiting()
    return {
        "telewelfare": APP_VERSION,
        "protocol": PROTOCOL,
        "at": bangkok_iso(wall),
        "machine": _machine(),
        "centre": _centre(identity),
        "clock_off_ms": int(journal.read_meta("clock_off") or 0),
        "space": _space(home.folder),
        "settings": _settings(home.folder),
        "records": _records(journal),
        "waiting": waiting.pending,
        "waiting_hours": None if waiting.oldest is None else (wall - waiting.oldest) // HOUR,
        "refused": _refused(journal),
        "carried": [one.state for one in Carrier(home.folder).all()],
        "rounds": [
            f"{bangkok_iso(went.at)} {_known(went.code) or 'ok'}"
            for went in history.lately(journal)
        ],
        "checks": [f"{step.name} {step.state} {_known(step.code)} {step.ms} ms" for step in steps],
    }


def _known(code: str) -> str:
    return code if code in KNOWN or code == "disk_low" else OTHER


def _machine() -> dict[str, str]:
    """Not the machine's name, and no version a person may have named."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "android": str(getattr(sys, "getandroidapilevel", lambda: "")()),
        "sqlite": sqlite3.sqlite_version,
        "tls": ssl.OPENSSL_VERSION.partition(" ")[2].partition(" ")[0],
    } | {name: _version(name) for name in LIBRARIES}


def _version(library: str) -> str:
    with suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(library)
    return ""


def _centre(identity: Identity) -> dict[str, object]:
    """How it is reached, not where: an address may be a person's own computer."""
    parts = urlsplit(identity.url)
    return {"scheme": parts.scheme if parts.scheme in ("http", "https") else OTHER}


def _space(folder: Path) -> dict[str, int]:
    """Bytes."""
    files = [file for file in (folder / "files").glob("*") if file.is_file()]
    journal = sum(file.stat().st_size for file in folder.glob("journal.db*"))
    return {
        "free": shutil.disk_usage(folder).free,
        "journal": journal,
        "files": len(files),
        "files_bytes": sum(file.stat().st_size for file in files),
    }


def _settings(folder: Path) -> dict[str, object]:
    chosen = load_settings(folder)
    return {
        "text_size": chosen.text_size if chosen.text_size in TEXT_SIZES else OTHER,
        "theme": chosen.theme if chosen.theme in THEMES else OTHER,
        "lang": chosen.lang if chosen.lang in LANGUAGES else OTHER,
    }


def _records(journal: Journal) -> Mapping[str, int]:
    counted = {kind: journal.count(kind) for kind in KINDS}
    return {kind: n for kind, n in counted.items() if n}


def _refused(journal: Journal) -> dict[str, int]:
    found: dict[str, int] = {}
    for _, reason in journal.rejected():
        code = reason.partition(" ")[0]
        known = code if code in REASONS else OTHER
        found[known] = found.get(known, 0) + 1
    return found
