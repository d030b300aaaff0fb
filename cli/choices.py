"""Options that several commands share, and what they stand for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from engine.policy import Policy
    from graphs.region import Region

BUNDLED = "coquimbo"

RegionChoice = Annotated[
    str,
    typer.Option("--region", help=f"A region file, or '{BUNDLED}', the region in the box.", show_default=True),
]
PolicyChoice = Annotated[
    Path | None, typer.Option("--policy", help="A policy file (TOML) instead of the default policy.")
]
NowChoice = Annotated[
    str | None,
    typer.Option(
        "--now", metavar="TIME", help="Decide as at this time, e.g. 2026-03-01T08:30:00+08:00; default: the clock."
    ),
]


def region_file(choice: str) -> Path | None:
    """The file that is read for a region; none for the one in the box."""
    return None if choice == BUNDLED else Path(choice)


def open_region_choice(choice: str) -> Region:
    """The bundled region by its name, any other by its path."""
    from cli.console import progress_bar, remark_on_cache

    remark_on_cache()
    if choice == BUNDLED:
        from graphs.bundled import load_coquimbo

        with progress_bar() as tell:
            return load_coquimbo(progress=tell)
    from graphs.store import open_region

    return open_region(choice)


def policy_of(path: Path | None) -> Policy:
    from engine.policy import Policy

    return Policy.default() if path is None else Policy.load(path)


def clock() -> datetime:
    """The only place where the command line reads the clock."""
    return datetime.now(UTC)


def time_of(now: str | None, field: str = "--now") -> datetime:
    """The time asked for, else the clock's."""
    if now is None:
        return clock()
    from engine.times import parse_time

    return parse_time(now, field=field)


def departure_of(depart: str | None) -> datetime:
    """The departure asked for, within a year of the clock as on the server; else the clock's time."""
    if depart is None:
        return clock()
    from engine.times import require_near

    return require_near(time_of(depart, "--depart"), clock(), field="--depart")
