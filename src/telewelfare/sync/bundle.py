"""Hand-carry bundles on a device: made of what waits, and kept sealed when somebody else's.

home/carried/
  <id>.twb       somebody's bundle, as it came; deleted once the centre has it
  <id>.json      what the centre said of it; no personal data
"""

from __future__ import annotations

import base64
import json
import logging
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from telewelfare.domain.clock import Millis
from telewelfare.domain.operations import Operation
from telewelfare.store.errors import translated
from telewelfare.store.home import Identity
from telewelfare.store.journal import Journal
from telewelfare.store.vault import write_atomically
from telewelfare.sync import codec, twb
from telewelfare.sync.protocol import MAX_CARRIED, Bundle, WireOperation
from telewelfare.sync.transport import Central

log = logging.getLogger(__name__)

FOLDER: Final = "carried"
ENDING: Final = ".twb"
REMEMBERED: Final = 30 * 24 * 3_600_000  # ms for which a delivered bundle is shown

State = Literal["waiting", "taken", "unreadable", "other_centre"]


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle to hand on. `left`: operations that did not go into it."""

    bundle: bytes
    name: str
    operations: int
    last: int  # number of the last operation in it
    left: int


def make(
    journal: Journal, identity: Identity, now: Millis, *, app: str, after: int = 0
) -> Made | None:
    """Seal what waits after operation `after` to the centre; `None` when nothing does.

    What waits goes on waiting: only the centre's own reply says that it has arrived.
    """
    waiting = [op for op in journal.pending(MAX_CARRIED) if op.n > after]
    if not waiting:
        return None
    packed, taken = _packed(waiting, identity, now, app)
    bundle_id = os.urandom(twb.ID)
    sealed = twb.seal(
        packed,
        device=identity.device,
        device_key=_device_key(journal),
        centre_key=_decoded(identity.centre_key),
        bundle_id=bundle_id,
        ephemeral=X25519PrivateKey.generate(),
    )
    last = waiting[taken - 1].n
    return Made(sealed, bundle_id.hex()[:12] + ENDING, taken, last, len(waiting) - taken)


def make_all(journal: Journal, identity: Identity, now: Millis, *, app: str) -> tuple[Made, ...]:
    """As many bundles as it takes to carry everything that waits; none when nothing does."""
    made: list[Made] = []
    while one := make(journal, identity, now, app=app, after=made[-1].last if made else 0):
        made.append(one)
    return tuple(made)


def _packed(
    waiting: Sequence[Operation], identity: Identity, now: Millis, app: str
) -> tuple[bytes, int]:
    """The oldest operations that go into one bundle, and how many these are."""
    count = len(waiting)
    while True:
        told = Bundle(
            centre=identity.centre,
            device=identity.device,
            made=now,
            app=app,
            ops=tuple(_wire(op) for op in waiting[:count]),
            left=len(waiting) - count,
        )
        plain = codec.dump(told.model_dump(mode="json"))
        packed = codec.pack(plain, codec.ZSTD)
        if len(plain) <= twb.MAX_CONTENTS and twb.fits(len(packed), identity.device):
            return packed, count
        if count == 1:
            raise twb.TooLarge
        count = max(1, count // 2)


def _wire(op: Operation) -> WireOperation:
    sets, base = dict(op.sets), dict(op.base)
    return WireOperation(n=op.n, kind=op.kind, id=op.record, stamp=op.stamp, sets=sets, base=base)


def _device_key(journal: Journal) -> Ed25519PrivateKey:
    raw = base64.b64decode(str(journal.read_secret("device_key")))
    return Ed25519PrivateKey.from_private_bytes(raw)


def _decoded(key: str) -> bytes:
    return base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))


@dataclass(frozen=True, slots=True)
class Carried:
    """Somebody's bundle on this device: what became of it, and since when."""

    id: str
    state: State
    since: Millis
    size: int  # bytes


class Carrier:
    """The bundles this device carries for others. It cannot read them; nor can anybody on the way."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def take(self, bundle: bytes, now: Millis) -> Carried:
        """Keep a bundle until the centre has it; one that is here already stays as it is.

        Raises:
            BadBundle: it is not whole; nothing was kept.
            DiskFull: nothing was kept.
        """
        try:
            name = twb.look(bundle)
        except twb.Newer:  # the centre may be newer than this device: it decides
            name = twb.id_of(bundle)
        had = self._one(name)
        if had is not None:
            return had
        with translated(FOLDER):
            self._folder.mkdir(exist_ok=True, mode=0o700)
        write_atomically(self._folder / (name + ENDING), bundle)
        self._note(Carried(name, "waiting", now, len(bundle)))
        return Carried(name, "waiting", now, len(bundle))

    def all(self) -> tuple[Carried, ...]:
        """What is carried and what was delivered lately, oldest first."""
        with translated(FOLDER):
            names = {
                file.stem for file in self._folder.glob("*") if file.suffix in (ENDING, ".json")
            }
        found = (self._one(name) for name in names)
        return tuple(sorted((one for one in found if one), key=lambda one: (one.since, one.id)))

    def waiting(self) -> int:
        """How many the centre has not been given yet."""
        return sum(one.state == "waiting" for one in self.all())

    async def forward(self, central: Central, now: Millis) -> int:
        """Give the centre what waits; how many it took.

        Raises:
            SyncError: what was not given yet still waits here.
        """
        given = 0
        for one in self.all():
            if one.state == "taken" and now - one.since > REMEMBERED:
                self._forget(one)
            if one.state == "waiting" and (bundle := self._read(one)) is not None:
                outcome = _state(await central.carry(bundle))
                self._settle(Carried(one.id, outcome, now, one.size))
                given += outcome == "taken"
        return given

    def let_go(self, name: str) -> None:
        """A person has seen that the centre cannot use this bundle; it is deleted."""
        one = self._one(name)
        if one is not None and one.state != "waiting":
            self._forget(one)

    def _settle(self, one: Carried) -> None:
        """Note what the centre said, then delete: killed between the two it is only given twice."""
        self._note(one)
        if one.state == "taken":
            with translated(FOLDER):
                (self._folder / (one.id + ENDING)).unlink(missing_ok=True)

    def _forget(self, one: Carried) -> None:
        with translated(FOLDER):
            (self._folder / (one.id + ENDING)).unlink(missing_ok=True)
            (self._folder / (one.id + ".json")).unlink(missing_ok=True)

    def _note(self, one: Carried) -> None:
        write_atomically(self._folder / (one.id + ".json"), json.dumps(asdict(one)).encode())

    def _read(self, one: Carried) -> bytes | None:
        with translated(FOLDER):
            file = self._folder / (one.id + ENDING)
            return file.read_bytes() if file.exists() else None

    def _one(self, name: str) -> Carried | None:
        """What is known of a bundle; one whose note was lost waits, for giving it twice is harmless."""
        note, file = self._folder / f"{name}.json", self._folder / (name + ENDING)
        with translated(FOLDER):
            told = note.read_bytes() if note.exists() else b""
            stat = file.stat() if file.exists() else None
        known = _known(name, told)
        if known is not None or stat is None:
            return known
        return Carried(name, "waiting", Millis(int(stat.st_mtime * 1000)), stat.st_size)


def _known(name: str, note: bytes) -> Carried | None:
    try:
        found = json.loads(note)
        return Carried(name, _state(found["state"]), Millis(int(found["since"])), found["size"])
    except (ValueError, TypeError, KeyError):
        return None


def _state(told: object) -> State:
    """What a note or the centre says; a word of a newer centre is no reason to lose a bundle."""
    match told:
        case "taken":
            return "taken"
        case "unreadable":
            return "unreadable"
        case "other_centre":
            return "other_centre"
    return "waiting"
