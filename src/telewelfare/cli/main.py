"""The command `telewelfare` and its sub-commands, each loaded only when it is asked for.

An office's server has no Flet client, a field laptop no database driver for the centre;
a sub-command whose extra is not installed says so, and the others work.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Final

import typer

LAZY: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {  # command: module, what it exposes, the extra it needs
        "serve": ("telewelfare.cli.serve", "serve_app", "server"),
        "admin": ("telewelfare.cli.admin", "admin_app", "server"),
        "device": ("telewelfare.cli.device", "device_app", "desktop"),
        "demo": ("telewelfare.cli.demo", "demo", "desktop,server"),
    }
)
PRINTS_JSON: Final = frozenset({"admin", "device"})  # also when it is called the wrong way
USAGE: Final = 2  # exit status

app = typer.Typer(name="telewelfare", add_completion=False, pretty_exceptions_enable=False)


class ExtraMissing(Exception):
    """A sub-command's libraries are not installed. The text says what to install."""


@app.callback(invoke_without_command=True)
def telewelfare(context: typer.Context, *, web: bool = False) -> None:
    """Offline-first casework for Thai social welfare. Without a command: the app itself."""
    if context.invoked_subcommand is None:
        load("telewelfare.cli.run", "run_app", "desktop")(web=web)


def load(module: str, name: str, extra: str) -> Callable[..., object]:
    """What a sub-command's module exposes.

    Raises:
        ExtraMissing: a library of its extra is not installed.
    """
    try:
        found: Callable[..., object] = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == __name__.partition(".")[0]:
            raise
        raise ExtraMissing(f"{error.name}: pip install 'telewelfare[{extra}]'") from error
    return found


def register(command: str) -> None:
    """Add one sub-command to `app`: a Typer with commands of its own, or a function."""
    found = load(*LAZY[command])
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=command)
    else:
        app.command(command)(found)


def register_asked(arguments: Sequence[str]) -> None:
    """Add the sub-command that is named; for `--help` all whose extras are installed.

    Raises:
        ExtraMissing: the one that is named cannot run here.
    """
    named = next((word for word in arguments if not word.startswith("-")), None)
    if named is not None and named in LAZY:
        register(named)
    elif named is None and "--help" in arguments:
        for command in LAZY:
            try:
                register(command)
            except ExtraMissing as missing:
                typer.echo(str(missing), err=True)


def app_entry() -> None:
    """The entry point of the installed command."""
    arguments = sys.argv[1:]
    prints_json = bool(PRINTS_JSON & set(arguments[:1]))
    try:
        register_asked(arguments)
        status = app(arguments, standalone_mode=not prints_json)
    except ExtraMissing as missing:
        typer.echo(str(missing), err=True)
        sys.exit(USAGE)
    except typer.TyperException as wrong:
        print_wrong_use(wrong.format_message())
        sys.exit(USAGE)
    sys.exit(status or 0)


def print_wrong_use(message: str) -> None:
    """Programs read standard output: an option that is missing is told there as JSON, too."""
    typer.echo(json.dumps({"error": "usage", "message": message}, ensure_ascii=False))
