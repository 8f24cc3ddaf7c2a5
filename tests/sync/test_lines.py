"""A line says what its message says; another line is an error of ours, never a wrong message."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.sync.lines import (
    BadLine,
    ProblemLine,
    problem_line,
    read_reply,
    read_request,
    reply_line,
    request_line,
)
from telewelfare.sync.protocol import (
    MAX_OPERATIONS,
    Problem,
    RecordDelta,
    Rejection,
    SyncReply,
    SyncRequest,
    WireOperation,
)
from telewelfare.sync.stream import STREAMED, Unpacker, packer

OP = WireOperation(
    n=1,
    kind="person",
    id="01a1f97b-d22f-7142-9ccd-9dcf30aac44c",
    stamp="01a1f97bd2300000dq5x3k7a",
    sets={"alias": "น้ำ นํ้า ๑๒\u200b\n😀", "birth": {"iso": "2500-01-01", "precision": "year"}},
    base={"alias": "01a1f97bd1000000dx7w2m4c"},
)
REQUEST = SyncRequest(cursor="e.1.1.", ops=(OP,), pending=3, check="", wants=(OP.id,), pace=9_000)
REPLY = SyncReply(
    acknowledged=3,
    rejected=(Rejection(n=2, code="forbidden", path="alias"),),
    changes=(
        RecordDelta(
            kind="person", id=OP.id, sets=OP.sets, stamps=dict.fromkeys(OP.sets, OP.stamp), seq=9
        ),
    ),
    cursor="e.9.9.",
    more=True,
    epoch="e",
    now=1_795_150_000_000,
    digests={},
)


def test_a_request_comes_out_as_it_went_in() -> None:
    assert read_request(request_line(REQUEST)) == REQUEST
    assert read_request(request_line(SyncRequest())) == SyncRequest()


def test_a_reply_comes_out_as_it_went_in() -> None:
    assert read_reply(reply_line(REPLY)) == REPLY


@given(
    alias=st.text(max_size=20) | st.text("กน้ำ é“”–😀\u200b\x85", max_size=20),
    coding=st.sampled_from((*STREAMED, "identity")),
)
def test_whatever_was_typed_arrives_in_every_coding(alias: str, coding: str) -> None:
    asked = REQUEST.model_copy(update={"ops": (OP.model_copy(update={"sets": {"alias": alias}}),)})
    packing, opening = packer(coding, 3), Unpacker(coding, 100_000, 100_000)
    body = packing.line(request_line(asked)) + packing.end()
    [line] = [*opening.feed(body), *opening.end()]
    assert read_request(line) == asked


def test_what_is_usual_is_not_said() -> None:
    assert len(request_line(SyncRequest(cursor="4892c287919d.41.41.", app="0.1.0"))) < 100


def test_a_line_may_hold_rows_and_need_no_sum() -> None:
    rows = json.dumps({"protocol": 1, "ops": [OP.model_dump()]})
    assert read_request(rows).ops == (OP,)


def test_a_problem_is_told_as_one() -> None:
    line = problem_line(Problem(title="no", status=503, code="busy"))
    with pytest.raises(ProblemLine) as told:
        read_reply(line)
    assert told.value.problem.code == "busy"


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_flipped_bit_is_noticed(at: int, bit: int) -> None:
    line = bytearray(request_line(REQUEST).encode())
    line[at % len(line)] ^= 1 << bit
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return
    try:
        assert read_request(text) == REQUEST  # only in the name of the sum, or a space
    except BadLine:
        return


BAD = {
    "no JSON": "<html>",
    "nothing": "",
    "an array": "[]",
    "a number": "1",
    "deep": '{"ops":' + "[" * 50_000,
    "not a number": '{"pending":NaN}',
    "no end": '{"ops":[],"cursor":"',
    "a huge number": '{"pending":' + "9" * 5_000 + "}",
    "half a letter": '{"cursor":"\\ud800"}',
    "wrong type": '{"pending":"3"}',
    "columns of nothing": '{"ops":{}}',
    "columns of text": '{"ops":"x"}',
    "too many": json.dumps({"ops": [OP.model_dump()] * (MAX_OPERATIONS + 1)}),
    "a bad stamp": json.dumps({"ops": [OP.model_dump() | {"stamp": "x"}]}),
}


@pytest.mark.parametrize("name", BAD)
def test_another_line_is_an_error_of_ours(name: str) -> None:
    with pytest.raises(BadLine):
        read_request(BAD[name])


@pytest.mark.parametrize("name", BAD)
def test_nor_is_it_a_reply(name: str) -> None:
    with pytest.raises(BadLine):
        read_reply(BAD[name])


def test_a_line_of_a_newer_version_says_so() -> None:
    with pytest.raises(BadLine) as error:
        read_reply('{"protocol":7,"changes":{"all":"new"}}')
    assert error.value.protocol == 7


@given(text=st.text(max_size=60))
def test_any_text_is_a_message_or_an_error_of_ours(text: str) -> None:
    for read in (read_request, read_reply):
        try:
            read(text)
        except BadLine:
            continue
