"""`towline traffic`: what is in force on a running server, and taking it out."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli import console
from cli.calling import ANSWER_S, DEFAULT, ServedRegion, ServerChoice, calling, region_of
from cli.choices import clock
from cli.failures import FailureGroup

#: Entries that the table shows unless told otherwise.
SHOWN = 40
PAGE = 1000

app = typer.Typer(cls=FailureGroup, help="Live traffic of a running server.", no_args_is_help=True)

PrefixChoice = Annotated[str, typer.Option("--prefix", metavar="P", help="Only entries whose ids begin so.")]


@app.command("get")
def get(server: ServerChoice = DEFAULT, region: ServedRegion = None, json: console.Json = False) -> None:
    """What is in force: epoch, counts, profile, weather, and when the feed last said something."""
    from towline.v1 import region_service_pb2 as pb

    from cli.views import live_traffic as view

    with calling(server) as stub:
        place = region_of(stub, server, region)
        request = pb.GetTrafficRequest(name=f"{place.name}/traffic")
        found = stub.GetTraffic(request, timeout=ANSWER_S).traffic
    if json:
        console.print_json({"server": server, "traffic": view.as_json(found)})
    else:
        view.print_traffic(console.stdout(), server, place, found, clock())


@app.command("list")
def list_entries(
    server: ServerChoice = DEFAULT,
    region: ServedRegion = None,
    prefix: PrefixChoice = "",
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=0, metavar="N", help=f"At most so many; left out: {SHOWN}, with --json all."),
    ] = None,
    json: console.Json = False,
) -> None:
    """The entries held, ordered by id."""
    from cli.views import live_traffic as view

    most = limit if limit is not None else None if json else SHOWN
    with calling(server) as stub:
        place = region_of(stub, server, region)
        entries, more = _entries(stub, place.name, prefix, most)
    if json:
        document = {"server": server, "region": place.name, "more": more, "entries": [view.as_json(e) for e in entries]}
        console.print_json(document)
    else:
        view.print_entries(console.stdout(), place, entries, more, clock())


@app.command("clear")
def clear(
    server: ServerChoice = DEFAULT,
    region: ServedRegion = None,
    prefix: PrefixChoice = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say how many, take none out.")] = False,
    json: console.Json = False,
) -> None:
    """Take entries out: all of them, or with --prefix those of one feed. The weather stays."""
    from towline.v1 import region_service_pb2 as pb

    from cli.views import live_traffic as view

    with calling(server) as stub:
        place = region_of(stub, server, region)
        request = pb.ClearTrafficRequest(parent=place.name, id_prefix=prefix, validate_only=dry_run)
        done = stub.ClearTraffic(request, timeout=ANSWER_S).result
    if json:
        console.print_json({"server": server, "region": place.name, "dry_run": dry_run, "result": view.as_json(done)})
    else:
        view.print_cleared(console.stdout(), place, done, dry_run)


def _entries(stub: Any, region: str, prefix: str, most: int | None) -> tuple[list[Any], bool]:
    """(entries, whether there are more)."""
    from towline.v1 import region_service_pb2 as pb

    found: list[Any] = []
    request = pb.ListTrafficRequest(parent=region, id_prefix=prefix)
    while most is None or len(found) < most:
        request.page_size = PAGE if most is None else min(PAGE, most - len(found))
        page = stub.ListTraffic(request, timeout=ANSWER_S)
        found.extend(page.entries)
        request.page_token = page.next_page_token
        if not page.next_page_token:
            return found, False
    if most == 0:
        request.page_size = 1
        return found, bool(stub.ListTraffic(request, timeout=ANSWER_S).entries)
    return found, True
