"""The browser that end-to-end tests drive."""

import shutil

import pytest

from tests.lacking import lacking

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium of this machine, for `playwright.chromium.launch(executable_path=…)`."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or lacking("Chromium is not installed: apt-get install chromium")
