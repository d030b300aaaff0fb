"""`towline serve`: the gRPC service."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import console
from cli.choices import BUNDLED, PolicyChoice, open_region_choice, policy_of, time_of
from cli.places import DatumChoice, reading_of
from cli.traffic import ProfileChoice, WeatherChoice, store_of

if TYPE_CHECKING:
    from engine.dispatch import Dispatcher


@contextmanager
def _osrm_endpoint(address: str | None, dispatcher: Dispatcher) -> Generator[None]:
    """OSRM's answers over HTTP while the service runs."""
    if address is None:
        yield
        return
    from engine.errors import ListenError
    from engine.osrm import OsrmServer

    host, _, port = address.rpartition(":")
    try:
        server = OsrmServer(dispatcher, host.strip("[]"), int(port)).start()
    except (OSError, ValueError) as error:
        raise ListenError(f"cannot listen on {address}: {error}; choose another HOST:PORT", address=address) from None
    console.note(f"OSRM requests for {dispatcher.region.name} are answered on http://{host}:{server.port}")
    try:
        yield
    finally:
        server.stop()


def serve(
    region: Annotated[
        list[str] | None, typer.Option("--region", help=f"A region file, or '{BUNDLED}' (default); repeat for several.")
    ] = None,
    address: Annotated[str, typer.Option("--address", help="Where to listen; port 0 takes any free one.")] = (
        "127.0.0.1:50051"
    ),
    fleet: Annotated[
        Path | None, typer.Option("--fleet", help="Units to start with (of the first region): CSV, GeoJSON, Parquet.")
    ] = None,
    providers: Annotated[Path | None, typer.Option("--providers", help="The providers of these units.")] = None,
    policy: PolicyChoice = None,
    posts: Annotated[
        Path | None,
        typer.Option("--posts", help="Kilometre posts of the first region: road, direction, km, lon, lat."),
    ] = None,
    datum: DatumChoice = "wgs84",
    profile: ProfileChoice = None,
    weather: WeatherChoice = None,
    feed: Annotated[
        Path | None,
        typer.Option("--feed", help="Traffic of the first region, CSV or GeoJSON; read again when it changes."),
    ] = None,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Listen beyond this machine although traffic is not encrypted.")
    ] = False,
    osrm: Annotated[
        str | None,
        typer.Option("--osrm", help="Also answer OSRM's HTTP requests for the first region here: HOST:PORT."),
    ] = None,
    json: console.Json = False,
) -> None:
    """Answer over gRPC until told to stop (Ctrl-C or SIGTERM). The contract is docs/api.md."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # a port that is taken is told by our own error
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a reload that comes while starting must not end it
    from engine.assign.worker import FlowWorkers
    from engine.dispatch import Dispatcher
    from engine.errors import OptionError
    from engine.model import Fleet
    from engine.server import Server, ServerOptions
    from engine.server import serve as run
    from engine.server.address import check_address
    from engine.tours.solver import TourWorkers

    check_address(address, insecure)
    if osrm is not None:
        check_address(osrm, insecure)
    rules, now = policy_of(policy), time_of(None)
    options = ServerOptions(insecure=insecure)
    flow = FlowWorkers(options.flow_processes)  # before the server: they start while regions are opened
    tours = TourWorkers()
    dispatchers: dict[str, Dispatcher] = {}
    for choice in region or [BUNDLED]:
        area = open_region_choice(choice)
        if area.name in dispatchers:
            raise OptionError(
                f"two regions are named {area.name}; build one of them with another --name", name=area.name
            )
        if not dispatchers:  # tables and posts are the first region's
            reading = reading_of(area, posts, datum)
        dispatchers[area.name] = Dispatcher(
            area,
            rules,
            flow=flow,
            tours=tours,
            metrics=store_of(area, profile, weather, now, first_epoch=int(now.timestamp() * 1000)),
            posts=None if dispatchers else reading.posts,
        )
    fleets: dict[str, Fleet] = {}
    if fleet is not None or providers is not None:
        from engine.tables.load import load_fleet

        first = next(iter(dispatchers.values())).region
        fleets[first.name], notes = load_fleet(fleet, providers, now=now, region=first, policy=rules, reading=reading)
        for remark in notes:
            console.note(remark)

    feeds = {} if feed is None else {next(iter(dispatchers)): feed}
    starting = ExitStack()

    def ready(server: Server) -> None:
        starting.close()
        host = address.rpartition(":")[0]
        where = address if address.startswith("unix") else f"{host}:{server.port}"
        if json:
            console.print_json({"address": where, "regions": list(dispatchers)})
        else:
            print(f"Serving {', '.join(dispatchers)} on {where}; stop with Ctrl-C.", flush=True)
        tours.begin()

    with flow, tours, starting, _osrm_endpoint(osrm, next(iter(dispatchers.values()))):
        starting.enter_context(console.working("Starting"))
        raise typer.Exit(run(dispatchers, address, options, fleets, ready, feeds))
