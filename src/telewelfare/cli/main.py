"""The command `telewelfare` and its sub-commands, each loaded only when it is asked for.

An office's server has no Flet client, a field laptop no database driver for the centre;
a sub-command whose extra is not installed says so, and the others work.
"""

from __future__ import annotations

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
MISSING_EXTRA: Final = 2  # exit status

app = typer.Typer(
    name="telewelfare", add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False
)


@app.callback(invoke_without_command=True)
def telewelfare(context: typer.Context, *, web: bool = False) -> None:
    """Offline-first casework for Thai social welfare. Without a command: the app itself."""
    if context.invoked_subcommand is None:
        load("telewelfare.cli.run", "run_app", "desktop")(web=web)


def load(module: str, name: str, extra: str) -> Callable[..., object]:
    """What a sub-command's module exposes.

    Ends the program with a sentence on standard error when its extra is not installed.
    """
    try:
        found: Callable[..., object] = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("telewelfare"):
            raise
        typer.echo(f"{error.name}: pip install 'telewelfare[{extra}]'", err=True)
        raise SystemExit(MISSING_EXTRA) from error
    return found


def register(command: str) -> None:
    """Add one sub-command to `app`: a Typer with commands of its own, or a function."""
    if command not in LAZY:
        return
    module, name, extra = LAZY[command]
    found = load(module, name, extra)
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=command)
    else:
        app.command(command)(found)


def asked_for(arguments: Sequence[str]) -> tuple[str, ...]:
    """The sub-commands to load: the one that is named, all of them for `--help`."""
    named = next((word for word in arguments if not word.startswith("-")), None)
    if named is not None:
        return (named,)
    return tuple(LAZY) if "--help" in arguments else ()


def app_entry() -> None:
    """The entry point of the installed command."""
    for command in asked_for(sys.argv[1:]):
        register(command)
    app()
