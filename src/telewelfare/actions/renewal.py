"""Letting a device in again, at a centre that does not know it any more, with all the work on it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import httpx

from telewelfare.actions.enrolment import Invitation
from telewelfare.actions.session import Session
from telewelfare.store.home import Identity, public_text, renew, renewing_key
from telewelfare.store.journal import Journal
from telewelfare.sync.engine import APP_VERSION
from telewelfare.sync.protocol import MAX_FORMER, EnrolReply, EnrolRequest
from telewelfare.sync.transport import Central, Refused


@dataclass(frozen=True, slots=True)
class LetIn:
    """The token that counts from now on, and how many operations are sent once more."""

    token: str
    operations: int


async def let_in_again(journal: Journal, invitation: Invitation, http: httpx.AsyncClient) -> LetIn:
    """Ask with a new invitation for the same worker. No round may be under way.

    Raises:
        Refused: the invitation does not count, or is for somebody else (`invitation_other`).
        SyncError, StoreError: nothing but a key was kept; trying again is safe.
    """
    key = await asyncio.to_thread(renewing_key, journal)
    request = EnrolRequest(
        code=invitation.code,
        public_key=public_text(key),
        app=APP_VERSION,
        worker=journal.who.worker,
        former=journal.names()[-MAX_FORMER:],
    )
    reply = await Central(http).enrol(request)
    identity = _as_told(journal.who, reply, invitation.url)
    again = await asyncio.to_thread(renew, journal, identity, reply.token, reply.held)
    return LetIn(reply.token, again)


def _as_told(known: Identity, reply: EnrolReply, url: str) -> Identity:
    """The same worker of the same centre on the device that it is now.

    An older centre does not look whom the invitation is for.
    """
    if (reply.worker, reply.centre) != (known.worker, known.centre):
        raise Refused("invitation_other")
    return replace(
        known,
        device=reply.device,
        worker_name=reply.worker_name,
        role=reply.role,
        areas=reply.areas,
        centre_name=reply.centre_name,
        centre_key=reply.centre_key,
        url=url,
        epoch=reply.epoch,
    )


async def be_let_in_again(session: Session, invitation: Invitation) -> LetIn:
    """The same for a session: its sync rests meanwhile, then goes on under the new name.

    Raises:
        As `let_in_again`.
    """
    way, was_on = session.way, session.sync.started
    before = way.http.base_url
    await session.sync.stop()
    try:
        way.http.base_url = invitation.url
        done = await let_in_again(session.journal, invitation, way.http)
        way.sign_in(done.token)
    except BaseException:
        way.http.base_url = before
        raise
    finally:
        if was_on:
            session.sync.start()
            session.sync.nudge()
    return done
