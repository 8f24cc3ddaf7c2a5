"""Drawing the lists again, and the first screen after unlocking. `bench_screen.py [CASES]`.

Run with the repository's folder in PYTHONPATH: the screens are mounted as in the tests.
The second part wants Chromium.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from statistics import median
from urllib.request import urlopen

import flet as ft
from flet.controls.base_control import BaseControl
from measure import PIN, figure, filled, folder, now, tell
from playwright.sync_api import Page, sync_playwright

from telewelfare.actions.enrolment import begin, connect
from telewelfare.actions.session import Session
from telewelfare.app import DeviceApp, assets
from telewelfare.config import Settings
from telewelfare.store.home import Home, Opened
from telewelfare.views.case_list import CaseListScreen
from telewelfare.views.case_table import CaseTableScreen
from telewelfare.views.triage import TriageScreen
from tests.e2e.screen import DESK, FLAGS, PHONE, Screen
from tests.headless import Ui
from tests.views.desk import showing

RUNS = 20
REDRAW_TARGET = 100.0  # ms
OPEN_TARGET = 2_000.0  # ms
OPENINGS = 5
WORDS = ("กันตัง", "สม", "ท่าข้าม", "พิการ", "92-2570", "")

Step = Callable[[Ui], tuple[BaseControl, str, object]]


def opened(place: Path) -> Opened:
    """A device as its worker opens it."""
    found = Home(place).unlock(PIN, now())
    if not isinstance(found, Opened):
        raise TypeError("the PIN of the bench does not open it")
    return found


async def measured(name: str, cases: int, ui: Ui, *steps: Step) -> None:
    """Take the steps in turn, each until all that follows from it is drawn and packed."""
    took, cpu = [], []
    for step in steps * -(-RUNS // len(steps)):
        control, event, data = step(ui)  # finding it is the test's work, not the app's
        began, worked = time.perf_counter_ns(), time.process_time_ns()
        await ui.event(control, event, data)
        cpu.append((time.process_time_ns() - worked) / 1e6)
        took.append((time.perf_counter_ns() - began) / 1e6)
    figure(name, cases, took, REDRAW_TARGET)
    tell(f"{name}_cpu", cases=cases, p50_ms=median(cpu), most_ms=max(cpu))


def tapping(mark: str) -> Step:
    """A tap on what has that name."""
    return lambda ui: (ui.marked(mark), "click", None)


def keyed(key: str) -> Step:
    """A key of the keyboard."""
    held = dict.fromkeys(("shift", "ctrl", "alt", "meta"), False)
    return lambda ui: (ui.page, "keyboard_event", {"key": key, **held})


def searching(word: str) -> Step:
    """A word typed and entered."""

    def step(ui: Ui) -> tuple[BaseControl, str, object]:
        field = ui.one(ft.TextField)
        ui.client.session.apply_patch(field._i, {"value": word})  # noqa: SLF001 - as a client does
        return field, "submit", word

    return step


def scrolled(ui: Ui) -> tuple[BaseControl, str, object]:
    """The end of the list comes near."""
    end = {"pixels": 9_000.0, "min_scroll_extent": 0.0, "max_scroll_extent": 9_100.0}
    more = {"event_type": "update", "viewport_dimension": 600.0, **end}
    return ui.one(ft.ListView), "scroll", more


async def redraws(session: Session, cases: int) -> None:
    """Work the table on the desk and the list on the phone."""
    searches = [searching(word) for word in WORDS]
    began = time.perf_counter()
    async with showing(session, CaseTableScreen, width=DESK[0]) as (ui, _):
        tell("table_first", cases=cases, ms=(time.perf_counter() - began) * 1e3)
        headings = [tapping(f"sort-{key}") for key in ("name", "no", "due", "urgency")]
        await measured("table_sort", cases, ui, *headings)
        await measured("table_page", cases, ui, tapping("page-after"))
        await measured("table_search", cases, ui, *searches)
        await measured("table_filter", cases, ui, tapping("filter-urgency:urgent"))
        await measured("table_select", cases, ui, keyed("J"))
    async with showing(session, TriageScreen, width=DESK[0]) as (ui, _):
        await measured("triage_select", cases, ui, keyed("J"))
        await measured("triage_search", cases, ui, *searches)
    began = time.perf_counter()
    async with showing(session, CaseListScreen, width=PHONE[0]) as (ui, _):
        tell("list_first", cases=cases, ms=(time.perf_counter() - began) * 1e3)
        await measured("list_search", cases, ui, *searches)
        await measured("list_filter", cases, ui, tapping("filter-urgent"))
        await measured("list_more", cases, ui, scrolled)


def part_of_screens(place: Path, cases: int) -> None:
    """Draw without a client: what the server side of a redraw costs."""
    session = begin(Home(place), opened(place), connect, now, random.random)
    gc.freeze()  # as the app does
    asyncio.run(redraws(session, cases))
    session.journal.engine.dispose()


def serve(place: Path, port: int) -> None:
    """The app on this device, as a web page."""
    app = DeviceApp(Settings(place))
    where = str(assets())
    ft.run(app.main, view=None, host="127.0.0.1", port=port, no_cdn=True, assets_dir=where)


@contextmanager
def served(place: Path) -> Iterator[str]:
    """Serve the app in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    again = (sys.executable, __file__, "--serve", str(place), str(port))
    process = subprocess.Popen(again)  # noqa: S603 - this file itself
    try:
        url = f"http://127.0.0.1:{port}/"
        _wait(url)
        yield url
    finally:
        process.terminate()
        process.wait()


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            urlopen(url).close()  # noqa: S310 - our own address
        except OSError:
            time.sleep(0.1)
        else:
            return


def open_once(page: Page, screen: Screen, mark: str) -> float:
    """Milliseconds from pressing the button to the first screen with content; then lock."""
    screen.type_pin(PIN)
    began = time.perf_counter_ns()
    screen.press("เปิด", exact=True)
    page.locator(f'[flt-semantics-identifier="{mark}"]').first.wait_for(state="attached")
    took = (time.perf_counter_ns() - began) / 1e6
    screen.press("ล็อก")
    return took


def part_of_browser(place: Path, cases: int) -> None:
    """Unlock in Chromium, again and again."""
    chromium = os.environ.get("CHROMIUM") or which("chromium") or which("chromium-browser")
    with served(place) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, size in (("unlock_phone", PHONE), ("unlock_desk", DESK)):
            screen = Screen(browser, size)
            screen.open(url)
            took = [open_once(screen.page, screen, "figure-critical") for _ in range(OPENINGS)]
            figure(name, cases, took, OPEN_TARGET)
            screen.page.close()
        browser.close()


def main(cases: int, place: Path) -> None:
    """Fill a device if there is none, then measure."""
    if not Home(place).enrolled:
        filled(place, cases).journal.engine.dispose()
    tell("load", cases=cases, of_one_minute=os.getloadavg()[0], cores=os.cpu_count() or 0)
    part_of_screens(place, cases)
    if "--no-browser" not in sys.argv:
        part_of_browser(place, cases)
    tell("load", cases=cases, of_one_minute=os.getloadavg()[0], cores=os.cpu_count() or 0)


if __name__ == "__main__":
    match [given for given in sys.argv[1:] if given != "--no-browser"]:
        case ["--serve", where, port]:
            serve(Path(where), int(port))
        case [count, where]:
            main(int(count), Path(where))
        case given:
            with folder() as made:
                main(int(given[0]) if given else 10_000, made)
