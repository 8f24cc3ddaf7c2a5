"""`telewelfare serve`: the central API."""

from __future__ import annotations

import logging
import sys
from typing import Annotated, Final

import structlog
import typer
import uvicorn

from telewelfare.cli.places import default_database, default_files
from telewelfare.server.app import create_app
from telewelfare.server.config import Settings

GRACE_SECONDS: Final = 10


def log_as_json() -> None:
    """One JSON object a line, on standard error; standard output stays free."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )


def serve_app(
    database: Annotated[str, typer.Option(help="SQLAlchemy URL, or the path of a file")] = "",
    files: Annotated[str, typer.Option(help="Folder or store of attachments")] = "",
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 = any free one")] = 8000,
) -> None:
    """The central API; `GET /healthz` answers when it is ready."""
    log_as_json()
    settings = Settings(database=database or default_database(), files=files or default_files())
    uvicorn.run(
        create_app(settings),
        host=host,
        port=port,
        access_log=False,  # its lines hold query strings; the app writes its own
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
