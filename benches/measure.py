"""What the benches share: a device with many invented cases, and figures as JSON lines."""

from __future__ import annotations

import base64
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from statistics import quantiles
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from telewelfare.domain.clock import Millis
from telewelfare.store.home import Home, Identity, Opened
from telewelfare.store.incoming import News, Reply
from telewelfare.synthetic import Entry, World, as_workers, generate, workers

PIN: Final = "482913"
BATCH: Final = 200
TODAY: Final = date(2026, 11, 20)
WORLD_SEED: Final = 92


def now() -> Millis:
    """The machine's clock."""
    return Millis(time.time_ns() // 1_000_000)


def identity() -> Identity:
    """An officer, who has every case of the centre."""
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    return Identity(
        device="daaaaaaa",
        worker="00000000-0000-7000-8000-000000000001",
        worker_name="เจ้าหน้าที่ทดสอบ",
        role="social_worker",
        areas=("92",),
        centre="92",
        centre_name="ศูนย์ทดสอบ",
        centre_key=base64.urlsafe_b64encode(public).decode().rstrip("="),
        url="http://127.0.0.1:9",
        epoch="e1",
    )


@contextmanager
def folder() -> Iterator[Path]:
    """A place for a device, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="telewelfare-bench-") as made:
        yield Path(made)


def filled(place: Path, cases: int) -> Opened:
    """A device with so many cases, sent by the centre as to an office that just enrolled."""
    opened = Home(place).enrol(PIN, identity(), "token")
    world = World(
        WORLD_SEED, today=TODAY, cases=cases, partners=max(10, cases // 20), provinces=("92",)
    )
    ids = {w.key: f"00000000-0000-7000-8000-{n:012d}" for n, w in enumerate(workers(world), 1)}
    entries = (as_workers(entry, ids) for entry in generate(world))
    while batch := list(islice(entries, BATCH)):
        news = tuple(_news(entry) for entry in batch)
        opened.journal.take_in(Reply(0, {}, news, (), "e1.1.1.", now()))
    return opened


def _news(entry: Entry) -> News:
    edit, stamp = entry.edit, f"{entry.at:012x}0000dbbbbbbb"
    return News(edit.kind, edit.record, edit.sets, dict.fromkeys(edit.sets, stamp), 1, whole=True)


def timed(work: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each of so many runs."""
    took = []
    for _ in range(times):
        began = time.perf_counter_ns()
        work()
        took.append((time.perf_counter_ns() - began) / 1e6)
    return took


def figure(name: str, cases: int, took: list[float], target: float) -> None:
    """Print p50 and p95 in milliseconds, and whether p95 is under the target."""
    cuts = quantiles(took, n=100, method="inclusive")
    tell(name, cases=cases, p50_ms=cuts[49], p95_ms=cuts[94], target_ms=target, runs=len(took))


def tell(name: str, **figures: float) -> None:
    """Print one JSON line."""
    rounded = {key: round(value, 2) for key, value in figures.items()}
    print(json.dumps({"bench": name, **rounded}), flush=True)


def peak_mb() -> float:
    """The most memory this process ever had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
