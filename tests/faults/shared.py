"""A clock and a fuse that the test and the processes under test look at together."""

from __future__ import annotations

import mmap
import os
import signal
import struct
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, event

from telewelfare.domain.clock import Millis

MOMENT: Final = 7  # ms that pass with each look
_CLOCK: Final = struct.Struct("<q")


class Shared:
    """Two numbers in a file: the time, and after how many statements the server dies (0 = never)."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(bytes(2 * _CLOCK.size))
        with file.open("r+b") as opened:
            self._memory = mmap.mmap(opened.fileno(), 0)

    def now(self) -> Millis:
        """The true time; every look takes a moment."""
        self.time += MOMENT
        return Millis(self.time)

    @property
    def time(self) -> int:
        """The true time, ms."""
        return self._get(0)

    @time.setter
    def time(self, value: int) -> None:
        _CLOCK.pack_into(self._memory, 0, value)

    @property
    def fuse(self) -> int:
        """Statements until the server kills itself; 0 = it does not."""
        return self._get(_CLOCK.size)

    @fuse.setter
    def fuse(self, value: int) -> None:
        _CLOCK.pack_into(self._memory, _CLOCK.size, value)

    def _get(self, place: int) -> int:
        return int(_CLOCK.unpack_from(self._memory, place)[0])

    def burn(self, *_: object) -> None:
        """One statement less."""
        if self.fuse:
            self.fuse -= 1
            if not self.fuse:
                os.kill(os.getpid(), signal.SIGKILL)

    def arm(self, engine: Engine) -> None:
        """Let every statement and every commit of an engine burn the fuse."""
        event.listen(engine, "before_cursor_execute", self.burn)
        event.listen(engine, "commit", self.burn)
