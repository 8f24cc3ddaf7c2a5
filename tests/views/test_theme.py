"""Every text can be read on what it stands on, in every mode."""

from typing import Final

import pytest

from telewelfare.strings import texts
from telewelfare.views.look import Appearance, look_of
from telewelfare.views.palette import MODES, PALETTES, Mode, contrast, text_pairs
from telewelfare.views.theme import themes

ENOUGH: Final = 4.5
IN_THE_SUN: Final = 7.0
EDGES: Final = 3.0


def test_contrast_is_that_of_the_guideline() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("mode", MODES)
def test_every_text_stands_out_from_its_ground(mode: Mode) -> None:
    least = IN_THE_SUN if mode == "sunlight" else ENOUGH
    pairs = text_pairs(PALETTES[mode])
    poor = {name: contrast(*pair) for name, pair in pairs.items() if contrast(*pair) < least}
    assert poor == {}


@pytest.mark.parametrize("mode", MODES)
def test_borders_that_carry_meaning_can_be_seen(mode: Mode) -> None:
    palette = PALETTES[mode]
    for ground in (palette.ground, palette.card):
        assert contrast(palette.edge, ground) >= EDGES
        assert contrast(palette.primary.fill, ground) >= EDGES


@pytest.mark.parametrize(("asked", "given"), [(10, 18), (18, 18), (21, 21), (24, 24), (40, 24)])
def test_text_size_stays_between_18_and_24(asked: int, given: int) -> None:
    assert look_of(Appearance(text_size=asked)).size.body == given


def test_sizes_follow_the_body() -> None:
    size = look_of(Appearance(text_size=18)).size
    assert (size.question, size.title, size.label) == (26, 22, 16)


def test_each_mode_has_a_theme_in_the_thai_typeface() -> None:
    for theme in themes(Appearance()):
        assert theme.font_family == "Sarabun"


def test_a_look_speaks_the_chosen_language() -> None:
    assert look_of(Appearance(lang="en")).t is texts("en")
