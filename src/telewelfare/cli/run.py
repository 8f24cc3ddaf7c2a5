"""`telewelfare [--web]`: the app in a window of its own, else in this machine's browser."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Final

import flet as ft
import typer

from telewelfare.app import DeviceApp, assets
from telewelfare.config import read_settings
from telewelfare.strings import texts

HOST: Final = "127.0.0.1"
CLIENTS: Final = Path.home() / ".flet" / "client"


def run_app(*, web: bool) -> None:
    """Start the app and serve it until it is closed.

    Without a window's client (it is fetched separately) or a display it is served to the browser.
    """
    device = DeviceApp(read_settings())
    folder = str(assets() or "assets")
    if not web and has_window():
        ft.run(device.main, assets_dir=folder)
        return
    port = free_port()
    typer.echo(texts("th", strict=False)("nav.served", address=f"http://{HOST}:{port}"))
    view = ft.AppView.WEB_BROWSER if has_display() else None
    ft.run(device.main, view=view, host=HOST, port=port, no_cdn=True, assets_dir=folder)


def has_window() -> bool:
    """Whether a native client is installed here and there is a screen to show it on."""
    named = os.environ.get("FLET_VIEW_PATH") or os.environ.get("FLET_CLIENT_URL")
    return has_display() and bool(named or any(CLIENTS.glob("flet-desktop-*")))


def has_display() -> bool:
    """Whether programs can open windows here."""
    if os.name == "nt" or os.uname().sysname == "Darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as tried:
        tried.bind((HOST, 0))
        port: int = tried.getsockname()[1]
        return port
