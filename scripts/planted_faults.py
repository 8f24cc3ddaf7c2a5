"""Faults planted in a copy of the source, one at a time: a suite that stays green did not look.

`python scripts/planted_faults.py [WORD …]` plants those whose name holds one of the words, or all,
runs the tests that must turn red, and prints which did. Ends with 1 when a fault was not caught.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LIST: Final = Path(__file__).with_name("planted_faults.toml")
COPIED: Final = ("src", "tests", "scripts", "docs", "benches")
FILES: Final = (
    "pyproject.toml",
    "Makefile",
    "README.md",
    "CHANGELOG.md",
    "constraints.txt",
    "main.py",
)
SECONDS: Final = 600  # for the tests of one fault
SAID: Final = "E       AssertionError: "
GREEN, RED = 0, 1  # exit statuses of pytest; any other says that the tests did not run


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault: in `file` the text `was` is replaced, and one of `tests` must fail."""

    name: str
    file: str
    was: str
    now: str
    tests: tuple[str, ...]


def planted() -> list[Planted]:
    """The list."""
    told = tomllib.loads(LIST.read_text("utf-8"))["fault"]
    return [Planted(**{**one, "tests": tuple(one["tests"])}) for one in told]


@contextmanager
def copied() -> Iterator[Path]:
    """The source in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="tw-planted-") as folder:
        place = Path(folder)
        for name in COPIED:
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in FILES:
            shutil.copy(ROOT / name, place / name)
        yield place


def run(place: Path, tests: tuple[str, ...]) -> tuple[int, str]:
    """Run tests in a copy; pytest's status, and the first test that failed with what it said."""
    command = (sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests)
    env = os.environ | {
        "PYTHONPATH": f"{place / 'src'}{os.pathsep}{place}",
        "TELEWELFARE_HYPOTHESIS": "planted",
    }
    ran = subprocess.run(
        command, cwd=place, env=env, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    return ran.returncode, _first_that_failed(ran.stdout.splitlines())


def _first_that_failed(lines: list[str]) -> str:
    """The test, and what it missed."""
    failed = [line for word in ("FAILED", "ERROR") for line in lines if line.startswith(word)]
    why = (line[len(SAID) :] for line in lines if line.startswith(SAID))
    test = failed[0].split()[1] if failed else ""
    return f"{test}: {next(why, '')[:100]}" if test else ""


def plant(place: Path, fault: Planted) -> tuple[bool, str]:
    """Plant a fault, run its tests, take it out again; whether it was caught, and by what."""
    file = place / fault.file
    sound = file.read_text("utf-8")
    if sound.count(fault.was) != 1:
        return False, f"not planted: {fault.file} has the text {sound.count(fault.was)} times"
    file.write_text(sound.replace(fault.was, fault.now), "utf-8")
    try:
        status, failed = run(place, fault.tests)
    except subprocess.TimeoutExpired:
        return True, "the tests never ended"
    finally:
        file.write_text(sound, "utf-8")
    if status == RED:
        return True, failed
    return False, "NOT CAUGHT" if status == GREEN else f"the tests did not run: {failed}"


def main(words: list[str]) -> int:
    """Plant them all, one after the other."""
    chosen = [one for one in planted() if not words or any(word in one.name for word in words)]
    missed = 0
    with copied() as place:
        for fault in chosen:
            began = time.monotonic()
            caught, told = plant(place, fault)
            missed += not caught
            took = time.monotonic() - began
            print(f"{'caught' if caught else 'MISSED'} {took:5.0f} s  {fault.name}: {told}")
            sys.stdout.flush()
    print(f"{len(chosen) - missed} of {len(chosen)} planted faults were caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
