"""A person at a screen of the served app: reads it, presses, types, takes pictures."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

PHONE = (390, 844)
DESK = (1440, 900)
PATIENCE = 90_000  # ms; a busy machine draws slowly
BREATH = 300  # ms
SOON = 6  # seconds
TRIES = 3
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
KNOWN_NOISE = "rive"  # one script of the client that is on no machine without a network


class Screen:
    """One tab of a browser. Names are what a screen reader says."""

    def __init__(self, browser: Browser, size: tuple[int, int]) -> None:
        width, height = size
        self.page: Page = browser.new_page(
            viewport={"width": width, "height": height},
            locale="th-TH",
            timezone_id="Asia/Bangkok",
        )
        self.page.set_default_timeout(PATIENCE)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, url: str) -> None:
        """Go to an address and let Flutter say what it draws."""
        self.page.goto(url)
        door = self.page.locator("flt-semantics-placeholder")
        door.wait_for(state="attached")
        door.evaluate("element => element.click()")
        self.page.locator("flt-semantics-host flt-semantics").first.wait_for(state="attached")

    def button(self, name: str, *, exact: bool = False) -> Locator:
        """The first button of that name."""
        return self.page.get_by_role("button", name=name, exact=exact).first

    def press_like(self, pattern: str) -> None:
        """Press the first button whose name matches."""
        self.page.get_by_role("button", name=re.compile(pattern)).first.click()

    def press(self, name: str, *, exact: bool = False) -> None:
        """Press a button."""
        self.button(name, exact=exact).click()

    def tick(self, name: str) -> None:
        """Choose something with a box or a radio beside it."""
        self.page.get_by_role("checkbox", name=name).first.dispatch_event("click")

    def choose(self, name: str) -> None:
        """Choose one of several."""
        self.page.get_by_role("radio", name=name).first.dispatch_event("click")

    def mark(self, identifier: str) -> Locator:
        """What the design system marks with an identifier."""
        return self.page.locator(f'[flt-semantics-identifier="{identifier}"]').first

    def write(self, label: str, text: str) -> None:
        """Type into a field. Flutter takes a moment to listen to it, and one to tell the app."""
        box = self.page.get_by_role("textbox", name=label).first
        box.click()
        self.page.wait_for_timeout(BREATH)
        box.fill(text)
        self.page.wait_for_timeout(BREATH)

    def write_until_gone(self, label: str, text: str, sentence: str) -> None:
        """Type into a field until the sentence about it goes: then the app knows what was typed."""
        for _ in range(TRIES):
            self.write(label, text)
            until = time.monotonic() + SOON
            while time.monotonic() < until:
                if sentence not in self.shown():
                    return
                self.page.wait_for_timeout(200)
        raise AssertionError(f"{sentence!r} stays on the screen")

    def sees(self, text: str, *, patience: int = PATIENCE) -> None:
        """Wait until something is on the screen, as text or as the name of something."""
        until = time.monotonic() + patience / 1000
        while text not in (shown := self.shown()):
            assert time.monotonic() < until, f"{text!r} is not on the screen:\n{shown}"
            self.page.wait_for_timeout(200)

    def shown(self) -> str:
        """Everything a screen reader would say."""
        return self.page.locator("flt-semantics-host").first.aria_snapshot()

    def sees_button(self, name: str, *, patience: int = PATIENCE) -> None:
        """Wait until a button is on the screen."""
        self.button(name).wait_for(state="attached", timeout=patience)

    def title(self) -> str:
        """The question or the title of the page; "" when it has none."""
        headings = self.page.get_by_role("heading", level=1)
        return headings.first.inner_text() if headings.count() else ""

    def unlock(self, pin: str) -> None:
        """Give the PIN on the pad."""
        self.type_pin(pin)
        self.press("เปิด", exact=True)
        self.sees_button("ล็อก")

    def type_pin(self, pin: str) -> None:
        """Press the digits of a PIN as fast as the pad takes them."""
        self.button("1", exact=True).wait_for()
        for digit in pin:
            self.press(digit, exact=True)

    def signal(self, *, on: bool) -> None:
        """Turn the demo's signal on or off."""
        switch = self.page.get_by_role("switch").first
        if switch.is_checked() != on:
            switch.click()
        expect(switch).to_be_checked(checked=on)

    def picture(self, name: str) -> None:
        """Keep a picture when pictures are wanted."""
        folder = os.environ.get("TELEWELFARE_PICTURES")
        if folder:
            self.page.wait_for_timeout(900)  # until what moves has come to rest
            path = Path(folder) / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=path)
