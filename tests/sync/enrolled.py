"""Devices of the app itself, enrolled at a centre in this process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from telewelfare.actions.enrolment import Invitation, enrol
from telewelfare.actions.renewal import LetIn, let_in_again
from telewelfare.server import admin
from telewelfare.store.home import Home, Opened
from telewelfare.sync.engine import Round, run_round
from telewelfare.sync.transport import Central
from tests import eg
from tests.server.centre import Centre


@dataclass
class Enrolled:
    """A device with its folder; `central` speaks with the token it holds now."""

    centre: Centre
    folder: Path
    opened: Opened

    async def sync(self) -> Round:
        """A whole round."""
        async with self.centre.client() as http:
            central = Central(http, self.opened.token)
            return await run_round(self.opened.journal, central, self.centre.clock)

    async def again(self, invited: admin.Invited) -> LetIn:
        """Be let in again with the work that is here."""
        async with self.centre.client() as http:
            invitation = Invitation("http://centre", invited.code)
            done = await let_in_again(self.opened.journal, invitation, http)
        self.opened = replace(self.opened, token=done.token)
        return done


async def let_in(centre: Centre, folder: Path, invited: admin.Invited) -> Enrolled:
    """A new device that uses an invitation."""
    async with centre.client() as http:
        invitation = Invitation("http://centre", invited.code)
        return Enrolled(centre, folder, await enrol(Home(folder), invitation, eg.PIN, http))
