"""Times, durations and marks as people read them."""

from __future__ import annotations

import math
import sys
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from rich.markup import escape

from engine.decision import Assignment, Unserved
from engine.tables.clock import spare_minutes
from engine.tables.visible import visible

if TYPE_CHECKING:
    from engine.coverage.evaluation import Versions

#: A kept promise with less to spare than this is shown as at risk.
AT_RISK = timedelta(minutes=5)


def text(value: str) -> str:
    """A text from outside as it may reach the terminal: neither rich's markup nor the terminal's own commands."""
    return escape(visible(value))


def day_and_clock(value: datetime, zone: tzinfo) -> str:
    """Date and time on the region's clock, with the zone's name."""
    local = value.astimezone(zone)
    return f"{local:%a %d %b %Y, %H:%M} {getattr(zone, 'key', '') or local.tzname() or ''}".strip()


def duration(value: timedelta) -> str:
    """A span as people say it: 45 s, 12.5 min, 3 h 05."""
    seconds = value.total_seconds()
    if not seconds:
        return "0 s"
    if abs(seconds) < 0.9995:
        return f"{seconds * 1000:.0f} ms" if abs(seconds) >= 0.00995 else f"{seconds * 1000:.2f} ms"
    if abs(seconds) < 60:
        return f"{seconds:.1f} s" if abs(seconds) < 10 else f"{seconds:.0f} s"
    minutes = seconds / 60
    if abs(minutes) < 100:
        return f"{minutes:.1f} min"
    hours, rest = divmod(round(abs(minutes)), 60)
    return f"{'-' if minutes < 0 else ''}{hours} h {rest:02d}"


def slack(value: timedelta) -> str:
    """Minutes to spare, or late, with their sign; rounded down, so that late is never shown as in time."""
    minutes = spare_minutes(value)
    shown = f"{abs(math.floor(minutes))}" if abs(minutes) >= 10 else f"{abs(minutes):.1f}"
    return f"{'+' if minutes >= 0 else '−'}{shown} min"


def mark(answer: Assignment | Unserved) -> str:
    """A tick, a warning, a cross; with colour on a terminal, and readable without."""
    if isinstance(answer, Unserved) or not answer.chosen.promise_kept:
        return f"[red]{glyph('✗', 'no')}[/red]"
    colour = "yellow" if answer.chosen.slack < AT_RISK else "green"
    return f"[{colour}]{glyph('✓', 'ok')}[/]"


def glyph(sign: str, plain: str) -> str:
    """The sign, or a word where the terminal's encoding lacks it."""
    try:
        sign.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return plain
    return sign


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def made_from(versions: Versions, result: str) -> str:
    """The closing line of an answer of planning: what it was made from, and its digest."""
    return f"Scenario {versions.scenario}, policy {versions.policy}, result {result}."


def speeds(traffic: str) -> str:
    """Which traffic an answer of planning is about."""
    from graphs.metrics import FREE_FLOW

    if traffic == FREE_FLOW:
        return "traffic: free flow, at every hour the same"
    return f"traffic: {text(traffic)} profile, by the hour"
