"""`telewelfare device …`: one JSON document on standard output, whatever happens."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from telewelfare.cli import carrying, headless, online
from telewelfare.cli.headless import Failed, Invalid
from telewelfare.cli.main import USAGE
from telewelfare.domain.validation import Problem, declared_path
from telewelfare.store.errors import StoreError
from telewelfare.store.home import Opened
from telewelfare.strings import LANGS, Texts, texts
from telewelfare.sync.transport import SyncError

log = logging.getLogger(__name__)

device_app = typer.Typer(help="One device without a screen.")

KindName = Annotated[str, typer.Argument(metavar="KIND", help="case, person, visit …")]
RecordName = Annotated[str, typer.Argument(metavar="ID")]


@device_app.callback(invoke_without_command=True)
def home_of(
    context: typer.Context,
    home: Annotated[Path, typer.Option(help="Folder of this device; PIN in TELEWELFARE_PIN")],
) -> None:
    """One device without a screen."""
    context.obj = home
    if context.invoked_subcommand is None:
        _fail({"error": "usage", "message": _say()("device.usage")}, USAGE)


def told(work: Callable[[], object]) -> None:
    """Do it and print what it gives, or why it could not be done; never a traceback."""
    try:
        _print(work())
    except Invalid as wrong:
        _fail(_invalid(wrong))
    except Failed as failed:
        _fail({"error": failed.code, "message": _sentence(failed.code, failed.detail)})
    except StoreError as error:
        _fail({"error": error.code, "message": _say()(f"device.{error.code}")})
    except SyncError as error:
        _fail({"error": error.code, "message": _say()(f"sync.problem.{error.code}")})
    except Exception as error:  # noqa: BLE001 - the edge of the program: programs read its output
        log.error("fault: %s", type(error).__name__)  # noqa: TRY400 - its message may hold what was typed
        _fail({"error": "fault", "message": _say()("device.fault")})


def _say() -> Texts:
    said = os.environ.get("TELEWELFARE_LANG", "")
    return texts(next((lang for lang in LANGS if lang == said), "th"), strict=False)


def _sentence(code: str, detail: Mapping[str, object]) -> str:
    say = _say()
    keys = (f"{topic}.{code}" for topic in ("device", "sync.problem", "carry.problem", "doctor.do"))
    return say(next((key for key in keys if say.has(key)), code), **detail)


def _print(document: object) -> None:
    """UTF-8 whatever the terminal says; what no text can hold is escaped."""
    line = json.dumps(document, ensure_ascii=False) + "\n"
    sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def _fail(document: dict[str, object], status: int = 1) -> None:
    _print(document)
    raise typer.Exit(status)


def _problem(kind: str, problem: Problem) -> dict[str, object]:
    topic = "device" if problem.code == headless.UNKNOWN_FIELD else "problems"
    sentence = _say()(f"{topic}.{problem.code}", **problem.detail)
    label = _say().field(
        kind, declared_path(headless.kind_named(kind), problem.path).replace("/", ".")
    )
    return {"path": problem.path, "code": problem.code, "message": f"{label}: {sentence}"}


def _invalid(wrong: Invalid) -> dict[str, object]:
    told_of = [_problem(wrong.kind, problem) for problem in wrong.problems]
    document: dict[str, object] = {
        "error": "invalid",
        "message": " · ".join(str(one["message"]) for one in told_of),
        "problems": told_of,
    }
    return document | ({"line": wrong.line} if wrong.line else {})


def _with_device(context: typer.Context, work: Callable[[Opened], object]) -> None:
    def open_and_work() -> object:
        with headless.opened(context.obj) as device:
            return work(device)

    told(open_and_work)


@device_app.command()
def enrol(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The centre's address, or a whole invitation")],
    code: Annotated[str, typer.Argument(help="The invitation's code")] = "",
    *,
    again: Annotated[bool, typer.Option(help="The centre does not know it any more")] = False,
) -> None:
    """Let this folder's device in, behind the PIN; `--again` with the work that is on it."""
    if again:
        _with_device(context, lambda it: asyncio.run(online.enrol_again(it, url, code)))
    else:
        told(lambda: asyncio.run(online.enrol_here(context.obj, url, code)))


@device_app.command()
def add(
    context: typer.Context,
    kind: KindName,
    *,
    lines: Annotated[bool, typer.Option("--lines", help="JSON lines, a record each")] = False,
) -> None:
    """Save a new record; its fields as a JSON object on standard input."""

    def one(device: Opened) -> dict[str, Any]:
        declared = headless.kind_named(kind)
        plain = headless.parse_object(sys.stdin.buffer.read())
        checked = headless.check(device.journal, declared, plain, None)
        [made] = headless.save(device.journal, [checked])
        return {"id": made} | _warnings(kind, checked.doubts)

    def many(device: Opened) -> dict[str, Any]:
        declared = headless.kind_named(kind)
        plain = headless.parse_lines(sys.stdin.buffer.read())
        checked = [
            headless.check(device.journal, declared, one, None, line)
            for line, one in enumerate(plain, start=1)
        ]
        ids = headless.save(device.journal, checked)
        doubts = tuple(doubt for one in checked for doubt in one.doubts)
        return {"ids": ids, "count": len(ids)} | _warnings(kind, doubts)

    _with_device(context, many if lines else one)


def _warnings(kind: str, doubts: tuple[Problem, ...]) -> dict[str, Any]:
    return {"warnings": [_problem(kind, doubt) for doubt in doubts]} if doubts else {}


@device_app.command("set")
def change(context: typer.Context, kind: KindName, record: RecordName) -> None:
    """Change fields of a record; a JSON object on standard input."""

    def work(device: Opened) -> dict[str, Any]:
        declared = headless.kind_named(kind)
        had = headless.record_of(device.journal, declared, record)
        plain = headless.parse_object(sys.stdin.buffer.read())
        checked = headless.check(device.journal, declared, plain, had)
        headless.save(device.journal, [checked])
        return {"id": record} | _warnings(kind, checked.doubts)

    _with_device(context, work)


@device_app.command()
def show(context: typer.Context, kind: KindName, record: RecordName) -> None:
    """One record."""

    def work(device: Opened) -> dict[str, Any]:
        declared = headless.kind_named(kind)
        return {**headless.shown(headless.record_of(device.journal, declared, record))}

    _with_device(context, work)


@device_app.command("list")
def list_records(
    context: typer.Context,
    kind: KindName,
    limit: Annotated[int, typer.Option(min=0, help="At most so many")] = 100,
) -> None:
    """Records of a kind, latest made first."""
    _with_device(context, lambda it: headless.newest(it.journal, headless.kind_named(kind), limit))


@device_app.command()
def attach(
    context: typer.Context,
    kind: KindName,
    record: RecordName,
    file: Annotated[Path, typer.Argument(help="A photo, a document")],
    what: Annotated[str, typer.Option("--as", help="Kind of attachment: 1 … 29, 99")] = "99",
) -> None:
    """Seal a file on this device and record it at a record."""
    _with_device(
        context,
        lambda it: {"id": headless.attach(it, headless.kind_named(kind), record, file, what)},
    )


@device_app.command()
def sync(
    context: typer.Context,
    *,
    files: Annotated[bool, typer.Option(help="Bring photos and documents, too")] = True,
    patience: Annotated[
        float, typer.Option(min=0, max=86_400, help="Seconds to go on trying without a network")
    ] = 0,
) -> None:
    """One round with the centre, then the files."""
    _with_device(
        context,
        lambda device: asyncio.run(online.sync(device, files=files, patience=patience)),
    )


@device_app.command()
def check(context: typer.Context) -> None:
    """Compare everything here with the centre, and make right what differs."""
    _with_device(context, lambda device: asyncio.run(online.check(device)))


@device_app.command()
def status(context: typer.Context) -> None:
    """Who works here, what waits, what is here."""
    _with_device(context, headless.status)


@device_app.command()
def conflicts(context: typer.Context) -> None:
    """Edits that met and wait for a person."""
    _with_device(context, lambda it: {"conflicts": headless.open_conflicts(it.journal)})


@device_app.command()
def resolve(
    context: typer.Context,
    conflict: Annotated[str, typer.Argument(metavar="CONFLICT")],
    choice: Annotated[str, typer.Argument(metavar="ours|theirs|same|different|wait|swap|both")],
) -> None:
    """Settle a conflict: of an edit `ours`, which stands, or `theirs`; of two records, what they are."""

    def work(device: Opened) -> dict[str, str]:
        asyncio.run(online.resolve(context.obj, device, conflict, choice))
        return {"id": conflict, "settled": choice}

    _with_device(context, work)


@device_app.command()
def doctor(context: typer.Context) -> None:
    """What is well on this device and what is not."""

    def work() -> dict[str, Any]:
        found = asyncio.run(online.doctor(context.obj))
        checks = [_check(code, detail) for code, detail in found["checks"]]
        well = all(check["ok"] for check in checks)
        return {"ok": well, "checks": checks, "steps": found["steps"]}

    told(work)


def _check(code: str, detail: dict[str, object]) -> dict[str, Any]:
    return {"code": code, "ok": code in online.WELL, "message": _sentence(code, detail)}


@device_app.command()
def support(context: typer.Context) -> None:
    """What an administrator needs to help: versions, counts, codes; nothing of a person."""
    _with_device(context, lambda it: asyncio.run(carrying.support_document(context.obj, it)))


bundle_app = typer.Typer(help="Work that somebody carries to the centre by hand.")
device_app.add_typer(bundle_app, name="bundle")


@bundle_app.callback(invoke_without_command=True)
def bundles(context: typer.Context) -> None:
    """Work that somebody carries by hand; without a command: what this device carries."""
    if context.invoked_subcommand is None:
        _with_device(context, lambda _: carrying.carried(context.obj))


@bundle_app.command("make")
def make_bundle(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A new file, or a folder")],
) -> None:
    """Seal what waits to the centre, for somebody to carry."""
    _with_device(context, lambda it: carrying.make(it, file))


@bundle_app.command("take")
def take_bundle(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="Somebody's *.twb")]
) -> None:
    """Take somebody's file along, and give it to the centre when it answers."""
    _with_device(context, lambda it: asyncio.run(carrying.take(context.obj, it, file)))
