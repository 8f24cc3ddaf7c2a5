"""Refuse files that would weigh on every clone for ever; takes the paths as arguments."""

import sys
from pathlib import Path

MOST_BYTES = 600_000


def too_large(names: list[str]) -> list[str]:
    """One line for each file over the limit; a deleted file has no size."""
    sizes = ((name, Path(name).stat().st_size) for name in names if Path(name).is_file())
    return [f"{name}: {size:,} bytes" for name, size in sizes if size > MOST_BYTES]


if __name__ == "__main__":
    sys.exit("\n".join(too_large(sys.argv[1:])) or None)
