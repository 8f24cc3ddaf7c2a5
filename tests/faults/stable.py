"""Where tests get their processes from: the near end of `forks`."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]


class Stable:
    """A program that forks servers and devices; everything it made ends with it."""

    def __enter__(self) -> Self:
        self._lock = threading.Lock()
        self._program = subprocess.Popen(
            (sys.executable, "-m", "tests.faults.forks"),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self._program.communicate(timeout=20)

    def ask(self, do: str, **order: object) -> dict[str, Any]:
        """Give an order and wait until it is done; orders are done one after another."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        with self._lock:
            self._program.stdin.write(json.dumps({"do": do, **order}) + "\n")
            self._program.stdin.flush()
            answer: dict[str, Any] = json.loads(self._program.stdout.readline())
        return answer
