"""What every test shares: hypothesis profiles, and programs that are started when asked for."""

import os

from hypothesis import HealthCheck, Phase, settings

from tests.chromium import chromium
from tests.postgres import (
    _database_numbers,
    fresh_postgres_url,
    postgres_cluster,
    postgres_url,
)

__all__ = [
    "_database_numbers",
    "chromium",
    "fresh_postgres_url",
    "postgres_cluster",
    "postgres_url",
]

# A busy machine is slow now and then; a deadline would make tests fail for that.
# dev and ci draw the same examples every time; soak looks for new ones and prints how to repeat them;
# planted does not look for the smallest example: that a test turns red is all it asks.
STEADY = settings(
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("dev", parent=STEADY, max_examples=50)
settings.register_profile("ci", parent=STEADY, max_examples=100)
settings.register_profile("planted", parent=STEADY, max_examples=60, phases=[Phase.generate])
settings.register_profile("soak", parent=STEADY, derandomize=False, max_examples=3000)
settings.load_profile(os.environ.get("TELEWELFARE_HYPOTHESIS", "dev"))
