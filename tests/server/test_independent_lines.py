"""What `docs/protocol.md` says of lines and columns is enough to read them without our code."""

from __future__ import annotations

import ast
import json
import zlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.sync.lines import reply_line, request_line
from telewelfare.sync.protocol import RecordDelta, SyncReply, SyncRequest, WireOperation
from tests.server import independent_lines
from tests.server.centre import Centre
from tests.server.independent_lines import gzipped, read
from tests.sync.test_columns import changes, operations


def test_it_imports_nothing_of_ours() -> None:
    tree = ast.parse(Path(independent_lines.__file__).read_text("utf-8"))
    names = [ast.unparse(n) for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom))]
    assert [name for name in names if "telewelfare" in name or "tests" in name] == []


def _exactly(rows: object) -> str:
    """Text in which 1, 1.0 and true differ."""
    return json.dumps(rows, sort_keys=True)


@given(operations())
def test_it_reads_our_operations(ops: list[WireOperation]) -> None:
    told = read(request_line(SyncRequest(ops=tuple(ops))))
    assert _exactly(told.get("ops", [])) == _exactly([op.model_dump() for op in ops])


@given(changes(), st.integers(0, 2**40))
def test_it_reads_our_records(deltas: list[RecordDelta], now: int) -> None:
    reply = SyncReply(
        acknowledged=1, cursor="c", epoch="e", now=now, changes=tuple(deltas), more=True
    )
    told = read(reply_line(reply))
    assert _exactly(told.get("changes", [])) == _exactly([one.model_dump() for one in deltas])
    assert told["now"] == now


async def test_a_stream_brings_what_a_message_brings(centre: Centre) -> None:
    phone, desk = await centre.phone(), await centre.phone("social_worker", "92", name="วิภา")
    for _ in range(30):
        phone.report(case=phone.case(client=phone.person(alias="ลุงดำ 🙂")))
    ops = phone.outbox
    lines: list[dict[str, Any]] = [
        {"protocol": 1, "app": "other 1.0", "ops": ops[:40]},
        {"protocol": 1, "ops": ops[40:]},
    ]
    (first, *_) = await _streamed(centre, phone.headers, lines)
    assert first["acknowledged"] == 90
    replies = await _streamed(centre, desk.headers, [{"protocol": 1, "check": ""}])
    assert len(replies) > 1
    assert "more" not in replies[-1]
    assert replies[-1]["check"]["count"] == 64
    came = {one["id"]: one["sets"] for reply in replies for one in reply.get("changes", [])}
    await desk.sync()
    assert came == desk.records


async def _streamed(
    centre: Centre, token: dict[str, str], lines: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    headers = {
        "Content-Type": "application/x-ndjson",
        "Content-Encoding": "gzip",
        "Accept-Encoding": "gzip",
    }
    async with centre.client() as client:
        response = await client.post("/v1/sync", content=gzipped(lines), headers=headers | token)
    assert response.status_code == httpx.codes.OK, response.text
    return [read(line) for line in response.text.split("\n") if line]


def test_a_sum_that_is_wrong_is_noticed() -> None:
    line = json.dumps({"cursor": ""})[:-1]
    sound = f'{line},"sum":"{zlib.crc32(line.encode()):08x}"}}'
    assert read(sound) == {"cursor": ""}
    with pytest.raises(AssertionError, match="sum"):
        read(sound.replace("cursor", "cursed"))
