"""The hash chain of a ledger: what is hashed is the same text, whoever writes the JSON."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from telewelfare.server.numbering import link

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT, st.dictionaries(st.sampled_from(["a", "b", "sets"]), TEXT | st.integers(0, 2**62)))
def test_a_row_is_hashed_as_sorted_json_without_spaces(chain: str, row: dict[str, object]) -> None:
    plain = json.dumps(row, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    assert link(chain, row) == hashlib.sha256((chain + plain).encode()).hexdigest()
