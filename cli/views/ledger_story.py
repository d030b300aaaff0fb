"""What was found in a ledger's story, as people and programs read it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING, Any

from rich.table import Table

from cli.views.words import plural, text
from engine.live.records import IncidentRecord
from engine.times import from_us

if TYPE_CHECKING:
    from rich.console import Console

    from engine.live.verify import Replayed

#: Open incidents that are listed on the terminal.
MOST_ROWS = 40


def print_findings(out: Console, counts: dict[str, int], found: list[tuple[str, Any]], most: int) -> None:
    """A line a finding, and how it is about each region."""
    if found:
        table = _table("region", "event", "what", "id", "finding")
        table.columns[-1].overflow = "fold"
        for region, each in found[:most]:
            number = f"{each.number:,}" if each.number else "–"
            table.add_row(text(region), number, each.fault.value, text(each.id), text(each.message))
        out.print(table)
        if len(found) > most:
            out.print(f"and {len(found) - most:,} more; --json has them all.", style="dim")
        out.print()
    for region, events in counts.items():
        bad = sum(name == region for name, _ in found)
        verdict = f"[red]{plural(bad, 'finding')}[/]" if bad else "[green]no findings[/]"
        out.print(f"{text(region)}: {plural(events, 'event')}, {verdict}", soft_wrap=True)
    if not counts:
        out.print("nothing was written yet")


def print_replayed(out: Console, state: Replayed, tables: Replayed | None) -> None:
    """The state in a few lines, its open incidents in a table."""
    records = state.records()
    states = Counter(record.state.value.replace("_", " ") for record in records)
    at = f"{from_us(state.at_us):%Y-%m-%d %H:%M:%S} UTC" if state.number else "before any event"
    rows = [
        ("event", f"{state.number:,}, {at}"),
        ("incidents", f"{len(records):,} open, {state.closed:,} closed"),
        ("", ", ".join(f"{count:,} {name}" for name, count in states.items())),
        ("fleet", f"{plural(len(state.providers), 'provider')}, {plural(len(state.units), 'unit')}"),
        ("state hash", state.hash),
    ]
    if tables is not None:
        equal = tables == state
        rows.append(("tables", "[green]state hash equal[/]" if equal else f"[red]state hash differs: {tables.hash}[/]"))
    grid = Table.grid(padding=(0, 2))
    for name, value in rows:
        if value:
            grid.add_row(name, value)
    out.print(grid)
    if records:
        out.print()
        out.print(_incidents(records))
    if len(records) > MOST_ROWS:
        out.print(f"and {len(records) - MOST_ROWS:,} more; --json has them all.", style="dim")


def replayed_json(state: Replayed, tables: Replayed | None) -> dict[str, Any]:
    """The state with its open incidents; `equal`: with the tables, null where they are of another moment."""
    return {
        "number": state.number,
        "at": from_us(state.at_us).isoformat() if state.number else None,
        "hash": state.hash,
        "equal": None if tables is None else tables == state,
        "closed_count": state.closed,
        "unit_count": len(state.units),
        "provider_count": len(state.providers),
        "incidents": [json.loads(state.incidents[record.id]) for record in state.records()],
    }


def _incidents(records: list[IncidentRecord]) -> Table:
    table = _table("incident", "state", "received UTC", "due UTC", "unit")
    for record in records[:MOST_ROWS]:
        promise = record.promise
        table.add_row(
            text(record.id),
            record.state.value.replace("_", " "),
            f"{record.received_at.astimezone(UTC):%m-%d %H:%M}",
            "–" if promise is None else f"{promise.due_at.astimezone(UTC):%H:%M}",
            text(", ".join(leg.unit for leg in record.legs if leg.unit)) or "–",
        )
    return table


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in names:
        table.add_column(name, overflow="fold")
    return table
