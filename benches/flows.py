"""Connections over the model link: the two ends, and what lies between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from link import Link
from tcp import RESET_SIZE, Application, End, Flag, Packet

DEVICE_BUFFER: Final = (
    16_000  # bytes a device's kernel holds unacknowledged, as SO_SNDBUF limits it
)
CENTRE_BUFFER: Final = 256_000  # of a server's, which grows by itself


class Flow:
    """One connection. `device` and `centre` are its ends; packets of a dead one reach nobody."""

    def __init__(
        self,
        link: Link,
        device: Application,
        centre: Callable[[], Application],
        *,
        buffer: int = DEVICE_BUFFER,
    ) -> None:
        self._link, self._opened = link, link.timeline.now
        self._make_centre = centre
        self.device = End(link.timeline, self._carry_up, device, buffer=buffer)
        self.centre: End | None = None

    def _carry_up(self, packet: Packet) -> None:
        def arrive() -> None:
            if self._link.has_died(self._opened):
                if packet.flag is not Flag.RST:
                    self._refuse()
            else:
                self._centre().receive(packet)

        self._link.up.send(packet.size, packet.kind, arrive)

    def _refuse(self) -> None:
        """A network that has forgotten the flow says so to whoever sends."""
        reset = Packet(Flag.RST)
        self._link.down.send(RESET_SIZE, reset.kind, lambda: self.device.receive(reset))

    def _centre(self) -> End:
        if self.centre is None:
            timeline = self._link.timeline
            application = self._make_centre()
            self.centre = End(timeline, self._carry_down, application, buffer=CENTRE_BUFFER)
        return self.centre

    def _carry_down(self, packet: Packet) -> None:
        if self._link.has_died(self._opened):  # stopped before the air: it costs no time there
            self._link.down.count(packet.size, packet.kind)
            return
        self._link.down.send(packet.size, packet.kind, lambda: self.device.receive(packet))
