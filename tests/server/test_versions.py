"""The versions of a record's paths, packed and unpacked."""

from hypothesis import given
from hypothesis import strategies as st

from telewelfare.server.versions import packed, unpacked, version_of

VERSIONS = st.dictionaries(
    st.sampled_from(["a", "b", "c/d", "e"]),
    st.sampled_from([["s1", 1], ["s1", 1, 1], ["s2", 2]]),
)


@given(VERSIONS)
def test_packing_loses_nothing(versions: dict[str, list[str | int]]) -> None:
    stored = packed(versions)
    assert unpacked(stored, versions) == versions
    assert {path: version_of(stored, path) for path in versions} == versions


def test_a_record_written_at_once_keeps_one_version() -> None:
    assert packed({"a": ["s", 1], "b": ["s", 1]}) == {"": ["s", 1]}


def test_a_row_that_names_every_path_is_read_as_it_is() -> None:
    assert unpacked({"a": ["s", 1]}, ["a"]) == {"a": ["s", 1]}
