"""Mount a component without a client: a real Flet session, and a connection that plays the client.

Flet 1.0.5 has no public way to do this. This file is the only one that touches its private names;
each event goes the way a client sends it: first the changed properties, then the event.
"""

# ruff: noqa: ANN401, SLF001 - a control may be anything; the private names are the point of this file

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, cast

import flet as ft
import msgpack  # type: ignore[import-untyped]  # no stubs exist
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page
from flet.messaging.connection import Connection
from flet.messaging.protocol import MessageAction, configure_encode_object_for_msgpack
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

ControlType = type  # `Ui.type` is a method

PHONE = (390, 844)
DESK = (1440, 900)
WORDS = ("value", "label", "text", "content", "title", "subtitle", "hint_text", "helper", "error")

_encode = configure_encode_object_for_msgpack(BaseControl)  # type: ignore[no-untyped-call]  # flet


class Client(Connection):
    """Plays the Flutter client: packs each patch as the wire does and answers method calls.

    `answers` maps a method's name to what the client would return; `calls` are the calls made.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # flet
        self.loop = asyncio.get_running_loop()
        self.page_url = "http://test"
        self.pubsubhub = PubSubHub(loop=self.loop)
        self.crashes: list[str] = []
        self.calls: list[tuple[str, Any]] = []
        self.answers: dict[str, Any] = {}
        self.bytes_sent = 0
        self.session = Session(self)

    def send_message(self, message: Any) -> None:
        self.bytes_sent += len(msgpack.packb([message.action, message.body], default=_encode))
        if message.action == MessageAction.SESSION_CRASHED:
            self.crashes.append(message.body.message)
        elif message.action == MessageAction.INVOKE_METHOD:
            self.calls.append((message.body.name, message.body.args))
            self.loop.call_soon(self._answer, message.body)

    def _answer(self, body: Any) -> None:
        result = self.answers.get(body.name)
        self.session.handle_invoke_method_results(body.control_id, body.call_id, result, None)
        if body.name == "push_route":
            _task = asyncio.ensure_future(Ui(self).goto(body.args["route"]))
            self.answers.setdefault("routes", []).append(_task)


class Ui:
    """What a test sees and does. A control is named by its type, its words and its properties."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @property
    def page(self) -> ft.Page:
        return cast("ft.Page", self.client.session.page)

    def all(self, kind: Any = BaseControl, text: str | None = None, **props: Any) -> list[Any]:
        """Return the visible controls of a kind, in drawing order."""
        return [
            control
            for control in self._walk(self.page)
            if isinstance(control, kind)
            and (text is None or any(text in words for words in words_of(control)))
            and all(getattr(control, name, None) == value for name, value in props.items())
        ]

    def one(self, kind: Any = BaseControl, text: str | None = None, **props: Any) -> Any:
        """Return the only such control."""
        found = self.all(kind, text, **props)
        assert len(found) == 1, (
            f"{len(found)} × {kind.__name__} {text!r} {props} in:\n{self.text()}"
        )
        return found[0]

    def marked(self, identifier: str) -> Any:
        """Return what `ft.Semantics(identifier=…)` wraps."""
        content = self.one(ft.Semantics, identifier=identifier).content
        assert content is not None
        return content

    def text(self) -> str:
        """Return all words shown, a control a line."""
        return "\n".join(w for c in self._walk(self.page) for w in own_words(c))

    async def click(self, kind: Any = BaseControl, text: str | None = None, **props: Any) -> None:
        """Tap the control. One that is disabled or has no handler cannot be tapped."""
        control = self._find(kind, text, **props)
        assert not getattr(control, "disabled", False), f"{control} is disabled"
        await self.event(control, "click")

    async def click_twice(self, kind: Any = BaseControl, text: str | None = None) -> None:
        """Tap so quickly that nothing is drawn between the two taps."""
        control = self._find(kind, text)
        await self.client.session.dispatch_event(control._i, "click", None)
        await self.event(control, "click")

    async def type(
        self, value: str, kind: Any = ft.TextField, text: str | None = None, **props: Any
    ) -> None:
        """Replace what stands in a field."""
        control = self._find(kind, text, **props)
        self.client.session.apply_patch(control._i, {"value": value})
        await self.event(control, "change", value)

    async def select(self, control: BaseControl, event: str = "change", **props: Any) -> None:
        """Change a control's properties as the client would, and send its event."""
        self.client.session.apply_patch(control._i, props)
        await self.event(control, event, next(iter(props.values())))

    async def event(self, control: BaseControl, name: str, data: object = None) -> None:
        """Send an event and wait until all that follows from it is drawn."""
        await self.client.session.dispatch_event(control._i, name, data)
        await self.settle()
        assert not self.client.crashes, self.client.crashes

    async def resize(self, width: float, height: float = PHONE[1]) -> None:
        """Change the size of the window."""
        size = {"width": width, "height": height}
        self.client.session.apply_page_patch(size)
        await self.event(self.page, "resize", size)

    async def goto(self, route: str) -> None:
        """Follow a link, as the client's address bar does."""
        self.client.session.apply_page_patch({"route": route})
        await self.event(self.page, "route_change", {"route": route})

    async def settle(self, turns: int = 20) -> None:
        """Let the session's scheduler run."""
        for _ in range(turns):
            await asyncio.sleep(0)

    def _find(self, kind: Any, text: str | None = None, **props: Any) -> Any:
        return self.one(kind, text, **props) if isinstance(kind, ControlType) else kind

    def _walk(self, root: Any) -> Iterator[BaseControl]:
        yield from _visit(root, set())


def _visit(value: Any, seen: set[int]) -> Iterator[BaseControl]:
    if isinstance(value, BaseControl):
        if id(value) in seen or getattr(value, "visible", True) is False:
            return
        seen.add(id(value))
        yield value
    for part in _parts(value):
        yield from _visit(part, seen)


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        yield from value
    elif isinstance(value, dict):
        yield from value.values()
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            hidden = field.metadata.get("skip") and field.name != "_b"
            if field.name != "_parent" and not hidden:
                yield getattr(value, field.name, None)


def own_words(control: BaseControl) -> list[str]:
    """Return the words a control shows or says itself, not those of its children."""
    values = [getattr(control, name, None) for name in (*WORDS, "tooltip", "semantics_label")]
    found = [value for value in values if isinstance(value, str) and value]
    return [value.replace("\N{NO-BREAK SPACE}", " ") for value in found]


def words_of(control: BaseControl) -> list[str]:
    """Return the words of a control and of what it wraps."""
    return [words for inner in _visit(control, set()) for words in own_words(inner)]


@asynccontextmanager
async def mount(
    component: Callable[..., Any],
    *args: Any,
    width: float = PHONE[0],
    height: float = PHONE[1],
    route: str = "/",
    views: bool = False,
    **kwargs: Any,
) -> AsyncIterator[Ui]:
    """Draw a component on a page of its own and hand over its `Ui`.

    With `views` the component returns whole views (`page.render_views`).
    """
    client = Client()
    page = client.session.page
    _context_page.set(page)
    client.session.apply_page_patch(
        {"route": route, "width": width, "height": height, "platform": "android"}
    )
    patch = client.session.get_page_patch()  # type: ignore[no-untyped-call]  # flet
    msgpack.packb(patch, default=_encode)
    (page.render_views if views else page.render)(component, *args, **kwargs)
    ui = Ui(client)
    await ui.settle()
    assert not client.crashes, client.crashes
    try:
        yield ui
    finally:
        client.session.close()  # type: ignore[no-untyped-call]  # flet
        await asyncio.sleep(0)
