"""The connection to a centre, as the network sees it."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest

from telewelfare.actions.enrolment import connect

BODY = bytes(300_000)


async def test_a_connection_that_is_given_up_sends_nothing_more() -> None:
    """What the system held of it would be sent beside the next connection, on the worst link."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        port = listener.getsockname()[1]
        async with connect(f"http://127.0.0.1:{port}") as http:
            with pytest.raises(httpx.WriteTimeout):
                await http.post("/v1/sync", content=BODY, timeout=0.3)
        taken, _ = await asyncio.to_thread(listener.accept)
        with taken:
            taken.settimeout(5)
            with pytest.raises(ConnectionResetError):
                await asyncio.to_thread(_drain, taken)


def _drain(taken: socket.socket) -> None:
    while taken.recv(65_536):
        pass
