"""A new invitation is entered where the device says that it is not let in any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from telewelfare.actions.enrolment import begin
from telewelfare.actions.session import Session
from telewelfare.server import workers
from telewelfare.server.admin import invite_again
from telewelfare.store.home import Home
from telewelfare.views.sync_page import SyncScreen
from tests import eg
from tests.server.centre import Centre
from tests.server.conftest import centre, database_url
from tests.sync.enrolled import let_in
from tests.views.desk import showing
from tests.views.device import is_shown, tap, until, until_said

__all__ = ["centre", "database_url"]


@pytest.fixture
async def session(centre: Centre, tmp_path: Path) -> Session:
    """A device with unsent work, shut out by its centre."""
    device = await let_in(centre, tmp_path / "home", centre.invite())
    device.opened.journal.commit([eg.edit("person", alias="ดำ")], centre.clock.now)
    workers.revoke(
        centre.engine, device.opened.identity.device, now=centre.clock.now, even_unsent=True
    )
    return begin(
        Home(tmp_path / "home"),
        device.opened,
        lambda _: centre.client(),
        centre.clock,
        lambda: 0.0,
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_shut_out_device_goes_on_with_a_new_invitation(
    centre: Centre, session: Session
) -> None:
    worker, was = session.identity.worker, session.identity.device
    invited = invite_again(centre.engine, worker, now=centre.clock.now)
    async with showing(session, SyncScreen) as (ui, _):
        assert not is_shown(ui, "renew-open")
        session.sync.start()
        await until(ui, "renew-open")
        await tap(ui, "renew-open")
        await ui.type("??")
        await tap(ui, "renew-go")
        await until_said(ui, "อ่านรหัสเชิญไม่ได้")
        await ui.type(f"http://centre/enrol#{invited.code}")
        await tap(ui, "renew-go")
        await until_said(ui, "ส่งถึงศูนย์ครบแล้ว")
        assert not is_shown(ui, "renew-go")
    assert session.identity.device != was
    assert session.journal.waiting().pending == 0
    await session.sync.stop()
