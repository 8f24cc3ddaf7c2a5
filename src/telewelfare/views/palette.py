"""The colours by role, in three modes, and the arithmetic that proves them readable."""

from dataclasses import dataclass, fields
from typing import Final, Literal, get_args

Mode = Literal["light", "dark", "sunlight"]
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
SEED: Final = "#0B5A5C"


@dataclass(frozen=True)
class Tone:
    """A surface and what is written on it. `edge` is its border, its own colour when none shows."""

    fill: str
    ink: str
    edge: str


@dataclass(frozen=True)
class Palette:
    """Colours by what they are for. Urgency tones are used for urgency and nothing else."""

    ground: str
    """The page itself, warm sand."""
    card: str
    """What lies on the page: rows, tiles, fields."""
    sand: str
    """Quiet areas: table headers, chips, progress tracks."""
    ink: str
    muted: str
    """Second lines, helpers. Still readable text (≥ 4.5, sunlight ≥ 7)."""
    edge: str
    """Borders that carry meaning: fields, choices (≥ 3)."""
    hairline: str
    """Borders that only divide."""
    accent: str
    """Deep teal: links, icons, the selected choice."""
    primary: Tone
    """The one strong action of a screen."""
    chosen: Tone
    """A chosen row or destination."""
    good: Tone
    notice: Tone
    """Something waits or needs care; nothing is wrong."""
    problem: Tone
    critical: Tone
    urgent: Tone
    normal: Tone
    watch: Tone


PALETTES: Final[dict[Mode, Palette]] = {
    "light": Palette(
        ground="#FAF6EF",
        card="#FFFEFB",
        sand="#F1E9DC",
        ink="#211C16",
        muted="#5B5348",
        edge="#857A6B",
        hairline="#E2D8C8",
        accent="#0B5A5C",
        primary=Tone("#0B5A5C", "#FFFFFF", "#0B5A5C"),
        chosen=Tone("#DCEDEA", "#083F41", "#0B5A5C"),
        good=Tone("#E4F0E1", "#1D5423", "#A9CBA4"),
        notice=Tone("#F8EBCB", "#5F4200", "#DDC184"),
        problem=Tone("#FBE3DF", "#8A1C13", "#E3A79F"),
        critical=Tone("#B3211A", "#FFFFFF", "#B3211A"),
        urgent=Tone("#F08A3C", "#2A1200", "#C96416"),
        normal=Tone("#F7DC6F", "#332900", "#CDAF2E"),
        watch=Tone("#E2F0DF", "#1B5120", "#4F8A54"),
    ),
    "dark": Palette(
        ground="#161310",
        card="#211D19",
        sand="#2D2822",
        ink="#F2EBE1",
        muted="#CBC1B3",
        edge="#958A7B",
        hairline="#3A342D",
        accent="#83D3CF",
        primary=Tone("#83D3CF", "#00302F", "#83D3CF"),
        chosen=Tone("#123F40", "#C9F1EE", "#83D3CF"),
        good=Tone("#1C3A20", "#C3E8C0", "#3F6B43"),
        notice=Tone("#40320E", "#F6DFA5", "#77622B"),
        problem=Tone("#4C1B16", "#FFD4CD", "#8C4A42"),
        critical=Tone("#C9302A", "#FFFFFF", "#E5655E"),
        urgent=Tone("#E98335", "#241000", "#E98335"),
        normal=Tone("#E8CA55", "#2B2200", "#E8CA55"),
        watch=Tone("#1C3A20", "#C3E8C0", "#7FB584"),
    ),
    "sunlight": Palette(
        ground="#FFFFFF",
        card="#FFFFFF",
        sand="#F0F0EC",
        ink="#000000",
        muted="#33302B",
        edge="#000000",
        hairline="#5A564F",
        accent="#003C3E",
        primary=Tone("#003C3E", "#FFFFFF", "#003C3E"),
        chosen=Tone("#CFE9E6", "#002A2B", "#003C3E"),
        good=Tone("#FFFFFF", "#0A4011", "#0A4011"),
        notice=Tone("#FFF3C4", "#332300", "#332300"),
        problem=Tone("#FFFFFF", "#7A0000", "#7A0000"),
        critical=Tone("#8F0000", "#FFFFFF", "#8F0000"),
        urgent=Tone("#FFA552", "#000000", "#000000"),
        normal=Tone("#FFE24A", "#000000", "#000000"),
        watch=Tone("#FFFFFF", "#0A4011", "#0A4011"),
    ),
}


def luminance(colour: str) -> float:
    """Relative luminance of `#RRGGBB`, 0 black to 1 white (WCAG 2.2)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - WCAG


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def text_pairs(palette: Palette) -> dict[str, tuple[str, str]]:
    """Return every (text, background) pair the parts draw, by name."""
    grounds = {"ground": palette.ground, "card": palette.card, "sand": palette.sand}
    inks = {"ink": palette.ink, "muted": palette.muted, "accent": palette.accent}
    plain = {
        f"{ink} on {ground}": (inks[ink], grounds[ground]) for ink in inks for ground in grounds
    }
    tones = {
        field.name: (tone.ink, tone.fill)
        for field in fields(palette)
        if isinstance(tone := getattr(palette, field.name), Tone)
    }
    errors = {f"problem on {name}": (palette.problem.ink, grounds[name]) for name in grounds}
    return plain | tones | errors
