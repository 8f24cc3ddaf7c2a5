"""What a test does on a machine that lacks a program it needs."""

import os
from typing import NoReturn

import pytest


def lacking(reason: str) -> NoReturn:
    """Skip the test, saying why; fail it where everything must be there.

    `.ci/run` sets TELEWELFARE_REQUIRE_ALL=1, so that a test which silently stops running is noticed.
    """
    if os.environ.get("TELEWELFARE_REQUIRE_ALL") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
