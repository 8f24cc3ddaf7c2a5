"""The database that other tests rely on is a real one, and theirs alone."""

import pytest
from sqlalchemy import create_engine, text

pytestmark = pytest.mark.postgres

WORD = "ญี่ปุ่น น้ำผึ้ง"


def scalar(url: str, statement: str, **values: object) -> object:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            return connection.execute(text(statement), values).scalar()
    finally:
        engine.dispose()


def test_a_module_has_a_database_that_keeps_thai(postgres_url: str) -> None:
    assert scalar(postgres_url, "SELECT CAST(:word AS text)", word=WORD) == WORD
    assert scalar(postgres_url, "SHOW server_encoding") == "UTF8"


def test_a_test_can_have_an_empty_database_of_its_own(
    postgres_url: str, fresh_postgres_url: str
) -> None:
    assert postgres_url != fresh_postgres_url
    assert scalar(fresh_postgres_url, "SELECT count(*) FROM pg_stat_user_tables") == 0


def test_nothing_listens_on_the_network(postgres_url: str) -> None:
    assert not scalar(postgres_url, "SHOW listen_addresses")
