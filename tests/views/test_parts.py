"""Every part is drawn in every mode and language, says its words, and does what it is for."""

import asyncio
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import flet as ft
import pytest

from telewelfare.strings import Lang, texts
from telewelfare.views import gallery, parts
from telewelfare.views.gallery_pages import PAGES
from telewelfare.views.look import Appearance, Look, LookContext, look_of
from telewelfare.views.palette import MODES, Mode
from telewelfare.views.parts.folded import LINES, SHOWN, beginning, is_long
from tests.headless import DESK, PHONE, Ui, mount

LOOK: Final = look_of(Appearance())
TH: Final = texts("th")


@ft.component
def Alone(draw: Callable[[], ft.Control]) -> ft.Control:
    return draw()


@ft.component
def Dressed(page: Callable[[float], ft.Control], look: Look, width: float) -> ft.Control:
    return LookContext(look, lambda: ft.Container(page(width)))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("mode", "size", "lang"), [("light", 18, "th"), ("dark", 24, "en"), ("sunlight", 24, "th")]
)
async def test_every_page_of_the_gallery_is_drawn(
    name: str, mode: Mode, size: int, lang: Lang
) -> None:
    width, height = DESK if name == "desk" else PHONE
    look = look_of(Appearance(size, mode, lang))
    async with mount(Dressed, PAGES[name], look, width, width=width, height=height) as ui:
        assert ui.text()
        assert ui.all(ft.Semantics, identifier="screen-broken") == []


async def test_the_gallery_follows_its_address() -> None:
    async with mount(Alone, lambda: ft.Text(""), route="/states?mode=dark&size=24&lang=en") as ui:
        gallery.main(ui.page)
        await ui.settle()
        assert ui.page.theme_mode == ft.ThemeMode.DARK
        assert texts("en")("gallery.empty") in ui.text()
        await ui.goto("/states?lang=th")
        assert TH("gallery.empty") in ui.text()


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        (parts.SyncShown("sent", at="10.42"), "ส่งถึงศูนย์ครบแล้ว · 10.42 น."),
        (parts.SyncShown("sent"), "ยังไม่มีรายการที่ต้องส่ง"),
        (parts.SyncShown("sending", done=12, total=40), "กำลังส่ง 12 จาก 40"),
        (parts.SyncShown("offline", waiting=12), "เก็บในเครื่อง 12 รายการ"),
        (parts.SyncShown("offline"), "ทำงานต่อได้ตามปกติ"),
        (parts.SyncShown("problem", problems=1), "ต้องแก้ไข 1 รายการ"),
    ],
)
async def test_the_sync_line_says_what_is_true_and_opens(shown: parts.SyncShown, says: str) -> None:
    opened: list[str] = []
    async with mount(Alone, lambda: parts.sync_line(LOOK, shown, lambda: opened.append("x"))) as ui:
        assert says in ui.text()
        await ui.click(ui.marked("sync-line"))
    assert opened == ["x"]


@pytest.mark.parametrize("mode", MODES)
async def test_urgency_is_a_word_a_shape_and_a_colour(mode: Mode) -> None:
    look = look_of(Appearance(mode=mode))
    seen = set()
    for code, label in TH.codes("urgency").items():
        async with mount(Alone, lambda code=code: parts.urgency_badge(look, code)) as ui:
            assert label in ui.text()
            shape, pill = ui.one(ft.Icon), ui.marked(f"urgency-{code}")
            seen.add((shape.icon, shape.rotate, pill.bgcolor))
    assert len(seen) == len(TH.codes("urgency"))


async def test_an_unknown_urgency_shows_its_code() -> None:
    async with mount(Alone, lambda: parts.urgency_badge(LOOK, "purple")) as ui:
        assert "purple" in ui.text()


@dataclass(frozen=True)
class Told:
    """What a part told its screen, oldest first."""

    said: list[object]


@ft.component
def Choosing(told: Told) -> ft.Control:
    chosen, set_chosen = ft.use_state("")

    def choose(code: str) -> None:
        told.said.append(code)
        set_chosen(code)

    choices = [parts.Choice("a", "ไม่พบ"), parts.Choice("b", "รุนแรง", "เช่น นอนติดเตียง")]
    return parts.choice_list(LOOK, choices, chosen or None, choose)


async def test_a_choice_is_made_by_tapping_its_row() -> None:
    told = Told([])
    async with mount(Choosing, told) as ui:
        assert not ui.one(ft.Semantics, identifier="choice-b").checked
        await ui.click(ui.marked("choice-b"))
        assert ui.one(ft.Semantics, identifier="choice-b").checked
        assert not ui.one(ft.Semantics, identifier="choice-a").checked
    assert told.said == ["b"]


def test_toggling_puts_in_and_takes_out() -> None:
    assert parts.toggled({"a"}, "b") == {"a", "b"}
    assert parts.toggled({"a", "b"}, "b") == {"a"}


@ft.component
def Folding() -> ft.Control:
    chosen, set_chosen = ft.use_state(frozenset[str]())
    unfolded, set_unfolded = ft.use_state(frozenset[str]())
    return parts.choice_groups(
        LOOK,
        [parts.Group("6.1", (parts.Choice("a", "เร่ร่อน"),)), parts.Group("6.2", ())],
        chosen,
        lambda code: set_chosen(parts.toggled(chosen, code)),
        unfolded=unfolded,
        on_fold=lambda title: set_unfolded(parts.toggled(unfolded, title)),
    )


async def test_a_folded_group_says_how_many_of_it_are_chosen() -> None:
    async with mount(Folding) as ui:
        assert ui.all(ft.Semantics, identifier="choice-a") == []
        heading = ui.all(ft.Container, "6.1", ink=True)[0]
        await ui.click(heading)
        await ui.click(ui.marked("choice-a"))
        await ui.click(ui.all(ft.Container, "6.1", ink=True)[0])
        assert ui.all(ft.Semantics, identifier="choice-a") == []
        assert TH("parts.choice.count", n=1) in ui.text()


async def test_a_question_offers_its_ways_on_and_back() -> None:
    told: list[str] = []
    ways = parts.Ways(
        lambda: told.append("next"),
        lambda: told.append("back"),
        on_unasked=lambda: told.append("unasked"),
        on_unknown=lambda: told.append("unknown"),
    )
    page = lambda: parts.question_page(  # noqa: E731 - what is mounted
        LOOK, "ถามอะไร", ft.Text(""), ways, why="เพราะ", at=(3, 12), problem="เลือกก่อน"
    )
    async with mount(Alone, page) as ui:
        assert "ข้อ 3 จาก 12" in ui.text()
        assert "เลือกก่อน" in ui.text()
        for mark in ("next", "back", "unasked", "unknown"):
            await ui.click(ui.marked(mark))
    assert told == ["next", "back", "unasked", "unknown"]


async def test_a_pending_button_rests() -> None:
    button = lambda: parts.primary_button(LOOK, "บันทึก", list, pending=True)  # noqa: E731
    async with mount(Alone, button) as ui:
        assert ui.one(ft.FilledButton).disabled
        assert TH("parts.working") in ui.text()


@ft.component
def Typing() -> ft.Control:
    phone, set_phone = ft.use_state("")
    short = 10
    error = "ไม่ครบ 10 หลัก" if phone and len(phone) < short else ""
    return parts.labelled_field(LOOK, "เบอร์โทร", phone, set_phone, kind="phone", error=error)


async def test_a_field_keeps_what_was_typed_and_says_what_is_wrong_under_it() -> None:
    async with mount(Typing) as ui:
        await ui.type("0811")
        assert ui.one(ft.TextField).value == "0811"
        assert "ไม่ครบ 10 หลัก" in ui.text()
        await ui.type("0811111111")
        assert ui.all(ft.Semantics, identifier="field-error") == []


@ft.component
def Searching(told: Told) -> ft.Control:
    text, set_text = ft.use_state("")

    def search(typed: str) -> None:
        told.said.append(typed)
        set_text(typed)

    box = parts.SearchBox("ค้นหา", text, search, pause=0.02)
    return ft.Column([box, ft.TextButton("clear", on_click=lambda: set_text(""))])


async def test_a_search_waits_until_the_worker_stops_typing() -> None:
    told = Told([])
    async with mount(Searching, told) as ui:
        for typed in ("เ", "เก", "เกา"):
            await ui.type(typed)
        assert told.said == []
        await asyncio.sleep(0.05)
        assert told.said == ["เกา"]


async def test_enter_searches_at_once_and_only_once() -> None:
    told = Told([])
    async with mount(Searching, told) as ui:
        await ui.type("กันตัง")
        await ui.event(ui.one(ft.TextField), "submit", "กันตัง")
        await asyncio.sleep(0.05)
        assert told.said == ["กันตัง"]


async def test_escape_empties_a_search_and_takes_the_cursor_out_of_it() -> None:
    told = Told([])
    async with mount(Searching, told) as ui:
        await ui.event(ui.one(ft.TextField), "focus")
        await ui.type("กันตัง")
        key = {"key": "Escape", "shift": False, "ctrl": False, "alt": False, "meta": False}
        await ui.event(ui.page, "keyboard_event", key)
        assert ui.one(ft.TextField).value == ""
        assert told.said == [""]
        assert not parts.is_typing(ui.page)
        await ui.event(ui.page, "keyboard_event", key)
        assert told.said == [""]


async def test_a_search_can_be_cleared_from_outside_and_later_letters_are_kept() -> None:
    told = Told([])
    async with mount(Searching, told) as ui:
        await ui.type("กัน")
        await ui.event(ui.one(ft.TextField), "submit", "กัน")
        await ui.type("กันตัง")
        assert ui.one(ft.TextField).value == "กันตัง"
        await ui.click(ft.TextButton)
        assert ui.one(ft.TextField).value == ""


async def test_leaving_the_screen_stops_a_search_that_waits() -> None:
    told = Told([])
    async with mount(Searching, told) as ui:
        await ui.type("กัน")
        ui.page.render(Alone, lambda: ft.Text("elsewhere"))
        await asyncio.sleep(0.05)
    assert told.said == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (parts.TypedDate(), None),
        (parts.TypedDate("9", "3", "2503"), date(1960, 3, 9)),
        (parts.TypedDate("๙", "3", "๒๕๐๓"), date(1960, 3, 9)),
        (parts.TypedDate("29", "2", "2503"), date(1960, 2, 29)),
        (parts.TypedDate("30", "2", "2503"), "parts.date.impossible"),
        (parts.TypedDate("9", "3", "1960"), "parts.date.era"),
        (parts.TypedDate("9", "", "2503"), "parts.date.incomplete"),
        (parts.TypedDate("9", "3", "99999999"), "parts.date.impossible"),
    ],
)
def test_a_date_is_read_in_the_buddhist_era(
    typed: parts.TypedDate, found: date | str | None
) -> None:
    assert parts.date_of(typed) == found


def test_a_date_is_shown_as_it_was_typed() -> None:
    assert parts.date_of(parts.typed_date(date(1960, 3, 9))) == date(1960, 3, 9)
    assert parts.typed_date(None) == parts.TypedDate()


async def test_an_area_is_found_by_going_down() -> None:
    told: list[str] = []
    async with mount(parts.AreaPicker, None, told.append) as ui:
        for code in ("92", "9202", "920201"):
            await ui.click(ui.marked(f"area-{code}"))
        await ui.click(ui.marked("area-up"))
        assert ui.all(ft.Semantics, identifier="area-9202")
    assert told == ["920201"]


async def test_areas_stand_in_the_order_of_a_thai_dictionary() -> None:
    async with mount(parts.AreaPicker, None, print, "9202") as ui:
        shown = ui.text()
        names = ("ต.กันตังใต้", "ต.เกาะลิบง", "ต.คลองลุ", "ต.โคกยาง", "ต.นาเกลือ", "ต.บางเป้า")
        places = [shown.index(name) for name in names]
    assert places == sorted(places)


async def test_an_area_is_found_by_typing() -> None:
    told: list[str] = []
    async with mount(parts.AreaPicker, None, told.append, "92") as ui:
        await ui.type("เกาะลิบง")
        await ui.event(ui.one(ft.TextField), "submit", "เกาะลิบง")
        row = next(c for c in ui.all(ft.Container, "ต.เกาะลิบง", ink=True))
        assert "อ.กันตัง" in ui.text()
        await ui.click(row)
        await ui.type("ไม่มีที่นี่")
        await ui.event(ui.one(ft.TextField), "submit", "ไม่มีที่นี่")
        assert TH("parts.area.none") in ui.text()
    assert len(told) == 1


async def test_a_masked_fact_says_that_opening_it_is_recorded() -> None:
    told: list[str] = []
    fact = parts.Fact("เลขบัตร", "X-12-3", masked=True, on_reveal=lambda: told.append("x"))
    async with mount(Alone, lambda: parts.fact_rows(LOOK, [fact])) as ui:
        assert TH("parts.fact.logged") in ui.text()
        await ui.click(ui.marked("reveal"))
    assert told == ["x"]


async def test_dimensions_have_numbers_and_a_strip_that_is_read_aloud() -> None:
    items = [parts.Dimension("สุขภาพ", 3, "รุนแรง"), parts.Dimension("บ้าน", None, "ยังไม่ถาม")]
    async with mount(Alone, lambda: parts.dimension_bars(LOOK, items)) as ui:
        assert "3 · รุนแรง" in ui.text()
        assert "ยังไม่ถาม" in ui.text()
    async with mount(Alone, lambda: parts.dimension_strip(LOOK, items)) as ui:
        assert ui.one(ft.Semantics).label == "สุขภาพ รุนแรง, บ้าน ยังไม่ถาม"


def desk(told: Told, page: parts.TablePage) -> ft.Control:
    events = parts.TableEvents(told.said.append, on_sort=told.said.append, on_page=told.said.append)
    columns = [parts.TableColumn("area", "พื้นที่"), parts.TableColumn("n", "รอ", is_number=True)]
    rows = [
        parts.TableRow("c1", lambda: ("กันตัง", "3")),
        parts.TableRow("c2", lambda: ("นาโยง", "1")),
    ]
    return parts.data_table(
        LOOK, columns, rows, events, selected="c2", order=parts.TableOrder("n"), page=page
    )


async def test_a_table_selects_sorts_and_turns_its_pages() -> None:
    told = Told([])
    async with mount(Alone, lambda: desk(told, parts.TablePage(20, 20, 48))) as ui:
        assert "21–40 จาก 48 รายการ" in ui.text()
        assert ui.one(ft.Semantics, identifier="row-c2").selected
        await ui.click(ui.marked("row-c1"))
        await ui.click(ui.marked("sort-n"))
        await ui.click(ui.marked("sort-area"))
        await ui.click(ui.marked("page-after"))
        await ui.click(ui.marked("page-before"))
    assert told.said == ["c1", parts.TableOrder("n", "down"), parts.TableOrder("area"), 40, 0]


async def test_a_table_does_not_turn_past_its_ends() -> None:
    told = Told([])
    async with mount(Alone, lambda: desk(told, parts.TablePage(0, 20, 2))) as ui:
        await ui.click(ui.marked("page-after"))
        await ui.click(ui.marked("page-before"))
    assert told.said == []


@pytest.mark.parametrize(
    ("key", "selected", "move"),
    [
        ("J", None, parts.Select("a")),
        ("J", "a", parts.Select("b")),
        ("่", "a", parts.Select("b")),
        ("Arrow Down", "c", parts.Select("c")),
        ("K", "c", parts.Select("b")),
        ("Arrow Up", "a", parts.Select("a")),
        ("End", None, parts.Select("c")),
        ("Home", "c", parts.Select("a")),
        ("Enter", "b", parts.Open("b")),
        ("Enter", None, None),
        ("Enter", "gone", None),
        ("Escape", "b", parts.Close()),
        ("/", None, parts.Search()),
        ("ฝ", None, parts.Search()),
        ("Q", "a", None),
    ],
)
def test_keys_of_the_desk(key: str, selected: str | None, move: parts.Move | None) -> None:
    assert parts.table_key(key, ("a", "b", "c"), selected) == move


def test_keys_do_nothing_on_an_empty_table() -> None:
    assert parts.table_key("J", (), None) is None


async def test_the_desk_is_worked_by_keys_but_not_while_a_search_is_typed() -> None:
    async with mount(Dressed, PAGES["desk"], LOOK, DESK[0], width=DESK[0]) as ui:

        async def press(key: str) -> str:
            key_pressed = {"key": key, "shift": False, "ctrl": False, "alt": False, "meta": False}
            await ui.event(ui.page, "keyboard_event", key_pressed)
            chosen = ui.all(ft.Semantics, selected=True)
            return str(next(c.identifier for c in chosen if c.identifier.startswith("row-")))

        assert await press("J") == "row-c2"
        assert await press("/") == "row-c2"
        assert ("focus", None) in [(name, args or None) for name, args in ui.client.calls]
        field = ui.one(ft.TextField)
        await ui.event(field, "focus")
        assert await press("J") == "row-c2"
        await ui.event(field, "blur")
        assert await press("K") == "row-c1"


async def test_the_shell_has_a_bar_on_the_phone_and_a_rail_on_the_desk() -> None:
    told: list[str] = []

    def shell(width: float) -> ft.Control:
        places = [
            parts.Destination("home", "หน้าแรก", ft.Icons.HOME_ROUNDED),
            parts.Destination("cases", "กรณี", ft.Icons.FOLDER_ROUNDED, 3),
        ]
        return parts.nav_shell(LOOK, places, "home", told.append, ft.Text("body"), width=width)

    for width, frame in ((390, ft.Column), (700, ft.Row)):
        async with mount(Alone, lambda width=width: shell(width)) as ui:
            assert isinstance(ui.one(ft.SafeArea).content.content, frame)
            assert ui.one(ft.Semantics, identifier="nav-home").selected
            await ui.click(ui.marked("nav-cases"))
    assert told == ["cases", "cases"]


async def test_list_and_detail_stand_beside_each_other_only_where_both_fit() -> None:
    def split(width: float) -> Callable[[], ft.Control]:
        return lambda: parts.split_view(LOOK, ft.Text("list"), ft.Text("detail"), width=width)

    async with mount(Alone, split(1200)) as ui:
        assert ui.text() == "list\ndetail"
    async with mount(Alone, split(800)) as ui:
        assert ui.text() == "detail"


async def test_the_lock_is_one_tap_away() -> None:
    told: list[str] = []
    header = lambda: parts.app_header(LOOK, "หน้าแรก", on_lock=lambda: told.append("x"))  # noqa: E731
    async with mount(Alone, header) as ui:
        await ui.click(ui.marked("lock"))
    assert told == ["x"]


async def test_an_error_offers_to_try_again() -> None:
    told: list[str] = []
    state = lambda: parts.error_state(LOOK, "เปิดไม่ได้", on_retry=lambda: told.append("x"))  # noqa: E731
    async with mount(Alone, state) as ui:
        await ui.click(ui.marked("retry"))
    assert told == ["x"]


async def test_every_icon_that_stands_alone_has_a_word() -> None:
    for page in PAGES.values():
        async with mount(Dressed, page, LOOK, DESK[0], width=DESK[0]) as ui:
            assert nameless(ui) == []


def nameless(ui: Ui) -> list[ft.IconButton]:
    return [
        button
        for button in ui.all(ft.IconButton)
        if not (isinstance(button.icon, ft.Icon) and button.icon.semantics_label)
    ]


STORY: Final = "พบลุงนอนอยู่ที่ศาลา ไม่มีใครรู้ว่ามาจากไหน " * 50


async def test_a_long_text_is_folded_until_one_wants_all_of_it() -> None:
    async with mount(Alone, lambda: parts.Folded(STORY)) as ui:
        assert STORY not in ui.text()
        shown = ui.one(ft.Text, "พบลุง")
        assert shown.max_lines == LINES
        assert len(shown.value) <= SHOWN + 1
        await ui.click(ui.marked("fold"))
        assert STORY in ui.text()
        assert TH("parts.fold.less") in ui.text()
        await ui.click(ui.marked("fold"))
        assert STORY not in ui.text()


async def test_a_short_text_has_no_button() -> None:
    async with mount(Alone, lambda: parts.Folded("พบลุงนอนศาลา")) as ui:
        assert ui.text() == "พบลุงนอนศาลา"


@pytest.mark.parametrize("text", ["ก็" * 300, "ที่" * 200, "บรรทัด\n" * 8, STORY])
def test_the_beginning_of_a_text_keeps_every_mark_with_its_letter(text: str) -> None:
    begun = beginning(text).removesuffix("…")
    assert is_long(text)
    assert text.startswith(begun)
    assert 0 < len(begun) < len(text)
    assert unicodedata.category(text[len(begun)]) != "Mn"
