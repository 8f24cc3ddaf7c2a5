"""Random histories under every fault we can inject: nothing is lost, doubled, claimed or shown to strangers."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.machine import History
from tests.faults.stable import Stable
from tests.faults.world import Template

EXAMPLES = max(1, settings().max_examples // 4)
STEPS = 20
MODEST = settings(
    max_examples=EXAMPLES, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck)
)


def test_nothing_is_lost_whatever_happens(stable: Stable, staffed: Template) -> None:
    class OnSqlite(History):
        pass

    OnSqlite.stable, OnSqlite.template = stable, staffed
    run_state_machine_as_test(OnSqlite, settings=MODEST)
