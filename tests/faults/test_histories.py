"""Random histories under every fault we can inject: nothing is lost, doubled, claimed or shown to strangers."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from typing import LiteralString

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from psycopg import sql

from tests.faults.machine import History
from tests.faults.stable import Stable
from tests.faults.world import Template, World, template
from tests.postgres import Cluster

EXAMPLES = max(1, settings().max_examples // 4)
STEPS = 25
SOURCE = "history_template"
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


class Copies(World):
    """A world on PostgreSQL: a copy of a database with the staff in it."""

    cluster: Cluster
    numbers = count(1)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.name = f"history_{next(self.numbers)}"

    @property
    def database(self) -> str:
        return self.cluster.url(self.name)

    def make_database(self) -> None:
        self._run("CREATE DATABASE {} TEMPLATE {}", self.name, SOURCE)

    def drop_database(self) -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)

    def _run(self, statement: LiteralString, *names: str) -> None:
        with self.cluster.connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.mark.postgres
def test_nothing_is_lost_on_postgresql_either(
    stable: Stable, postgres_cluster: Cluster, tmp_path: Path
) -> None:
    class OnPostgres(History):
        def make_world(self) -> World:
            return Copies(self.template, self.folder, self.stable)

    Copies.cluster = postgres_cluster
    OnPostgres.stable = stable
    with postgres_cluster.database(SOURCE) as url:
        OnPostgres.template = template(tmp_path, url)
        few = settings(MODEST, max_examples=max(1, EXAMPLES // 5))
        run_state_machine_as_test(OnPostgres, settings=few)
