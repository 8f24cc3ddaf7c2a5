"""What is read together is of one moment, on SQLite and on PostgreSQL."""

from __future__ import annotations

from sqlalchemy import select

from telewelfare.server.database import reading
from telewelfare.server.tables import CENTRE
from tests.server.centre import Centre


async def test_what_is_committed_meanwhile_is_not_seen(centre: Centre) -> None:
    phone = await centre.phone()
    with reading(centre.engine) as db:
        before = db.scalar(select(CENTRE.c.seq))
        phone.person()
        await phone.sync()
        assert db.scalar(select(CENTRE.c.seq)) == before
    with reading(centre.engine) as db:
        assert db.scalar(select(CENTRE.c.seq)) != before
