"""`towline watch`: the live queue of a running server, from its streams."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import console
from cli.calling import DEFAULT, ServedRegion, ServerChoice, calling, named_region
from cli.choices import clock, time_of

if TYPE_CHECKING:
    from cli.watch_feed import Feed

#: How often the screen is drawn; how long the first list and, once, positions are waited for.
DRAWN_S, LIST_S, POSITIONS_S = 0.5, 60.0, 1.5


def watch(
    server: ServerChoice = DEFAULT,
    region: ServedRegion = None,
    provider: Annotated[
        str | None, typer.Option("--provider", metavar="ID", help="Only incidents of this provider's units.")
    ] = None,
    at_risk: Annotated[bool, typer.Option("--at-risk", help="Only promises that are broken or at risk.")] = False,
    once: Annotated[bool, typer.Option("--once", help="Print the queue one time and end; --json implies it.")] = False,
    now: Annotated[
        str | None, typer.Option("--now", metavar="TIME", help="With --once: reckon from this time.", hidden=True)
    ] = None,
    json: console.Json = False,
) -> None:
    """Watch a region's open incidents: clocks, units, ETAs and promises, most urgent first. Ctrl-C ends it.

    Example: towline watch --server 127.0.0.1:50051 --at-risk
    """
    from engine.errors import OptionError

    if now is not None and not (once or json):
        raise OptionError("--now needs --once: a queue that moves has the clock's time", option="--now")
    with calling(server) as stub:
        found = named_region(stub, server, region)
    choice = {"provider": (provider or "").rpartition("/")[2], "at_risk": at_risk}
    if once or json or not sys.stdout.isatty():
        if not once and not json:
            console.note("this is no terminal: the queue as it is now, as with --once")
        _once(server, found, choice, time_of(now), json)
    else:
        _live(server, found, choice)


def _once(server: str, region: Any, choice: dict[str, Any], now: datetime, json: bool) -> None:
    from cli.calling import failing_as_ours
    from cli.connecting import open_channel
    from cli.views import watch as view
    from cli.views.watch_rows import as_json, rows_of
    from cli.watch_feed import list_open

    with failing_as_ours(server), open_channel(server) as channel:
        incidents = list_open(channel, region.name)
        units = _positions(channel, region.name, incidents)
    rows = rows_of(incidents, units, now, **choice)
    if json:
        document = {
            "region": region.name,
            "at": now.astimezone(UTC).isoformat(),
            "incidents": [as_json(r) for r in rows],
        }
        console.print_json(document)
        return
    out = console.stdout()
    heading = view.Heading(_name(region), server, now, _zone(region), live=False, only=_only(choice))
    out.print(view.render(rows, heading, out.width))


def _positions(channel: Any, parent: str, incidents: list[Any]) -> dict[str, Any]:
    """What is known now of units that have an incident; as much as comes at once."""
    import grpc
    from towline.v1 import watch_service_pb2 as pb
    from towline.v1.watch_service_pb2_grpc import WatchServiceStub

    wanted = {leg.unit for incident in incidents for leg in incident.legs if leg.unit}
    found: dict[str, Any] = {}
    if not wanted:
        return found
    stream = WatchServiceStub(channel).WatchTelemetry(pb.WatchTelemetryRequest(parent=parent), timeout=POSITIONS_S)
    try:
        for answer in stream:
            found |= {unit.unit: unit for unit in answer.units if unit.incident}
            if wanted <= found.keys():
                break
    except grpc.RpcError:  # the rest has not been heard of, or nobody tells: the list has what was known last
        pass
    stream.cancel()
    return found


def _live(server: str, region: Any, choice: dict[str, Any]) -> None:
    from rich.live import Live
    from towline.v1 import watch_service_pb2 as pb

    from cli.watch_feed import Feed
    from engine.errors import ServerUnreachableError

    telemetry = pb.WatchTelemetryRequest(parent=region.name)
    if choice["provider"]:
        telemetry.providers.append(f"{region.name}/providers/{choice['provider']}")
    feed = Feed(server, region.name, telemetry).start()
    try:
        if not feed.ready.wait(LIST_S):
            raise ServerUnreachableError(
                f"{server}: the queue did not come in time ({feed.trouble or 'no answer'})", address=server
            )
        out = console.stdout()
        with Live(console=out, screen=True, auto_refresh=False) as screen:
            while feed.fatal is None:
                feed.silent_s()
                screen.update(_drawn(feed, region, choice, out.width, out.height), refresh=True)
                time.sleep(DRAWN_S)
        raise feed.fatal
    finally:
        feed.stop()


def _drawn(feed: Feed, region: Any, choice: dict[str, Any], width: int, height: int) -> Any:
    """The screen as it is at this moment."""
    from cli.views import watch as view
    from cli.views.watch_rows import rows_of

    now = clock()
    with feed.queue.lock:
        incidents, units, number = list(feed.queue.incidents.values()), dict(feed.queue.units), feed.queue.number
    rows = rows_of(incidents, units, now, **choice)
    heading = view.Heading(
        _name(region),
        feed.server,
        now,
        _zone(region),
        feed.trouble,
        feed.silent_s(),
        number,
        feed.times,
        only=_only(choice),
    )
    return view.render(rows, heading, width, height)


def _name(region: Any) -> str:
    return region.display_name or region.name


def _only(choice: dict[str, Any]) -> str:
    words = ([f"of {choice['provider']}"] if choice["provider"] else []) + (["at risk"] if choice["at_risk"] else [])
    return "only " + ", ".join(words) if words else ""


def _zone(region: Any) -> Any:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(region.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
