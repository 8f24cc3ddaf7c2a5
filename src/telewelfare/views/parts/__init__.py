"""The design system: small controls without a state of their own, shown in docs/design-system.md."""

from telewelfare.views.parts.areas import AreaPicker, area_words
from telewelfare.views.parts.badges import (
    Receipt,
    ToneName,
    Urgency,
    case_badges,
    receipts_line,
    status_chip,
    tone_of,
    urgency_badge,
    urgency_tone,
)
from telewelfare.views.parts.basic import (
    Role,
    border,
    centred,
    icon,
    marked,
    section_title,
    size_of,
    stack,
    style,
    surface,
    words,
)
from telewelfare.views.parts.buttons import (
    action_tile,
    icon_button,
    primary_button,
    quiet_button,
    secondary_button,
    small_action,
    tile_grid,
)
from telewelfare.views.parts.choices import (
    Choice,
    Group,
    choice_groups,
    choice_list,
    choice_many,
    toggled,
)
from telewelfare.views.parts.cursor import is_typing
from telewelfare.views.parts.dates import TypedDate, date_field_be, date_of, typed_date
from telewelfare.views.parts.drawn import Drawn, use_drawn
from telewelfare.views.parts.fields import (
    FieldKind,
    SearchBox,
    field_error,
    labelled_field,
    text_field,
)
from telewelfare.views.parts.folded import Folded
from telewelfare.views.parts.progress import (
    Dimension,
    Entry,
    dimension_bars,
    dimension_strip,
    stepper_strip,
    time_left,
    timeline,
)
from telewelfare.views.parts.question import Ways, question_page
from telewelfare.views.parts.rows import (
    CaseShown,
    Fact,
    Filter,
    case_row,
    fact_rows,
    filter_chips,
    list_row,
    partner_row,
)
from telewelfare.views.parts.shell import (
    Destination,
    app_header,
    lock_button,
    nav_shell,
    split_view,
)
from telewelfare.views.parts.states import (
    banner,
    empty_state,
    error_state,
    loading_state,
    offline_note,
)
from telewelfare.views.parts.sync_line import SyncShown, SyncState, sync_line, sync_sign, sync_words
from telewelfare.views.parts.table import (
    Column as TableColumn,
)
from telewelfare.views.parts.table import (
    Order as TableOrder,
)
from telewelfare.views.parts.table import (
    Page as TablePage,
)
from telewelfare.views.parts.table import (
    Row as TableRow,
)
from telewelfare.views.parts.table import (
    TableEvents,
    data_table,
    next_order,
)
from telewelfare.views.parts.table_keys import Close, Move, Open, Search, Select, table_key

__all__ = [
    "AreaPicker",
    "CaseShown",
    "Choice",
    "Close",
    "Destination",
    "Dimension",
    "Drawn",
    "Entry",
    "Fact",
    "FieldKind",
    "Filter",
    "Folded",
    "Group",
    "Move",
    "Open",
    "Receipt",
    "Role",
    "Search",
    "SearchBox",
    "Select",
    "SyncShown",
    "SyncState",
    "TableColumn",
    "TableEvents",
    "TableOrder",
    "TablePage",
    "TableRow",
    "ToneName",
    "TypedDate",
    "Urgency",
    "Ways",
    "action_tile",
    "app_header",
    "area_words",
    "banner",
    "border",
    "case_badges",
    "case_row",
    "centred",
    "choice_groups",
    "choice_list",
    "choice_many",
    "data_table",
    "date_field_be",
    "date_of",
    "dimension_bars",
    "dimension_strip",
    "empty_state",
    "error_state",
    "fact_rows",
    "field_error",
    "filter_chips",
    "icon",
    "icon_button",
    "is_typing",
    "labelled_field",
    "list_row",
    "loading_state",
    "lock_button",
    "marked",
    "nav_shell",
    "next_order",
    "offline_note",
    "partner_row",
    "primary_button",
    "question_page",
    "quiet_button",
    "receipts_line",
    "secondary_button",
    "section_title",
    "size_of",
    "small_action",
    "split_view",
    "stack",
    "status_chip",
    "stepper_strip",
    "style",
    "surface",
    "sync_line",
    "sync_sign",
    "sync_words",
    "table_key",
    "tap",
    "text_field",
    "tile_grid",
    "time_left",
    "timeline",
    "toggled",
    "tone_of",
    "typed_date",
    "urgency_badge",
    "urgency_tone",
    "use_drawn",
    "words",
]
