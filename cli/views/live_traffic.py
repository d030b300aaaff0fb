"""The traffic of a running server as people and programs read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from google.protobuf import json_format
from rich.console import Console
from rich.table import Table
from towline.v1 import enums_pb2

from cli.views.words import day_and_clock, duration, plural, text

#: 64-bit numbers, which protobuf's JSON has as texts; all of these are below 2^53.
_NUMBERS = {"epoch", "way_ids", "unknown_way_ids"}


def as_json(message: Any) -> dict[str, Any]:
    """A message with the contract's own names, numbers as numbers."""
    return _plain(json_format.MessageToDict(message, preserving_proto_field_name=True, **_ALL))


_ALL: dict[str, Any] = {"always_print_fields_with_no_presence": True}


def _plain(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _plain(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, name) for item in value]
    return int(value) if name in _NUMBERS else value


def print_traffic(out: Console, server: str, region: Any, found: Any, now: datetime) -> None:
    """One line a fact."""
    zone = _zone(region)
    rows = [
        ("Now", day_and_clock(now, zone)),
        ("Entries", f"{found.entry_count:,}, {found.in_force_count:,} in force now"),
        ("Arcs", f"{found.arc_count:,} concerned, {found.closed_arc_count:,} of them closed"),
        ("Profile", text(found.profile)),
        ("Weather", "; ".join(_spell(each, zone, now) for each in found.weather) or "dry"),
        ("Metric", text(found.metric_version)),
        ("Next change", _when(found, "next_change_at", zone, now) or "none"),
        ("Last update", _ago(found, "last_update_at", zone, now) or "none since the start"),
    ]
    if found.HasField("feed_file_read_at") or found.feed_file_reason:
        read = _ago(found, "feed_file_read_at", zone, now)
        taken = f"taken {read}" if read else "never taken"
        wrong = f"[yellow]{text(found.feed_file_reason)} now[/]; " if found.feed_file_reason else ""
        rows.append(("Feed file", wrong + taken))
    out.print(f"[bold]{text(region.display_name or region.name)}[/] on {text(server)}")
    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(*row)
    out.print(table)


def print_entries(out: Console, region: Any, entries: Sequence[Any], more: bool, now: datetime) -> None:
    """A row an entry; times on the region's clock."""
    if not entries:
        out.print("There are more entries; raise --limit." if more else "No entries.")
        return
    zone = _zone(region)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Id", overflow="fold", min_width=8)
    table.add_column("State", no_wrap=True)
    table.add_column("Effect", no_wrap=True)
    table.add_column("Roads", overflow="fold", max_width=22)
    table.add_column("From", no_wrap=True)
    table.add_column("Until", no_wrap=True)
    table.add_column("Arcs", justify="right", no_wrap=True)
    for each in entries:
        table.add_row(
            text(each.id),
            _state(each.state),
            _effect(each),
            text(_roads(each)),
            _when(each, "start", zone, now) or "–",
            _when(each, "end", zone, now) or "–",
            f"{each.arc_count:,}",
        )
    out.print(table)
    if more:
        out.print(
            f"\nand more than these {len(entries):,}; --limit shows them, --prefix those of one feed.", style="dim"
        )


def print_cleared(out: Console, region: Any, done: Any, dry_run: bool) -> None:
    would = "would be taken out" if dry_run else "taken out"
    count = done.removed_count
    noun = "entry" if count == 1 else "entries"
    out.print(f"{text(region.display_name or region.name)}: {count:,} {noun} {would}, {done.entry_count:,} left.")


def _zone(region: Any) -> tzinfo:
    try:
        return ZoneInfo(region.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _state(number: int) -> str:
    name = enums_pb2.TrafficState.Name(number) if number in enums_pb2.TrafficState.values() else "TRAFFIC_STATE_OTHER"
    word = name.removeprefix("TRAFFIC_STATE_").lower().replace("_", " ")
    return f"[{'green' if word == 'in force' else 'dim'}]{word}[/]"


def _effect(entry: Any) -> str:
    match entry.WhichOneof("effect"):
        case "closed":
            return "[red]closed[/]"
        case "speed_kph":
            return f"{entry.speed_kph:g} km/h"
        case "factor":
            return f"{entry.factor:g} of usual"
        case "speeds_kph":
            return _range(entry.speeds_kph.values, " km/h")
        case "factors":
            return _range(entry.factors.values, " of usual")
    return "–"


def _range(values: Sequence[float], unit: str) -> str:
    return f"{min(values):g}–{max(values):g}{unit}" if values else "–"


def _roads(entry: Any) -> str:
    match entry.WhichOneof("roads"):
        case "ways":
            ids = entry.ways.way_ids
            direction = enums_pb2.WayDirection.Name(entry.ways.direction).removeprefix("WAY_DIRECTION_").lower()
            driven = "" if direction in ("both", "unspecified") else f" {direction}"
            return (f"way {ids[0]}" if len(ids) == 1 else plural(len(ids), "way")) + driven
        case "arcs":
            ids = entry.arcs.arc_ids
            return f"arc {ids[0]}" if len(ids) == 1 else plural(len(ids), "arc")
        case "area":
            classes = ", ".join(entry.area.road_classes)
            return f"area, {classes}" if classes else "area"
    return "–"


def _spell(spell: Any, zone: tzinfo, now: datetime) -> str:
    word = enums_pb2.Weather.Name(spell.weather).removeprefix("WEATHER_").lower().replace("_", " ")
    start, end = _when(spell, "start", zone, now), _when(spell, "end", zone, now)
    return word + (f" from {start}" if start else "") + (f" until {end}" if end else "")


def _when(message: Any, field: str, zone: tzinfo, now: datetime) -> str:
    """A time on the region's clock, with its day unless it is today; nothing when it is not set."""
    value = _time(message, field)
    if value is None:
        return ""
    local, today = value.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local:%d %b %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d}"


def _ago(message: Any, field: str, zone: tzinfo, now: datetime) -> str:
    value = _time(message, field)
    if value is None:
        return ""
    since = max(now - value, timedelta(0))
    return f"{_when(message, field, zone, now)}, {duration(timedelta(seconds=round(since.total_seconds())))} ago"


def _time(message: Any, field: str) -> datetime | None:
    return getattr(message, field).ToDatetime(UTC) if message.HasField(field) else None
