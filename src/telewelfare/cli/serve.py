"""`telewelfare serve`: the central API."""

from __future__ import annotations

import logging
import os
import sys
from typing import Annotated, Any, Final

import structlog
import typer
import uvicorn
from fastapi import FastAPI

from telewelfare.cli.places import default_database, default_files
from telewelfare.server.app import create_app
from telewelfare.server.config import Settings

GRACE_SECONDS: Final = 10
DATABASE: Final = "TELEWELFARE_DATABASE"  # for processes that are started to share the work
FILES: Final = "TELEWELFARE_FILES"


def log_as_json() -> None:
    """One JSON object a line, on standard error; standard output stays free."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(
            file=sys.stderr
        ),  # a line in one write: several processes share it
    )


def serve_app(
    database: Annotated[str, typer.Option(help="SQLAlchemy URL, or the path of a file")] = "",
    files: Annotated[str, typer.Option(help="Folder or store of attachments")] = "",
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 = any free one")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that share it")] = 1,
) -> None:
    """The central API; `GET /healthz` answers when it is ready."""
    where = {DATABASE: database or default_database(), FILES: files or default_files()}
    os.environ.update(where)
    how: dict[str, Any] = {
        "host": host,
        "port": port,
        "access_log": False,  # its lines hold query strings; the app writes its own
        "log_level": "warning",
        "server_header": False,
        "date_header": False,  # devices look at `now` of a reply; headers cost air time
        "timeout_graceful_shutdown": GRACE_SECONDS,
    }
    if workers == 1:
        uvicorn.run(worker(), **how)
    else:
        uvicorn.run(f"{__name__}:{worker.__name__}", factory=True, workers=workers, **how)


def worker() -> FastAPI:
    """The API of one process, over what `serve_app` was told."""
    log_as_json()
    return create_app(Settings(database=os.environ[DATABASE], files=os.environ[FILES]))
