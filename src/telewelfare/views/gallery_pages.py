"""The pages of the gallery: each a small screen made of parts and of nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

import flet as ft

from telewelfare.views import parts as p
from telewelfare.views.hooks import screen
from telewelfare.views.keys import use_keys
from telewelfare.views.look import GRID, Look, use_look


def nothing(*_: object) -> None:
    """Do nothing: the gallery only shows."""


@screen
def Home(width: float) -> ft.Control:
    look = use_look()
    t = look.t
    tiles = [
        p.action_tile(
            look,
            t("gallery.report"),
            ft.Icons.ADD_ALERT_ROUNDED,
            nothing,
            strong=True,
            mark="report",
        ),
        p.action_tile(
            look, t("gallery.my_work"), ft.Icons.ASSIGNMENT_ROUNDED, nothing, mark="my-work"
        ),
        p.action_tile(
            look, t("gallery.partners"), ft.Icons.HANDSHAKE_ROUNDED, nothing, mark="partners"
        ),
        p.action_tile(
            look, t("gallery.knowledge"), ft.Icons.MENU_BOOK_ROUNDED, nothing, mark="knowledge"
        ),
    ]
    more = p.quiet_button(look, t("gallery.all_tasks"), nothing)
    tasks = [
        _task(look, "urgent", t("gallery.task_1"), t("gallery.task_1_why")),
        _task(look, "normal", t("gallery.task_2"), t("gallery.task_2_why")),
    ]
    sync = p.sync_line(look, p.SyncShown("offline", waiting=12), nothing)
    header = p.app_header(look, t("gallery.hello"), on_lock=nothing, on_settings=nothing, sync=sync)
    content = p.stack(
        header,
        p.tile_grid(tiles),
        p.section_title(look, t("gallery.today"), more),
        *tasks,
        gap=2 * GRID,
    )
    return p.nav_shell(look, _places(look), "home", nothing, _scroll(content), width=width)


@screen
def Question(_width: float) -> ft.Control:
    look = use_look()
    chosen, set_chosen = ft.use_state("2")
    hint = look.t("gallery.severe_hint")
    choices = [
        p.Choice(code, label, hint if code == "3" else "")
        for code, label in look.t.codes("severity").items()
    ]
    return ft.SafeArea(
        p.question_page(
            look,
            look.t("gallery.q_health"),
            p.choice_list(look, choices, chosen, set_chosen),
            p.Ways(nothing, nothing, on_unasked=nothing, on_unknown=nothing),
            why=look.t("gallery.q_health_why"),
            at=(3, 8),
            top=p.sync_line(look, p.SyncShown("sent", at="10.42"), nothing),
        ),
        expand=True,
    )


@screen
def Problems(_width: float) -> ft.Control:
    look = use_look()
    t = look.t
    chosen, set_chosen = ft.use_state(frozenset({"p61_2", "p61_4"}))
    unfolded, set_unfolded = ft.use_state(frozenset({t("gallery.p61")}))
    groups = [
        p.Group(t("gallery.p61"), _choices(look, "p61_1", "p61_2", "p61_3", "p61_4")),
        p.Group(t("gallery.p65"), _choices(look, "p65_1", "p65_2")),
        p.Group(t("gallery.p67"), ()),
    ]
    content = p.choice_groups(
        look,
        groups,
        chosen,
        lambda code: set_chosen(p.toggled(chosen, code)),
        unfolded=unfolded,
        on_fold=lambda title: set_unfolded(p.toggled(unfolded, title)),
    )
    return ft.SafeArea(
        p.question_page(
            look,
            t("gallery.q_problems"),
            content,
            p.Ways(nothing, nothing, on_unasked=nothing),
            why=t("gallery.q_problems_why"),
            at=(5, 12),
            problem=t("gallery.q_need"),
        ),
        expand=True,
    )


@screen
def Fields(_width: float) -> ft.Control:
    look = use_look()
    t = look.t
    name, set_name = ft.use_state(t("gallery.name_value"))
    phone, set_phone = ft.use_state("08112345")
    note, set_note = ft.use_state(t("gallery.note_value"))
    born, set_born = ft.use_state(p.TypedDate("29", "2", "1960"))
    verdict = p.date_of(born)
    content = p.stack(
        p.app_header(look, t("gallery.fields"), on_lock=nothing, on_back=nothing),
        p.labelled_field(
            look, t("gallery.name"), name, set_name, helper=t("gallery.name_helper"), mark="name"
        ),
        p.labelled_field(
            look,
            t("gallery.phone"),
            phone,
            set_phone,
            kind="phone",
            error=t("gallery.phone_error"),
            mark="phone",
        ),
        p.date_field_be(
            look,
            t("gallery.born"),
            born,
            set_born,
            helper=t("gallery.born_helper"),
            error=t(verdict) if isinstance(verdict, str) else "",
        ),
        p.labelled_field(look, t("gallery.note"), note, set_note, kind="lines", mark="note"),
        p.primary_button(look, t("gallery.save"), nothing, leading=ft.Icons.CHECK_ROUNDED),
        p.primary_button(look, t("gallery.save"), nothing, pending=True),
        p.secondary_button(look, t("gallery.call"), nothing, leading=ft.Icons.CALL_ROUNDED),
        gap=3 * GRID,
    )
    return ft.SafeArea(_scroll(content), expand=True)


@screen
def Area(_width: float) -> ft.Control:
    look = use_look()
    chosen, set_chosen = ft.use_state("920204")
    content = ft.Column(
        [
            p.app_header(look, p.area_words(look, chosen), on_lock=nothing),
            p.AreaPicker(chosen, set_chosen),
        ],
        expand=True,
        spacing=2 * GRID,
    )
    return ft.SafeArea(p.centred(ft.Container(content, padding=2 * GRID)), expand=True)


@screen
def Case(_width: float) -> ft.Control:
    look = use_look()
    return ft.SafeArea(_scroll(_case(look, wide=False)), expand=True)


@screen
def Parts(_width: float) -> ft.Control:
    look = use_look()
    t = look.t
    syncs = [
        p.SyncShown("sent", at="10.42"),
        p.SyncShown("sending", done=12, total=40),
        p.SyncShown("offline", waiting=12),
        p.SyncShown("problem", problems=1),
    ]
    badges = [p.urgency_badge(look, code) for code in t.codes("urgency")]
    chips = [
        p.Filter("all", t("gallery.filter_all"), 48),
        p.Filter("mine", t("gallery.filter_mine"), 12),
        p.Filter("late", t("gallery.filter_late"), 3),
    ]
    content = p.stack(
        *[p.sync_line(look, shown, nothing) for shown in syncs],
        ft.Row(badges, wrap=True, spacing=GRID, run_spacing=GRID),
        p.filter_chips(look, chips, {"mine"}, nothing),
        p.case_row(look, _case_shown(look), nothing),
        p.partner_row(
            look, t("gallery.partner"), [t("gallery.partner_line")], nothing, on_call=nothing
        ),
        p.time_left(look, t("gallery.left"), 0.4),
        p.time_left(look, t("gallery.left_little"), 0.9),
        p.time_left(look, t("gallery.left_over"), 1, over=True),
        p.offline_note(look),
        p.banner(look, t("gallery.good_note"), "good"),
        p.banner(look, t("gallery.problem_note"), "problem"),
        gap=2 * GRID,
    )
    return ft.SafeArea(_scroll(content), expand=True)


@screen
def States(_width: float) -> ft.Control:
    look = use_look()
    t = look.t
    content = p.stack(
        p.empty_state(
            look,
            t("gallery.empty"),
            t("gallery.empty_why"),
            action=t("gallery.report"),
            on_press=nothing,
        ),
        p.loading_state(look),
        p.error_state(look, t("gallery.failed"), t("gallery.failed_why"), on_retry=nothing),
        gap=2 * GRID,
    )
    return ft.SafeArea(_scroll(content), expand=True)


@screen
def Desk(width: float) -> ft.Control:
    look = use_look()
    t = look.t
    selected, set_selected = ft.use_state("c1")
    focus, set_focus = ft.use_state(0)
    typing, set_typing = ft.use_state(False)
    order, set_order = ft.use_state(p.TableOrder("waited", "down"))
    page, set_page = ft.use_state(p.TablePage(0, 20, 48))
    columns = [
        p.TableColumn("urgency", t("gallery.urgency"), 4),
        p.TableColumn("area", t("gallery.area"), 6),
        p.TableColumn("problem", t("gallery.problem"), 4),
        p.TableColumn("waited", t("gallery.waited"), 3, is_number=True),
    ]
    events = p.TableEvents(
        set_selected,
        on_sort=set_order,
        on_page=lambda offset: set_page(replace(page, offset=offset)),
    )
    table = p.data_table(
        look, columns, _desk_rows(look), events, selected=selected, order=order, page=page
    )
    chips = [
        p.Filter("all", t("gallery.filter_all"), 48),
        p.Filter("mine", t("gallery.filter_mine"), 12),
        p.Filter("late", t("gallery.filter_late"), 3),
    ]
    sync = p.sync_line(look, p.SyncShown("sending", done=12, total=40), nothing)
    listed = ft.Container(
        ft.Column(
            [
                p.app_header(look, t("gallery.triage"), on_lock=nothing, sync=sync),
                p.SearchBox(t("gallery.search"), "", nothing, focus=focus, on_typing=set_typing),
                p.filter_chips(look, chips, {"all"}, nothing),
                table,
            ],
            spacing=GRID + GRID // 2,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=2 * GRID,
    )
    detail = _scroll(_case(look, wide=True), wide=True)

    ids = [row.id for row in _desk_rows(look)]

    def moved(key: str, now: str) -> str:
        move = p.table_key(key, ids, now)
        return move.id if isinstance(move, p.Select) else now

    def press(key: str) -> None:
        if typing:
            return
        if isinstance(p.table_key(key, ids, selected), p.Search):
            set_focus(focus + 1)
        # The next key may come before this one is drawn: ask the state, not the drawing.
        set_selected(lambda now: moved(key, now))

    use_keys(lambda event: press(event.key))
    body = p.split_view(look, listed, detail, width=width, share=3)
    return p.nav_shell(look, _places(look), "cases", nothing, body, width=width)


def _case(look: Look, *, wide: bool) -> ft.Control:
    t = look.t
    states = ["state_new", "state_visit", "state_meet", "state_help", "state_close"]
    entries = [
        p.Entry(
            "10.42",
            t("gallery.saved"),
            icon=ft.Icons.CLOUD_OFF_ROUNDED,
            receipts=(
                p.Receipt(t("gallery.kept"), done=True),
                p.Receipt(t("gallery.arrived"), done=False),
            ),
        ),
        p.Entry("10.40", t("gallery.visit_done"), t("gallery.visit_detail"), ft.Icons.HOME_ROUNDED),
        p.Entry(
            "09.15",
            t("gallery.reported"),
            icon=ft.Icons.ADD_ALERT_ROUNDED,
            receipts=(
                p.Receipt(t("gallery.arrived"), done=True),
                p.Receipt(t("gallery.seen"), done=True),
                p.Receipt(t("gallery.assigned"), done=False),
            ),
        ),
    ]
    facts = [
        p.Fact(t("gallery.id_card"), t("gallery.id_masked"), masked=True, on_reveal=nothing),
        p.Fact(t("gallery.owner"), t("gallery.owner_value")),
    ]
    buttons = ft.Row(
        [
            p.secondary_button(look, t("gallery.call"), nothing, leading=ft.Icons.CALL_ROUNDED),
            p.secondary_button(
                look, t("gallery.photo"), nothing, leading=ft.Icons.PHOTO_CAMERA_ROUNDED
            ),
            p.secondary_button(look, t("gallery.add"), nothing, leading=ft.Icons.EDIT_ROUNDED),
        ],
        wrap=True,
        spacing=GRID,
        run_spacing=GRID,
    )
    head: ft.Control = p.app_header(look, t("gallery.person"), on_lock=nothing, on_back=nothing)
    if wide:
        head = p.words(look, t("gallery.person"), "title")
    place = p.words(look, t("gallery.place"), colour=look.colours.muted)
    return p.stack(
        head,
        ft.Row([p.urgency_badge(look, "urgent"), place], spacing=GRID, wrap=True),
        p.stepper_strip(look, [t(f"gallery.{state}") for state in states], 1, wide=wide),
        p.time_left(look, t("gallery.left"), 0.4),
        p.primary_button(look, t("gallery.go_on"), nothing),
        buttons,
        p.section_title(look, t("gallery.dims")),
        p.dimension_bars(look, _dimensions(look)),
        p.section_title(look, t("gallery.facts")),
        p.fact_rows(look, facts),
        p.section_title(look, t("gallery.story")),
        p.timeline(look, entries),
        gap=2 * GRID,
    )


def _dimensions(look: Look) -> list[p.Dimension]:
    severities = (3, 2, 4, 0, 1, None, None, 0)
    return [
        p.Dimension(
            label,
            severity,
            look.t("gallery.unasked") if severity is None else look.t.code("severity", severity),
        )
        for label, severity in zip(look.t.codes("dimension").values(), severities, strict=True)
    ]


def _desk_rows(look: Look) -> list[p.TableRow]:
    t = look.t
    urgencies, places = ("critical", "urgent", "normal", "watch"), ("place", "place_2", "place_3")
    problems = ("abandoned", "homeless")

    def cells(n: int) -> tuple[str | ft.Control, ...]:
        return (
            p.urgency_badge(look, urgencies[min(n // 5, 3)], dense=True),
            t(f"gallery.{places[n % 3]}"),
            t(f"gallery.{problems[n % 2]}"),
            str(60 - 3 * n),
        )

    return [p.TableRow(f"c{n}", partial(cells, n)) for n in range(20)]


def _task(look: Look, urgency: str, title: str, why: str) -> ft.Control:
    return p.list_row(
        look, title, [why], on_open=nothing, foot=p.urgency_badge(look, urgency), mark=urgency
    )


def _case_shown(look: Look) -> p.CaseShown:
    t = look.t
    return p.CaseShown(
        t("gallery.person_2"),
        t("gallery.place_2"),
        "critical",
        t("gallery.state_visit"),
        t("gallery.since_2"),
        waiting_to_send=True,
    )


def _choices(look: Look, *codes: str) -> tuple[p.Choice, ...]:
    return tuple(p.Choice(code, look.t(f"gallery.{code}")) for code in codes)


def _places(look: Look) -> list[p.Destination]:
    t = look.t
    return [
        p.Destination("home", t("gallery.home"), ft.Icons.HOME_ROUNDED),
        p.Destination("cases", t("gallery.cases"), ft.Icons.FOLDER_SHARED_ROUNDED, 14),
        p.Destination("partners", t("gallery.partners"), ft.Icons.HANDSHAKE_ROUNDED),
        p.Destination("numbers", t("gallery.numbers"), ft.Icons.BAR_CHART_ROUNDED),
    ]


def _scroll(content: ft.Control, *, wide: bool = False) -> ft.Control:
    inside = ft.Container(content, padding=2 * GRID)
    column = ft.Column(
        [inside if wide else p.centred(inside)], scroll=ft.ScrollMode.AUTO, expand=True
    )
    column.horizontal_alignment = ft.CrossAxisAlignment.STRETCH
    return column


PAGES: Final[Mapping[str, Callable[[float], ft.Control]]] = {
    "home": Home,
    "question": Question,
    "problems": Problems,
    "fields": Fields,
    "area": Area,
    "case": Case,
    "parts": Parts,
    "states": States,
    "desk": Desk,
}
