"""`telewelfare demo`: two centres' invented data, a real API, a volunteer's and an officer's device."""

from __future__ import annotations

from telewelfare.cli.demo.command import demo

__all__ = ["demo"]
