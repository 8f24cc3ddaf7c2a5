"""Write constraints.txt anew: the newest versions that pyproject.toml admits, tried in a clean venv.

The versions phones need stay: see docs/adr/0005. Look at the difference before committing it.
"""

import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
CONSTRAINTS = ROOT / "constraints.txt"

# pydantic pins its core exactly, so holding one holds both.
FOR_PHONES = "pydantic==2.13.4\n"

PIN = re.compile(r"^[A-Za-z0-9._-]+==[^ ]+$")


def head() -> str:
    """The comment lines the file begins with."""
    lines = CONSTRAINTS.read_text().splitlines(keepends=True)
    return "".join(line for line in lines if line.startswith("#"))


def newest(folder: Path) -> list[str]:
    """`name==version` of all that a new environment in `folder` gets."""
    venv.create(folder / "venv", with_pip=True)
    pip = (str(folder / "venv/bin/python"), "-m", "pip")
    held = folder / "held.txt"
    held.write_text(FOR_PHONES)
    subprocess.run((*pip, "install", "--quiet", "--upgrade", "pip"), check=True)
    what = (".[desktop,server]", "--group", "dev")
    subprocess.run((*pip, "install", "--quiet", "-c", str(held), *what), cwd=ROOT, check=True)
    frozen = subprocess.run((*pip, "freeze", "--all"), check=True, capture_output=True, text=True)
    skip = ("setuptools==", "telewelfare")
    return [line for line in frozen.stdout.splitlines() if not line.startswith(skip)]


def main() -> int:
    """Replace the file, unless a line is not a plain pin."""
    with tempfile.TemporaryDirectory() as folder:
        pins = newest(Path(folder))
    strange = [line for line in pins if not PIN.match(line)]
    if strange:
        print("not a plain pin:", *strange, sep="\n")
        return 1
    CONSTRAINTS.write_text(head() + "\n".join(sorted(pins, key=str.lower)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
