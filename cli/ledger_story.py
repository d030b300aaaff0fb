"""`towline ledger verify`, `replay` and `purge`: whether a ledger's story holds, what follows from it, forgetting."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import console

if TYPE_CHECKING:
    from engine.ledger import Ledger
    from engine.ledger.reading import Reading

#: Exit code when something is wrong with a ledger.
FINDINGS = 1
#: Findings that are spelt out on the terminal.
SHOWN = 40

LedgerChoice = Annotated[
    str, typer.Argument(metavar="LEDGER", help="A file, or a URL: sqlite:///FILE, postgresql://USER@HOST/DATABASE.")
]
OneRegion = Annotated[
    str | None, typer.Option("--region", metavar="NAME", help="Which region; left out: the only one.")
]


def verify(
    ledger: LedgerChoice,
    region: Annotated[
        list[str] | None, typer.Option("--region", metavar="NAME", help="Only this region; may be repeated.")
    ] = None,
    json: console.Json = False,
) -> None:
    """Check a ledger: every event there, every state what its events say, every step possible. Exit code 1 if not.

    Example: towline ledger verify /var/lib/towline/ledger.db
    """
    from cli.views import ledger_story as view
    from engine.ledger import Ledger
    from engine.ledger.check import check
    from engine.live.verify import verify as possible

    found: list[tuple[str, Any]] = []
    counts: dict[str, int] = {}
    with Ledger.open(ledger_url(ledger), read_only=True) as opened, console.progress_bar() as tell:
        for name in regions_of(opened, region or opened.regions()):
            tell("tables", 0, 0)
            found += [(name, each) for each in check(opened.region(name))]
            with opened.region(name).snapshot() as reading:
                found += [(name, each) for each in possible(reading, tell)]
                counts[name] = reading.last()[0]
    if json:
        findings = [
            {"region": name, **{key: getattr(each, key) for key in ("fault", "entity", "id", "number", "message")}}
            for name, each in found
        ]
        console.print_json({"events": counts, "findings": findings})
    else:
        view.print_findings(console.stdout(), counts, found, SHOWN)
    raise typer.Exit(FINDINGS if found else 0)


def replay(
    ledger: LedgerChoice,
    region: OneRegion = None,
    to: Annotated[
        int | None, typer.Option("--to", metavar="NUMBER", min=0, help="Up to this event; default: the last.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="As at this time, e.g. 2026-03-01T08:30:00+08:00.")
    ] = None,
    json: console.Json = False,
) -> None:
    """Rebuild a region's state from its events alone; of all events, compare it with the tables (exit code 1 if other).

    Example: towline ledger replay ledger.db --at 2026-03-01T08:30:00+08:00
    """
    from cli.views import ledger_story as view
    from engine.errors import OptionError
    from engine.live.verify import kept
    from engine.live.verify import replay as rebuilt
    from engine.times import parse_time, to_us

    if to is not None and at is not None:
        raise OptionError("give --to or --at, not both", option="--at")
    until_us = None if at is None else to_us(parse_time(at, field="--at"))
    with reading_of(ledger, region) as reading, console.progress_bar() as tell:
        state = rebuilt(reading, to=to, until_us=until_us, tell=tell)
        tables = kept(reading) if state.number == reading.last()[0] else None
    if json:
        console.print_json(view.replayed_json(state, tables))
    else:
        view.print_replayed(console.stdout(), state, tables)
    raise typer.Exit(FINDINGS if tables is not None and tables != state else 0)


def purge(
    ledger: LedgerChoice,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The reference whose data are to go.")],
    region: OneRegion = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    json: console.Json = False,
) -> None:
    """Take a customer's data out of all closed incidents of a ledger that no server holds.

    Example: towline ledger purge ledger.db C-4711
    """
    from cli.choices import clock
    from cli.views.words import plural
    from engine.ledger import Ledger, address
    from engine.live.purging import purge_customer
    from graphs.errors import FileMissingError

    url = ledger_url(ledger)
    path = address.file(address.parse(url))
    if path is not None and not path.exists():
        raise FileMissingError(f"{path}: there is no such ledger", file=path)
    with Ledger.open(url, exclusive=True) as opened, console.working("forgetting"):
        (name,) = regions_of(opened, [the_region(opened, region)])
        done = purge_customer(opened, name, customer, now=clock(), actor="towline ledger purge", dry=dry_run)
    if json:
        console.print_json({"incidents": done.incidents, "events": done.events, "dry_run": dry_run})
    else:
        would = "would be rewritten" if dry_run else "rewritten"
        print(f"{plural(done.incidents, 'incident')} and {plural(done.events, 'event')} {would}", flush=True)


def ledger_url(choice: str) -> str:
    """A file's name stands for the ledger in it."""
    return choice if "://" in choice else f"sqlite:///{choice}"


def regions_of(opened: Ledger, names: list[str]) -> list[str]:
    """The names, each of which the ledger has; NotFoundError."""
    from engine.errors import NotFoundError

    there = opened.regions()
    for name in names:
        if name not in there:
            known = ", ".join(there) or "none"
            raise NotFoundError(f"the ledger has no region {name!r}; it has {known}", region=name)
    return names


def the_region(opened: Ledger, choice: str | None) -> str:
    """The one that was named, or the only one; NotFoundError, OptionError."""
    from engine.errors import NotFoundError, OptionError

    if choice is not None:
        return regions_of(opened, [choice])[0]
    there = opened.regions()
    if not there:
        raise NotFoundError("the ledger has no region yet: nothing was written", region="")
    if len(there) > 1:
        known = ", ".join(there)
        raise OptionError(f"the ledger has several regions; name one with --region: {known}", known=known)
    return there[0]


@contextmanager
def reading_of(ledger: str, region: str | None) -> Generator[Reading]:
    """One region of a ledger as it is at this moment."""
    from engine.ledger import Ledger

    with Ledger.open(ledger_url(ledger), read_only=True) as opened:
        part = opened.region(the_region(opened, region))
        with part.snapshot() as reading:
            yield reading


COMMANDS: dict[str, Callable[..., None]] = {"verify": verify, "replay": replay, "purge": purge}
