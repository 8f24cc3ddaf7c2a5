"""docs/protocol.md tells the truth."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from telewelfare.server.problems import KNOWN
from telewelfare.sync import protocol
from telewelfare.sync.lines import (
    ProblemLine,
    read_reply,
    read_request,
    reply_line,
    request_line,
)
from telewelfare.sync.protocol import (
    MAX_BODY,
    MAX_FILE,
    MAX_OPERATIONS,
    MAX_RECORDS,
    EnrolReply,
    Message,
    ProblemCode,
    SyncReply,
    SyncRequest,
)
from telewelfare.sync.stream import STREAMED

DOC = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"<!-- (\w+) -->\n```json\n(.*?)\n```", DOC, re.DOTALL)
LINES = re.findall(r"<!-- line (\w+) -->\n```json\n(.*?)\n```", DOC, re.DOTALL)
MESSAGES = {"EnrolRequest", "EnrolReply", "SyncRequest", "SyncReply", "Problem"} | {
    "Bundle",
    "BundleReply",
    "DevicesReply",
}


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_an_example_is_a_message_with_every_field_known(name: str, text: str) -> None:
    model: type[Message] = getattr(protocol, name)
    read = model.model_validate_json(text)
    assert model.model_validate_json(read.model_dump_json()) == read
    assert model.model_validate_json(text, extra="forbid") == read


def test_an_example_of_a_request_is_a_line_with_every_column_known() -> None:
    line = dict(LINES)["SyncRequest"]
    read = read_request(line)
    assert [op.n for op in read.ops] == [7, 8, 9]
    assert read.ops[2].base == {"alias": "01a1f97bd1000000dx7w2m4c"}
    assert request_line(read) == line


def test_an_example_of_a_reply_is_a_line_with_every_column_known() -> None:
    line = dict(LINES)["SyncReply"]
    assert reply_line(read_reply(line)) == line


def test_an_example_of_a_problem_in_a_stream_is_one() -> None:
    with pytest.raises(ProblemLine, match="busy"):
        read_reply(dict(LINES)["Problem"])


def test_every_coding_of_lines_is_told() -> None:
    assert all(f"`{coding}`" in DOC for coding in STREAMED)


def test_every_message_has_an_example() -> None:
    assert {name for name, _ in EXAMPLES} == MESSAGES


@pytest.mark.parametrize("code", get_args(ProblemCode))
def test_every_problem_is_told_with_its_status(code: ProblemCode) -> None:
    rows = [line for line in DOC.splitlines() if line.startswith("|") and f"`{code}`" in line]
    assert any(str(int(KNOWN[code][0])) in row for row in rows)


def test_the_limits_are_those_of_the_code() -> None:
    for limit in (MAX_BODY, MAX_FILE, MAX_OPERATIONS, MAX_RECORDS):
        assert f"{limit:,}" in DOC


def test_every_reason_of_a_rejection_is_told() -> None:
    source = Path(protocol.__file__).parents[1] / "server" / "judge.py"
    for code in set(re.findall(r'Refusal\("(\w+)"', source.read_text(encoding="utf-8"))):
        assert f"| `{code}` |" in DOC


@pytest.mark.parametrize("model", [SyncRequest, SyncReply, EnrolReply])
def test_every_field_of_a_message_is_told(model: type[Message]) -> None:
    _, _, after = DOC.partition(f"| `{model.__name__}` |")
    table = after.partition("\n\n")[0]
    told = {
        name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    assert set(model.model_fields) <= told
