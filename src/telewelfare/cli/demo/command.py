"""The command line of the demo."""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated

import structlog
import typer

from telewelfare.cli.demo.run import Wanted, headless


def demo(
    *,
    headless_only: Annotated[
        bool, typer.Option("--headless", help="Do the main job without a screen and end")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65_000, help="Of the API; 0 = any")] = 8000,
    cases: Annotated[int, typer.Option(min=20, max=100_000)] = 400,
    partners: Annotated[int, typer.Option(min=4, max=10_000)] = 150,
    seed: Annotated[int, typer.Option(help="Another seed, other people")] = 7,
) -> None:
    """Try telewelfare on invented people: a volunteer's phone and an officer's desk, side by side."""
    quiet()
    wanted = Wanted(port, seed, cases, partners)
    try:
        if headless_only:
            asyncio.run(headless(wanted, typer.echo))
        else:
            from telewelfare.cli.demo.screens import show  # noqa: PLC0415 - Flet's web client is large

            asyncio.run(show(wanted, typer.echo))
    except KeyboardInterrupt:
        typer.echo("")
    except AssertionError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def quiet() -> None:
    """Only what goes wrong is worth a line here."""
    logging.basicConfig(level=logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
