"""Flet themes from the palettes: one for each mode, and the fonts they need."""

from typing import Final

import flet as ft

from telewelfare.views.look import BOLD, CORNER, REGULAR, SEMIBOLD, Appearance, Look, look_of
from telewelfare.views.palette import SEED, Mode, Palette

FONTS: Final = {
    REGULAR: "fonts/Sarabun_400Regular.ttf",
    SEMIBOLD: "fonts/Sarabun_600SemiBold.ttf",
    BOLD: "fonts/Sarabun_700Bold.ttf",
}
"""Family to file, relative to the assets directory, for `page.fonts`."""


def themes(appearance: Appearance) -> tuple[ft.Theme, ft.Theme, ft.Theme]:
    """Return the light, dark and sunlight themes at the worker's text size."""
    modes: tuple[Mode, Mode, Mode] = ("light", "dark", "sunlight")
    light, dark, sunlight = (
        _theme(look_of(Appearance(appearance.text_size, mode, appearance.lang))) for mode in modes
    )
    return light, dark, sunlight


def dress(page: ft.Page, appearance: Appearance) -> None:
    """Put fonts, theme and language of an appearance on a page. The caller updates the page."""
    light, dark, sunlight = themes(appearance)
    page.fonts = dict(FONTS)
    page.theme = sunlight if appearance.mode == "sunlight" else light
    page.dark_theme = dark
    page.theme_mode = ft.ThemeMode.DARK if appearance.mode == "dark" else ft.ThemeMode.LIGHT
    page.locale_configuration = ft.LocaleConfiguration(
        supported_locales=[ft.Locale("th", "TH"), ft.Locale("en", "US")],
        current_locale=ft.Locale("th", "TH") if appearance.lang == "th" else ft.Locale("en", "US"),
    )


def _theme(look: Look) -> ft.Theme:
    corner = ft.RoundedRectangleBorder(radius=CORNER)
    body = ft.TextStyle(size=look.size.body, height=1.5, font_family=REGULAR)
    label = ft.TextStyle(size=look.size.body, height=1.4, font_family=SEMIBOLD)
    title = ft.TextStyle(size=look.size.title, height=1.4, font_family=BOLD)
    return ft.Theme(
        color_scheme_seed=SEED,
        color_scheme=_scheme(look.colours),
        font_family=REGULAR,
        scaffold_bgcolor=look.colours.ground,
        canvas_color=look.colours.card,
        text_theme=ft.TextTheme(
            body_large=body,
            body_medium=body,
            label_large=label,
            title_medium=body,
            title_large=title,
            headline_small=title,
        ),
        dialog_theme=ft.DialogTheme(
            bgcolor=look.colours.card, shape=corner, title_text_style=title
        ),
        snackbar_theme=ft.SnackBarTheme(content_text_style=body, shape=corner),
        scrollbar_theme=ft.ScrollbarTheme(radius=4, thickness=6),
        divider_color=look.colours.hairline,
        focus_color=ft.Colors.with_opacity(0.22, look.colours.accent),
    )


def _scheme(colours: Palette) -> ft.ColorScheme:
    return ft.ColorScheme(
        primary=colours.primary.fill,
        on_primary=colours.primary.ink,
        primary_container=colours.chosen.fill,
        on_primary_container=colours.chosen.ink,
        secondary=colours.accent,
        on_secondary=colours.card,
        secondary_container=colours.chosen.fill,
        on_secondary_container=colours.chosen.ink,
        error=colours.problem.ink,
        on_error=colours.problem.fill,
        error_container=colours.problem.fill,
        on_error_container=colours.problem.ink,
        surface=colours.ground,
        on_surface=colours.ink,
        on_surface_variant=colours.muted,
        outline=colours.edge,
        outline_variant=colours.hairline,
        surface_tint=colours.ground,
        surface_container_lowest=colours.card,
        surface_container_low=colours.card,
        surface_container=colours.card,
        surface_container_high=colours.card,
        surface_container_highest=colours.sand,
        inverse_surface=colours.ink,
        on_inverse_surface=colours.ground,
        inverse_primary=colours.chosen.fill,
    )
