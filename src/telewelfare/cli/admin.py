"""`telewelfare admin …`: one JSON document on standard output, whatever happens."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from telewelfare.cli.main import USAGE
from telewelfare.cli.places import default_database
from telewelfare.server import admin, backup, keys, workers
from telewelfare.server.aside import kept_aside
from telewelfare.server.bundles import KeyMissing, take
from telewelfare.server.config import wall_clock
from telewelfare.server.database import address, connect, file_of, migrate
from telewelfare.strings import LANGS, texts
from telewelfare.sync.twb import LARGEST, BadBundle

admin_app = typer.Typer(help="Centres, workers, devices, the ledger.")
worker_app = typer.Typer(help="Who works, where, as what.", no_args_is_help=True)
admin_app.add_typer(worker_app, name="worker")

Centre = Annotated[str, typer.Option(help="Id of the centre, usually its province: 92")]
Name = Annotated[str, typer.Option(help="Name as people read it")]
EvenUnsent = Annotated[bool, typer.Option(help="Although work on it never came to the centre")]


@admin_app.callback(invoke_without_command=True)
def database_of(
    context: typer.Context,
    database: Annotated[str, typer.Option(help="SQLAlchemy URL, or the path of a file")] = "",
) -> None:
    """Centres, workers, devices, the ledger."""
    context.obj = database or default_database()
    if context.invoked_subcommand is None:
        fail("usage", {}, USAGE)


def told(context: typer.Context, work: Callable[[Engine], Any], *, makes: bool = False) -> None:
    """Do the work on the database and print what it gives, or why it could not be done.

    Unless the work `makes` the database, a file that is not there is a mistyped address.
    """
    try:
        if not makes:
            _must_exist(context.obj)
        engine = connect(context.obj)
        try:
            migrate(engine)
            shown = work(engine)
        finally:
            engine.dispose()
    except admin.AdminError as error:
        fail(error.code, error.detail)
    except (SQLAlchemyError, OSError) as error:
        fail("database_unusable", {"kind": type(error).__name__})
    else:
        typer.echo(json.dumps(shown, ensure_ascii=False))


def _must_exist(database: str) -> None:
    file = file_of(address(database))
    if file is not None and not file.exists():
        raise admin.AdminError("no_database", file=file)


def fail(code: str, detail: dict[str, object], status: int = 1) -> None:
    """Print the error document and end with that exit status."""
    said = os.environ.get("TELEWELFARE_LANG", "")
    sentences = texts(next((lang for lang in LANGS if lang == said), "th"))
    key = f"admin.{code}" if sentences.has(f"admin.{code}") else f"carry.problem.{code}"
    message = sentences(key, **detail)
    typer.echo(json.dumps({"error": code, "message": message}, ensure_ascii=False))
    raise typer.Exit(status)


def codes(text: str) -> list[str]:
    """Codes with commas between."""
    return [code.strip() for code in text.split(",") if code.strip()]


@admin_app.command()
def init(
    context: typer.Context,
    centre: Centre,
    name: Name,
    keys_folder: Annotated[
        Path | None, typer.Option("--keys", help="Folder for the private key")
    ] = None,
) -> None:
    """Make a centre and its key pair."""
    folder = keys.folder(keys_folder, address(context.obj))

    def work(engine: Engine) -> dict[str, str]:
        file = admin.init(engine, centre=centre, name=name, keys=folder)
        return {"centre": centre, "name": name, "key_file": file}

    told(context, work, makes=True)


@admin_app.command()
def invite(
    context: typer.Context,
    *,
    centre: Centre = "",
    role: Annotated[str, typer.Option(help="volunteer, social_worker, director …")] = "",
    area: Annotated[str, typer.Option(help="Codes of areas, with commas between")] = "",
    name: Name = "",
    worker: Annotated[str, typer.Option(help="Another device for this worker")] = "",
    url: Annotated[str, typer.Option(help="Where devices reach the centre")] = admin.BASE_URL,
    minutes: Annotated[int, typer.Option(min=1, help="How long it is good for")] = admin.MINUTES,
) -> None:
    """A code that lets one device in, once."""
    terms: dict[str, Any] = {"now": wall_clock(), "base_url": url, "minutes": minutes}
    areas = codes(area)

    def work(engine: Engine) -> dict[str, object]:
        if worker:
            made = admin.invite_again(engine, worker, **terms)
        else:
            made = admin.invite(engine, centre=centre, role=role, areas=areas, name=name, **terms)
        shown = {"code": made.code, "url": made.url, "expires_at": made.expires_at}
        return {**shown, "worker": made.worker}

    told(context, work)


@admin_app.command()
def users(context: typer.Context) -> None:
    """Every worker."""
    told(context, workers.workers)


@worker_app.command("list")
def list_workers(context: typer.Context) -> None:
    """Every worker."""
    told(context, workers.workers)


@worker_app.command("show")
def show_worker(context: typer.Context, worker: str) -> None:
    """One worker, and their devices."""
    told(context, lambda engine: workers.worker(engine, worker))


@worker_app.command("set")
def set_worker(
    context: typer.Context,
    worker: str,
    *,
    areas: Annotated[str, typer.Option(help="Codes of areas, with commas between")] = "",
    role: Annotated[str, typer.Option(help="volunteer, social_worker, director …")] = "",
    active: Annotated[
        bool | None, typer.Option("--active/--inactive", help="Whether they work here")
    ] = None,
    even_unsent: EvenUnsent = False,
) -> None:
    """Change areas, role, or whether they work here; devices follow at their next sync."""

    def work(engine: Engine) -> dict[str, Any]:
        return workers.set_worker(
            engine,
            worker,
            now=wall_clock(),
            role=role or None,
            areas=codes(areas) or None,
            active=active,
            even_unsent=even_unsent,
        )

    told(context, work)


@admin_app.command()
def devices(context: typer.Context) -> None:
    """Every device: what it still holds, since when, when it was last heard of."""
    told(context, workers.devices)


@admin_app.command()
def revoke(context: typer.Context, device: str, *, even_unsent: EvenUnsent = False) -> None:
    """Shut a device out."""

    def work(engine: Engine) -> dict[str, str]:
        workers.revoke(engine, device, now=wall_clock(), even_unsent=even_unsent)
        return {"revoked": device}

    told(context, work)


@admin_app.command("verify-ledger")
def verify_ledger(context: typer.Context) -> None:
    """Whether every ledger is as it was written; status 1 where it is not."""

    def work(engine: Engine) -> list[dict[str, Any]]:
        found = admin.verify_ledger(engine)
        bad = next((one for one in found if one["broken_at"] is not None), None)
        if bad is not None:
            raise admin.AdminError("ledger_broken", centre=bad["centre"], seq=bad["broken_at"])
        return found

    told(context, work)


bundle_app = typer.Typer(help="Work that somebody carried here by hand.")
admin_app.add_typer(bundle_app, name="bundle")


@bundle_app.callback(invoke_without_command=True)
def bundles(context: typer.Context) -> None:
    """Work that was carried here; without a command: what waits for its turn, or for a person."""
    if context.invoked_subcommand is None:
        told(context, kept_aside)


@bundle_app.command("take")
def take_bundle(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A *.twb")],
    keys_folder: Annotated[
        Path | None, typer.Option("--keys", help="Folder of the private key")
    ] = None,
) -> None:
    """Open a bundle and append its work, as if its device had sent it."""
    folder = keys.folder(keys_folder, address(context.obj))

    def work(engine: Engine) -> dict[str, Any]:
        try:
            with file.open("rb") as opened:
                taken = take(engine, folder, opened.read(LARGEST + 1), wall_clock())
        except BadBundle as error:
            raise admin.AdminError(error.code) from error
        except KeyMissing as error:
            raise admin.AdminError("bundle_key_missing") from error
        return asdict(taken)

    told(context, work)


@admin_app.command("backup")
def back_up(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="A file that is not there")]
) -> None:
    """A consistent copy of the database; devices may go on syncing. Without keys and attachments."""

    def work(_engine: Engine) -> dict[str, object]:
        size = backup.backup(address(context.obj), file)
        return {"file": str(file), "bytes": size}

    told(context, work)


@admin_app.command("restore")
def bring_back(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="Made by `backup`")]
) -> None:
    """Put a copy in the place of the database; devices then send again what it lacks."""

    def work(engine: Engine) -> list[dict[str, str]]:
        engine.dispose()  # nobody of us must hold what is replaced
        return backup.restore(address(context.obj), file)

    told(context, work, makes=True)
