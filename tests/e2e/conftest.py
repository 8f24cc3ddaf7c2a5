"""The demo as a visitor starts it, and a real browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.screen import DESK, FLAGS, PHONE, Screen

STARTING = 180  # seconds the demo may take to build on a busy machine


@dataclass(frozen=True, slots=True)
class Shown:
    """What the demo prints."""

    front: str
    volunteer: str
    officer: str
    newcomer: str
    pin: str
    invitation: str


@pytest.fixture(scope="module")
def demo() -> Iterator[Shown]:
    """`telewelfare demo` in a process of its own, on free ports."""
    command = [sys.executable, "-m", "telewelfare", "demo", "--port", "0", "--cases", "120"]
    process = subprocess.Popen(
        [*command, "--partners", "40"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield _read(process)
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _read(process: subprocess.Popen[str]) -> Shown:
    assert process.stdout is not None
    printed, until = "", time.monotonic() + STARTING
    while "Ctrl+C" not in printed:
        line = process.stdout.readline()
        assert line or process.poll() is None, f"the demo ended:\n{printed}"
        assert time.monotonic() < until, f"the demo did not start:\n{printed}"
        printed += line
    pages = re.findall(r"(http://127\.0\.0\.1:\d+/)$", printed, re.MULTILINE)
    pin = re.search(r"PIN\)[^:]*: (\d+)", printed)
    invitation = re.search(r"(http://\S+/enrol#\S+)", printed)
    assert len(pages) == 4, printed  # the first page and three devices
    assert pin, printed
    assert invitation, printed
    front, volunteer, officer, newcomer = pages
    return Shown(front, volunteer, officer, newcomer, pin[1], invitation[1])


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Screen]:
    """A tab as large as a phone."""
    yield from _screen(browser, PHONE)


@pytest.fixture
def desk(browser: Browser) -> Iterator[Screen]:
    """A tab as large as a desktop's screen."""
    yield from _screen(browser, DESK)


def _screen(browser: Browser, size: tuple[int, int]) -> Iterator[Screen]:
    screen = Screen(browser, size)
    yield screen
    screen.page.close()
    assert not screen.errors
