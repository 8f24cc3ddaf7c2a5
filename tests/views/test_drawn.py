"""Rows drawn once stay; what they show decides."""

from __future__ import annotations

import flet as ft

from telewelfare.views.parts import Drawn


def drawn(keeper: Drawn, *shows: str, basis: object = "light") -> list[ft.Control]:
    return keeper.rows(basis, [(one, lambda one=one: ft.Text(one, key=one)) for one in shows])  # type: ignore[misc]


def test_a_row_that_shows_the_same_is_not_drawn_again() -> None:
    keeper = Drawn()
    a, b = drawn(keeper, "a", "b")
    again = drawn(keeper, "b", "c", "a")
    assert again[0] is b
    assert again[2] is a


def test_a_row_that_was_gone_is_drawn_anew() -> None:
    keeper = Drawn()
    (a,) = drawn(keeper, "a")
    drawn(keeper, "b")
    assert drawn(keeper, "a")[0] is not a


def test_another_basis_draws_all_rows_anew() -> None:
    keeper = Drawn()
    (a,) = drawn(keeper, "a")
    assert drawn(keeper, "a", basis="dark")[0] is not a
