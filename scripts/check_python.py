"""Say what is missing before anything is installed; runs on whatever python3 there is."""

import sys
from collections.abc import Iterator


def missing() -> "Iterator[str]":
    """What to install, as one line for each thing."""
    if sys.version_info < (3, 11):  # noqa: UP036  the reason this file exists
        yield "Python 3.11 or newer is needed; say which: make PYTHON=python3.12 …"
    try:
        import ensurepip  # noqa: F401, PLC0415  Debian keeps it apart from python3
    except ImportError:
        yield "The module venv is incomplete: apt-get install python3-venv"


if __name__ == "__main__":
    sys.exit("\n".join(missing()) or None)
