"""The emulator with real sockets: bytes pass, ends and resets come through."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from link import LAN, Cuts, Fate, Profile
from proxy import emulated

BRISK = Profile("brisk", 8_000, 8_000, 0.02, 0.02)
BODY = bytes(range(256)) * 400
SECONDS = 10.0


@contextmanager
def echoing() -> Iterator[int]:
    """A server that answers a connection's bytes once it has ended."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                used, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=echo, args=(used,), daemon=True).start()

    def echo(used: socket.socket) -> None:
        with used, suppress(ConnectionResetError):
            heard = b"".join(iter(lambda: used.recv(65_536), b""))
            used.sendall(heard)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def ask(port: int, body: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), SECONDS) as used:
        used.sendall(body)
        used.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: used.recv(65_536), b""))


@pytest.mark.parametrize("profile", [LAN, BRISK])
def test_what_goes_in_comes_out(profile: Profile) -> None:
    with echoing() as server, emulated(profile, server, seed=1) as link:
        assert ask(link.port, BODY) == BODY
        link.settle(SECONDS)
        told = link.told()
    assert told["connections"] == 1
    assert told["up"]["offered"] > len(BODY)
    assert told["down"]["offered"] > len(BODY)


def test_bytes_take_the_time_of_the_link() -> None:
    slow = Profile("slow", 1_000, 1_000, 0.1, 0.0)
    with echoing() as server, emulated(slow, server) as link:
        began = time.monotonic()
        ask(link.port, bytes(25_000))
        took = time.monotonic() - began
    assert took >= 0.2 + 2 * 25_000 * 8 / 1e6


def test_a_program_on_a_dead_flow_sees_its_connection_reset() -> None:
    cut = Cuts(Fate.RESET, period=1e9, down=0.2, first=0.2)
    with echoing() as server, emulated(BRISK, server, cuts=cut) as link:
        with socket.create_connection(("127.0.0.1", link.port), SECONDS) as used:
            used.sendall(b"before")
            time.sleep(0.6)
            used.sendall(b"after")
            with pytest.raises(ConnectionResetError):
                used.recv(1)
        assert ask(link.port, b"again") == b"again"


def test_a_program_that_gives_up_frees_the_link() -> None:
    slow = Profile("slow", 100, 100, 0.02, 0.0)
    with echoing() as server, emulated(slow, server) as link:
        used = socket.create_connection(("127.0.0.1", link.port), SECONDS)
        used.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        used.setblocking(False)
        for _ in range(100):
            try:
                used.send(bytes(2_000))
            except BlockingIOError:
                break
        used.close()
        deadline = time.monotonic() + SECONDS
        while "rst" not in link.told()["up"]["by_kind"] and time.monotonic() < deadline:
            time.sleep(0.02)
        assert link.told()["up"]["by_kind"]["rst"] == 40
        assert link.told()["up"]["offered"] < 30_000


def test_a_server_that_is_not_there_is_a_reset() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = int(gone.getsockname()[1])
    with (
        emulated(BRISK, port) as link,
        socket.create_connection(("127.0.0.1", link.port), SECONDS) as used,
    ):
        used.sendall(b"hello")
        with pytest.raises(ConnectionResetError):
            used.recv(1)
