"""What a ledger holds, as people read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rich.table import Table

from cli.views.words import text

if TYPE_CHECKING:
    from rich.console import Console

    from engine.ledger.export import Exported
    from engine.ledger.info import LedgerInfo

_MEGABYTE = 1_000_000


def print_info(out: Console, found: LedgerInfo) -> None:
    """The ledger in four lines, its regions in a table."""
    for name, value in (
        ("ledger", found.where),
        ("id", found.id),
        ("tables of version", found.version),
        ("kept by", f"{found.database}, {found.size_bytes / _MEGABYTE:,.1f} MB"),
    ):
        out.print(text(f"{name:<19}{value}"), soft_wrap=True)
    if not found.regions:
        out.print("nothing was written yet")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("region")
    for name in ("events", "open", "closed", "providers", "units", "decisions"):
        table.add_column(name, justify="right")
    table.add_column("last event")
    for region in found.regions:
        counts = (region.last_number, region.open_incidents, region.closed_incidents)
        fleet = (region.providers, region.units, region.decisions)
        at = _at(region.last_us) if region.last_number else "–"
        table.add_row(text(region.region), *(f"{count:,}" for count in counts + fleet), at)
    out.print()
    out.print(table)


def print_exported(out: Console, done: Exported) -> None:
    """A line a file."""
    for name, path in done.files.items():
        out.print(text(f"{done.rows[name]:>12,} {name:<10} {path}"), soft_wrap=True)


def _at(us: int) -> str:
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us):%Y-%m-%d %H:%M:%S} UTC"
