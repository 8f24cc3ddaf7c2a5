"""The command without a sub-command: a window where there is one, else the browser."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from telewelfare.cli.run import HOST, free_port, has_display


def test_a_free_port_can_be_listened_on() -> None:
    with socket.socket() as tried:
        tried.bind((HOST, free_port()))


def test_without_a_display_no_window_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert has_display() == (sys.platform in {"win32", "darwin"})


def test_the_app_is_served_at_the_address_it_prints(tmp_path: Path) -> None:
    hidden = {"DISPLAY", "WAYLAND_DISPLAY"}
    surroundings = {name: value for name, value in os.environ.items() if name not in hidden}
    surroundings |= {"TELEWELFARE_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "telewelfare", "--web"]
    with subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, text=True) as app:
        try:
            assert app.stdout is not None
            address = app.stdout.readline().split()[-1]
            assert _answer(address).status_code == httpx.codes.OK
        finally:
            app.terminate()


def _answer(address: str) -> httpx.Response:
    for _ in range(100):
        try:
            return httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(address)
