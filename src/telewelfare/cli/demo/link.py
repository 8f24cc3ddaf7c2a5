"""A switch for the signal. It exists only in the demo; the app cannot tell it from a real loss."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from telewelfare.sync.transport import TIMEOUT


class Link:
    """The signal of one device: `up` or not."""

    def __init__(self) -> None:
        self.up = True
        self._listeners: list[Callable[[bool], object]] = []
        self._open: list[httpx.AsyncClient] = []

    def switch(self, *, up: bool) -> None:
        """Lose or find the signal."""
        self.up = up
        for listener in tuple(self._listeners):
            listener(up)

    def listen(self, listener: Callable[[bool], object]) -> Callable[[], None]:
        """Call `listener` at each switch; give back how to stop."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def connect(self, url: str) -> httpx.AsyncClient:
        """A connection to the centre that this switch cuts."""
        made = httpx.AsyncClient(base_url=url, timeout=TIMEOUT, transport=_Switched(self))
        self._open.append(made)
        return made

    async def close(self) -> None:
        """End every connection that was made."""
        while self._open:
            await self._open.pop().aclose()


class _Switched(httpx.AsyncHTTPTransport):
    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self._link.up:
            raise httpx.ConnectError("no signal", request=request)
        return await super().handle_async_request(request)
