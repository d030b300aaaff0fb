"""The live queue on the terminal: everything in 80 columns, places and providers where there is room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.views.watch_rows import SHORT, ClockLeft, QueueRow, Urgency
from cli.views.words import glyph
from engine.tables.clock import Clock
from engine.tables.visible import visible

#: Columns that are only shown from a width on.
PLACE_FROM, PROVIDER_FROM = 104, 124
_STYLES = {
    Urgency.BROKEN: "bold red",
    Urgency.RISK: "bold yellow",
    Urgency.CLOCK: "yellow",
    Urgency.ALONE: "bold",
    Urgency.FINE: "",
    Urgency.THERE: "dim",
}
_MARKS = {
    Urgency.BROKEN: ("✗", "X", "red"),
    Urgency.RISK: ("!", "!", "yellow"),
    Urgency.CLOCK: ("◷", "c", "yellow"),
    Urgency.ALONE: ("?", "?", "bold"),
    Urgency.FINE: (" ", " ", ""),
    Urgency.THERE: ("●", "o", "green"),
}
_SERVICES = {
    "breakdown_repair": "repair",
    "towing": "tow",
    "airport_transfer": "airport",
    "designated_driver": "driver",
    "vehicle_booking": "vehicle",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the queue."""

    region: str
    server: str
    now: datetime
    zone: tzinfo
    trouble: str = ""  # why there is no connection
    silent_s: float = 0.0
    number: int = 0  # of the last event
    times: int = 0  # connected again
    live: bool = True
    only: str = ""  # in words: what is left out


def render(rows: Sequence[QueueRow], heading: Heading, width: int, height: int | None = None) -> RenderableType:
    """The queue, cut to ``height`` lines (None: all of it)."""
    shown = rows if height is None else rows[: max(1, height - 5)]
    parts: list[RenderableType] = [_title(heading, width), _counts(rows, heading), Text()]
    parts.append(_table(shown, heading, width) if rows else Text("No open incidents.", style="green"))
    if len(shown) < len(rows):
        parts.append(Text(f"and {len(rows) - len(shown):,} less urgent", style="dim"))
    return Group(*parts)


def _title(heading: Heading, width: int) -> Table:
    line = Table.grid(expand=True)
    line.width = width
    line.add_column(no_wrap=True, overflow="ellipsis")
    line.add_column(justify="right", no_wrap=True)
    clock = f"{heading.now.astimezone(heading.zone):%a %d %b %H:%M:%S}"
    line.add_row(
        Text.assemble((visible(heading.region), "bold"), (f"  {visible(heading.server)}", "dim")),
        Text.assemble(clock, "  ", _connection(heading)),
    )
    return line


def _connection(heading: Heading) -> tuple[str, str]:
    if not heading.live:
        return "once", "dim"
    if heading.trouble:
        return f"{glyph('●', '*')} reconnecting: {heading.trouble}", "bold red"
    if heading.silent_s > 10:
        return f"{glyph('●', '*')} silent for {heading.silent_s:.0f} s", "yellow"
    again = f", reconnected {heading.times}" + ("x" if heading.times else "") if heading.times else ""
    return f"{glyph('●', '*')} live{again}", "green"


def _counts(rows: Sequence[QueueRow], heading: Heading) -> Text:
    of = Counter(row.urgency for row in rows)
    alone = sum(not row.unit for row in rows)
    parts = [(f"{len(rows):,} open", "bold")]
    for count, what, style in (
        (of[Urgency.BROKEN], "broken", "bold red"),
        (of[Urgency.RISK], "at risk", "bold yellow"),
        (alone, "no unit", "bold"),
        (of[Urgency.THERE], "being served", "green"),
    ):
        parts.append((f"   {count:,} {what}", style if count else "dim"))
    if heading.only:
        parts.append((f"   ({heading.only})", "dim"))
    elif heading.number:
        parts.append((f"   event {heading.number:,}", "dim"))
    return Text.assemble(*parts, no_wrap=True, overflow="ellipsis")


def _table(rows: Sequence[QueueRow], heading: Heading, width: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold dim", width=width)
    wide, widest = width >= PLACE_FROM, width >= PROVIDER_FROM
    table.add_column("", width=1)
    table.add_column("Incident", no_wrap=True, min_width=8, max_width=16 if wide else 10)
    table.add_column("State", no_wrap=True, min_width=9)
    table.add_column("What", no_wrap=True, min_width=6)
    if wide:
        table.add_column("Where", no_wrap=True, ratio=1, overflow="ellipsis")
    for name, least in (("Waits", 5), ("Clock", 13)):
        table.add_column(name, justify="right", no_wrap=True, min_width=least)
    if widest:
        table.add_column("Provider", no_wrap=True, max_width=16, overflow="ellipsis")
    table.add_column("Unit", no_wrap=True, max_width=14 if wide else 9, overflow="ellipsis")
    for name, least in (("ETA", 5), ("Left", 5), ("P", 4)):
        table.add_column(name, justify="right", no_wrap=True, min_width=least)
    clock = Clock(heading.zone, heading.now)
    for row in rows:
        table.add_row(*_cells(row, clock, wide, widest), style="dim" if row.urgency is Urgency.THERE else "")
    return table


def _cells(row: QueueRow, clock: Clock, wide: bool, widest: bool) -> list[Text]:
    style = _STYLES[row.urgency]
    sign, plain, colour = _MARKS[row.urgency]
    cells = [
        Text(glyph(sign, plain), style=colour),
        Text(_short(row.id, 16 if wide else 10), style=style),
        Text(row.state.replace("_", " ")),
        Text(_SERVICES.get(row.service, row.service.replace("_", " "))),
    ]
    if wide:
        cells.append(Text(visible(row.place)))
    cells += [Text(minutes(row.waited)), _clock(row.clock)]
    if widest:
        cells.append(Text(visible(row.provider)))
    unit = visible(row.unit) + (f"+{row.more_units}" if row.more_units > 0 else "")
    cells.append(Text(unit or glyph("–", "-"), style="yellow" if row.silent else ""))
    arrives = "" if row.arrives_at is None else clock.at(row.arrives_at)
    late = row.arrives_at is not None and row.due_at is not None and row.arrives_at > row.due_at
    cells.append(Text(arrives[-11:], style="red" if late else ""))
    left = row.left if row.urgency is not Urgency.THERE else None
    cells.append(Text("" if left is None else minutes(left), style="red" if left is not None and left < _ZERO else ""))
    chance = row.probability if row.urgency is not Urgency.THERE else None
    cells.append(Text("" if chance is None else f"{chance:.0%}", style=_of_chance(chance)))
    return cells


_ZERO = timedelta(0)


def _clock(found: ClockLeft | None) -> Text:
    if found is None:
        return Text()
    return Text(f"{SHORT.get(found.kind, found.kind)} {minutes(found.left)}", style="red" if found.left < _ZERO else "")


def minutes(value: timedelta) -> str:
    """``1:30`` minutes and seconds below ten minutes, then ``25m``, ``3h05``; with a minus what is over."""
    seconds = int(value.total_seconds() // 1)
    sign = glyph("−", "-") if seconds < 0 else ""
    seconds = abs(seconds)
    if seconds < 600:
        return f"{sign}{seconds // 60}:{seconds % 60:02}"
    if seconds < 6000:
        return f"{sign}{seconds // 60}m"
    hours, rest = divmod(seconds // 60, 60)
    return f"{sign}{hours}h{rest:02}" if hours < 100 else f"{sign}{hours // 24}d"


def _short(id: str, most: int) -> str:
    id = visible(id)
    return id if len(id) <= most else glyph("…", "~") + id[-most + 1 :]


def _of_chance(chance: float | None) -> str:
    if chance is None:
        return ""
    return "red" if chance < 0.5 else "yellow" if chance < 0.9 else "green"
