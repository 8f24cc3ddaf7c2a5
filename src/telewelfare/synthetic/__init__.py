"""Seeded, realistic, wholly invented people, cases and partners, for the demo, tests and benches."""

from telewelfare.synthetic.model import Entry, SyntheticWorker, World
from telewelfare.synthetic.names import is_issuable
from telewelfare.synthetic.workers import workers
from telewelfare.synthetic.world import as_workers, generate

__all__ = [
    "Entry",
    "SyntheticWorker",
    "World",
    "as_workers",
    "generate",
    "is_issuable",
    "workers",
]
