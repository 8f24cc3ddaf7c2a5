"""The demo with screens: a front page, and each device as a web app at an address of its own."""

from __future__ import annotations

import html
import sys
import webbrowser
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import flet.fastapi as flet_fastapi
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from telewelfare.app import DeviceApp, assets
from telewelfare.cli.demo.banner import DemoBanner
from telewelfare.cli.demo.build import PIN
from telewelfare.cli.demo.headless import Say
from telewelfare.cli.demo.link import Link
from telewelfare.cli.demo.run import HOST, Demo, Wanted, running, serving, stop_asked_for
from telewelfare.cli.demo.together import stage
from telewelfare.config import Settings
from telewelfare.server import admin
from telewelfare.server.config import wall_clock
from telewelfare.server.database import connect
from telewelfare.strings import texts

EVERY: Final = 15_000  # ms; a visitor does not wait for minutes
DAY: Final = 24 * 60  # minutes an invitation of the demo is good for


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a visitor finds what."""

    front: str
    volunteer: str
    officer: str
    newcomer: str
    api: str
    invitation: str


async def show(wanted: Wanted, say: Say) -> None:
    """Serve the demo until it is told to stop; its data goes with it."""
    stop = stop_asked_for()
    async with AsyncExitStack() as stack:
        demo = await stack.enter_async_context(running(wanted, say))
        shown = await _serve(stack, demo, wanted)
        _tell(shown, say)
        await stop.wait()


async def _serve(stack: AsyncExitStack, demo: Demo, wanted: Wanted) -> Shown:
    await flet_fastapi.app_manager.start()
    stack.push_async_callback(flet_fastapi.app_manager.shutdown)
    ports = iter(range(wanted.port + 1, wanted.port + 5) if wanted.port else (0, 0, 0, 0))

    async def serve(app: object) -> str:
        port = await stack.enter_async_context(serving(app, next(ports)))  # type: ignore[arg-type]  # ASGI
        return f"http://{HOST}:{port}/"

    await stage(demo.volunteer, demo.officer)
    for device in (demo.volunteer, demo.officer):
        await device.close()  # locked: its screen asks for the PIN
    volunteer = await serve(web(demo.folder / "volunteer", demo.volunteer.link, "volunteer"))
    officer = await serve(web(demo.folder / "social_worker", demo.officer.link, "officer"))
    newcomer = await serve(web(demo.folder / "newcomer", Link(), "newcomer", demo.url))
    shown = Shown("", volunteer, officer, newcomer, demo.url, _invitation(demo))
    fonts = Mount("/fonts", StaticFiles(directory=str(Path(str(assets())) / "fonts")))
    front = await serve(Starlette(routes=[Route("/", _front(shown)), fonts]))
    return Shown(front, volunteer, officer, newcomer, demo.url, shown.invitation)


def web(folder: Path, link: Link, part: str, url: str = "") -> object:
    """A device as a web app of its own."""
    app = DeviceApp(
        Settings(folder),
        connect=link.connect,
        banner=lambda: DemoBanner(link, part, nudge),
        initial_url=url,
        every=EVERY,
    )

    def nudge() -> None:
        """What a phone's operating system does when the network comes or goes."""
        if app.session is not None:
            app.session.sync.nudge()

    return flet_fastapi.app(app.main, no_cdn=True, assets_dir=str(assets()))


def _invitation(demo: Demo) -> str:
    """For one more phone of the volunteer."""
    engine = connect(str(demo.folder / "centre.db"))
    worker = demo.staff.actors[demo.staff.volunteer.key].worker
    invited = admin.invite_again(engine, worker, now=wall_clock(), base_url=demo.url, minutes=DAY)
    engine.dispose()
    return invited.url


def _tell(shown: Shown, say: Say) -> None:
    t = texts("th")
    say("")
    say(t("demo.front.start", url=shown.front))
    say(f"  {t('demo.front.volunteer')}: {shown.volunteer}")
    say(f"  {t('demo.front.officer')}: {shown.officer}")
    say(f"  {t('demo.front.newcomer')}: {shown.newcomer}")
    say(f"  {t('demo.front.pin', pin=PIN)}")
    say(f"  {t('demo.front.invitation', url=shown.invitation)}")
    say(f"  {t('demo.front.api', url=shown.api)}")
    say(t("demo.front.stop"))
    if sys.stdout.isatty():
        webbrowser.open(shown.front)


def _front(shown: Shown) -> Callable[[Request], HTMLResponse]:
    t = texts("th")
    page = _PAGE.format(
        **{
            name: html.escape(t(f"demo.front.{name}"))
            for name in ("title", "lead", "volunteer", "officer", "newcomer", "alone")
        },
        pin=html.escape(t("demo.front.pin", pin=PIN)),
        invitation=html.escape(t("demo.front.invitation", url=shown.invitation)),
        volunteer_url=shown.volunteer,
        officer_url=shown.officer,
        newcomer_url=shown.newcomer,
    )

    def front(_request: Request) -> HTMLResponse:
        return HTMLResponse(page)

    return front


_PAGE: Final = """<!doctype html>
<html lang="th"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
  @font-face {{ font-family: Sarabun; src: url(fonts/Sarabun_400Regular.ttf); }}
  @font-face {{ font-family: Sarabun; font-weight: 700; src: url(fonts/Sarabun_700Bold.ttf); }}
  body {{ margin: 0; font: 18px/1.6 Sarabun, sans-serif; color: #1d2b2a;
         background: #faf5ef; }}
  header {{ padding: 16px 24px; }}
  h1 {{ margin: 0; font-size: 26px; color: #0b5a5a; }}
  p {{ margin: 4px 0; }}
  main {{ display: flex; gap: 24px; padding: 0 24px 24px; align-items: start; flex-wrap: wrap; }}
  figure {{ margin: 0; }}
  iframe {{ border: 1px solid #d9cdbd; border-radius: 12px; background: #fff; display: block; }}
  figcaption {{ padding: 4px 0; }}
  .desk {{ flex: 1 1 900px; }}
  .desk iframe {{ width: 100%; }}
  code {{ user-select: all; overflow-wrap: anywhere; }}
</style>
<header><h1>{title}</h1><p>{lead}</p><p><b>{pin}</b></p>
<p><a href="{newcomer_url}">{newcomer}</a> · <code>{invitation}</code></p></header>
<main>
<figure><figcaption>{volunteer} · <a href="{volunteer_url}">{alone}</a></figcaption>
<iframe src="{volunteer_url}" width="390" height="844" title="{volunteer}"></iframe></figure>
<figure class="desk"><figcaption>{officer} · <a href="{officer_url}">{alone}</a></figcaption>
<iframe src="{officer_url}" height="844" title="{officer}"></iframe></figure>
</main></html>
"""
