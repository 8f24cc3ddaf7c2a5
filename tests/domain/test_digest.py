"""What two copies of a record are compared by."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain.digest import is_hidden, record_digest, total, written

DOC = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
CASE = "01a1f97b-d230-7000-8000-000000000001"
STAMP, LATER = "01a1f97bd2300000dq5x3k7a", "01a1f97bd2310000dq5x3k7a"
STAMPS = dict.fromkeys(("area", "urgency", "state", "state_reason"), STAMP)
VALUES = {"area": "920201", "urgency": "urgent", "state": "reported", "state_reason": None}


def test_the_documented_example_holds() -> None:
    assert f"has the digest `{written(record_digest('case', CASE, STAMPS, VALUES))}`" in DOC


@given(st.permutations(sorted(STAMPS)))
def test_the_order_of_paths_does_not_matter(paths: list[str]) -> None:
    stamps = {path: STAMPS[path] for path in paths}
    assert record_digest("case", CASE, stamps, VALUES) == record_digest(
        "case", CASE, STAMPS, VALUES
    )


def test_another_stamp_path_or_id_is_another_digest() -> None:
    plain = record_digest("case", CASE, STAMPS, VALUES)
    others = {
        record_digest("case", CASE, STAMPS | {"area": LATER}, VALUES),
        record_digest("case", CASE, STAMPS | {"phone": STAMP}, VALUES),
        record_digest("case", CASE.replace("1", "2"), STAMPS, VALUES),
        record_digest("case", CASE, STAMPS, VALUES | {"state": "triaged"}),
    }
    assert plain not in others
    assert len(others) == 4


def test_a_move_counts_by_what_it_says_and_not_by_its_stamp() -> None:
    """The device stamps all that a move may write, the centre only what changed."""
    moved = STAMPS | {"state": LATER, "state_reason": LATER, "closed_at": LATER}
    assert record_digest("case", CASE, moved, VALUES) == record_digest("case", CASE, STAMPS, VALUES)


@given(st.lists(st.integers(0, 2**64 - 1)))
def test_a_sum_is_16_digits_in_any_order(digests: list[int]) -> None:
    assert len(total(digests)) == 16
    assert total(digests) == total(reversed(digests))


def test_what_a_role_is_not_shown_is_hidden_for_it_alone() -> None:
    assert is_hidden("volunteer", "person", "religion")
    assert not is_hidden("social_worker", "person", "religion")
    assert not is_hidden("volunteer", "person", "a_newer_apps_field")
    assert not is_hidden("volunteer", "a_newer_apps_kind", "religion")
