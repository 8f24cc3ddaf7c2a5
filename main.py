"""What `flet build` starts: the package lies under src, and the app lies in the package."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))

from telewelfare.app import run

run()
