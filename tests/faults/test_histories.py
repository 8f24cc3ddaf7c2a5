"""Random histories under every fault we can inject: nothing is lost, doubled, claimed or shown to strangers."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.machine import History
from tests.faults.stable import Stable
from tests.faults.world import Template

EXAMPLES = max(1, settings().max_examples // 4)
STEPS = 25
# A history takes a second: to look for the smallest that fails would take an hour.
SHRINKS = os.environ.get("TELEWELFARE_SHRINK") == "1"
PHASES = [Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if SHRINKS else [])]
MODEST = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    suppress_health_check=list(HealthCheck),
    phases=PHASES,
    report_multiple_bugs=False,
)


def test_nothing_is_lost_whatever_happens(stable: Stable, staffed: Template) -> None:
    class OnSqlite(History):
        pass

    OnSqlite.stable, OnSqlite.template = stable, staffed
    run_state_machine_as_test(OnSqlite, settings=MODEST)
