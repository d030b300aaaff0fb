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
from cli.choices import BUNDLED, open_region_choice, policy_of, time_of
from cli.ledger import ledger_url
from cli.places import reading_of
from cli.traffic import ProfileChoice, WeatherChoice, store_of

if TYPE_CHECKING:
    from engine.dispatch import Dispatcher
    from engine.server import Server
    from engine.server.call_log import Telemetry
    from engine.server.config import ServeConfig


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


@contextmanager
def _telemetry(config: ServeConfig) -> Generator[Telemetry]:
    """Metrics and traces while the service runs, as far as they are set up."""
    from engine.observer import NOBODY
    from engine.server.call_log import Telemetry
    from engine.server.metrics import Metrics
    from engine.server.metrics_port import MetricsPort
    from engine.server.tracing import PlainTracer, otlp_tracer

    tracing, address = config.tracing, config.metrics.address
    with ExitStack() as ending:
        tracer = PlainTracer()
        if tracing.endpoint is not None:
            tracer = otlp_tracer(tracing.endpoint, tracing.service, tracing.ratio)
        ending.callback(tracer.stop)
        metrics = None if address is None else Metrics()
        if metrics is not None and address is not None:
            port = MetricsPort(metrics, address, insecure=config.server.insecure)
            ending.callback(port.stop)
            console.note(f"Metrics are on http://{port.address}/metrics")
        yield Telemetry(NOBODY if metrics is None else metrics, tracer)


def serve(
    config: Annotated[
        Path | None,
        typer.Option("--config", help="A configuration (TOML); TOWLINE_… variables and options go over it."),
    ] = None,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Print what is in force and where it comes from, then end.")
    ] = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Open and compile all that a start would, listen to nobody, end: exit code 0 if it is fine."
        ),
    ] = False,
    region: Annotated[
        list[str] | None, typer.Option("--region", help=f"A region file, or '{BUNDLED}' (default); repeat for several.")
    ] = None,
    address: Annotated[
        str | None,
        typer.Option("--address", help="Where to listen; port 0 takes any free one. [default: 127.0.0.1:50051]"),
    ] = None,
    tls_cert: Annotated[
        Path | None, typer.Option("--tls-cert", help="The server's certificate and its chain (PEM): encrypts traffic.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", help="Its private key (PEM, no password).")] = None,
    tls_client_ca: Annotated[
        Path | None,
        typer.Option("--tls-client-ca", help="Clients need a certificate by this authority (PEM): mTLS."),
    ] = None,
    insecure: Annotated[
        bool | None,
        typer.Option(
            "--insecure", help="Listen beyond this machine although traffic is not encrypted, or callers not known."
        ),
    ] = None,
    fleet: Annotated[
        Path | None, typer.Option("--fleet", help="Units to start with (of the first region): CSV, GeoJSON, Parquet.")
    ] = None,
    providers: Annotated[Path | None, typer.Option("--providers", help="The providers of these units.")] = None,
    policy: Annotated[
        Path | None, typer.Option("--policy", help="A policy file (TOML) instead of the default policy.")
    ] = None,
    posts: Annotated[
        Path | None,
        typer.Option("--posts", help="Kilometre posts of the first region: road, direction, km, lon, lat."),
    ] = None,
    datum: Annotated[
        str | None, typer.Option("--datum", help="Of coordinates in tables: wgs84 (default), gcj02 or bd09.")
    ] = None,
    profile: ProfileChoice = None,
    weather: WeatherChoice = None,
    feed: Annotated[
        Path | None,
        typer.Option("--feed", help="Traffic of the first region, CSV or GeoJSON; read again when it changes."),
    ] = None,
    ledger: Annotated[
        str | None,
        typer.Option(
            "--ledger",
            metavar="LEDGER",
            help="Where incidents and fleets are kept: a file, or a URL such as postgresql://USER@HOST/DATABASE; "
            "left out, they are gone when the server stops.",
        ),
    ] = None,
    advertise: Annotated[
        str | None,
        typer.Option(
            "--advertise",
            metavar="HOST:PORT",
            help="Where clients of other servers on the same ledger reach this one. [default: where it listens]",
        ),
    ] = None,
    lead: Annotated[
        list[str] | None,
        typer.Option("--lead", metavar="REGION", help="A region that it prefers to lead; repeat. [default: all]"),
    ] = None,
    metrics: Annotated[
        str | None, typer.Option("--metrics", help="Answer Prometheus here, e.g. 127.0.0.1:9464.")
    ] = None,
    osrm: Annotated[
        str | None,
        typer.Option("--osrm", help="Also answer OSRM's HTTP requests for the first region here: HOST:PORT."),
    ] = None,
    json: console.Json = False,
) -> None:
    """Answer over gRPC until told to stop (Ctrl-C or SIGTERM). The contract is docs/api.md."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # a port that is taken is told by our own error
    from engine.server.config_file import load_config

    given = {
        "server.address": address,
        "server.insecure": insecure or None,
        "server.regions": region,
        "server.policy": policy,
        "server.osrm": osrm,
        "server.advertise": advertise,
        "server.lead": lead,
        "fleet.units": fleet,
        "fleet.providers": providers,
        "fleet.posts": posts,
        "fleet.datum": datum,
        "traffic.profile": profile,
        "traffic.weather": weather,
        "traffic.feed": feed,
        "security.tls_cert": tls_cert,
        "security.tls_key": tls_key,
        "security.tls_client_ca": tls_client_ca,
        "ledger.url": None if ledger is None else ledger_url(ledger),
        "metrics.address": metrics,
    }
    chosen = load_config(config, os.environ, given)
    if print_config:
        _print(chosen, json)
        return
    _run(_unheard(chosen) if check else chosen, json, check)


def _print(config: ServeConfig, json: bool) -> None:
    from engine.server.config_shown import shown_toml, shown_values

    if json:
        console.print_json(shown_values(config))
    else:
        print(shown_toml(config), end="", flush=True)


def _unheard(config: ServeConfig) -> ServeConfig:
    """The same, checked, but nowhere to be reached, and with nothing that a running server holds."""
    from dataclasses import replace

    from engine.server.config import LedgerSection, MetricsSection

    _check(config)
    _check_ledger(config.ledger_url())
    server = replace(config.server, address="127.0.0.1:0", osrm=None)
    ledger = LedgerSection(lease_s=config.ledger.lease_s)
    return replace(config, server=server, metrics=MetricsSection(), ledger=ledger)


def _check(config: ServeConfig) -> None:
    """What can be refused before regions are opened, which takes a while."""
    from engine.server.address import check_address, check_plain_address
    from engine.server.security.guard import Guard

    server, security = config.server, config.security
    check_address(
        server.address,
        server.insecure,
        encrypted=security.tls is not None,
        authenticated=security.authenticates,
    )
    Guard(security)
    config.ledger_url()
    for option, other in (("--osrm", server.osrm), ("--metrics", config.metrics.address)):
        if other is not None:
            check_plain_address(other, server.insecure, option)


def _check_ledger(url: str | None) -> None:
    """Whether a start could use the ledger, which is only read here: a server may hold it. One that is not there yet
    would be made."""
    from engine.errors import LedgerUnavailableError
    from engine.ledger import Ledger
    from engine.ledger.address import file, parse
    from engine.ledger.lock import check_names
    from graphs.errors import FileMissingError

    if url is None:
        return
    path = file(parse(url))
    if path is not None:
        check_names(path)
    try:
        Ledger.open(url, read_only=True).close()
    except FileMissingError:
        folder = path.absolute().parent if path is not None else None
        if folder is not None and not (folder.is_dir() and os.access(folder, os.W_OK)):
            raise LedgerUnavailableError(
                f"{folder} is no folder in which a ledger could be made; make it, or name another one", cause="access"
            ) from None


def _run(config: ServeConfig, json: bool, check: bool) -> None:
    _check(config)
    from engine.assign.worker import FlowWorkers
    from engine.dispatch import Dispatcher
    from engine.errors import OptionError
    from engine.model import Fleet
    from engine.server import serve as run
    from engine.tours.solver import TourWorkers

    server, tables, traffic = config.server, config.fleet, config.traffic
    rules, now = policy_of(server.policy), time_of(None)
    options = config.options()
    flow = FlowWorkers(options.flow_processes)  # before the server: they start while regions are opened
    tours = TourWorkers()
    dispatchers: dict[str, Dispatcher] = {}
    for choice in server.regions or [BUNDLED]:
        area = open_region_choice(choice)
        if area.name in dispatchers:
            raise OptionError(
                f"two regions are named {area.name}; build one of them with another --name", name=area.name
            )
        if not dispatchers:  # tables and posts are the first region's
            reading = reading_of(area, tables.posts, tables.datum)
        dispatchers[area.name] = Dispatcher(
            area,
            rules,
            flow=flow,
            tours=tours,
            metrics=store_of(area, traffic.profile, traffic.weather, now, first_epoch=int(now.timestamp() * 1000)),
            posts=None if dispatchers else reading.posts,
        )
    fleets: dict[str, Fleet] = {}
    if tables.units is not None or tables.providers is not None:
        from engine.tables.load import load_fleet

        first = next(iter(dispatchers.values())).region
        fleets[first.name], notes = load_fleet(
            tables.units, tables.providers, now=now, region=first, policy=rules, reading=reading
        )
        for remark in notes:
            console.note(remark)

    feeds = {} if traffic.feed is None else {next(iter(dispatchers)): traffic.feed}
    if config.ledger.url is None and not check:
        console.note("There is no --ledger: incidents and fleets are gone when the server stops")
    starting = ExitStack()

    def ready(running: Server) -> None:
        starting.close()
        if check:
            console.note("Everything could be opened; nothing was served")
            signal.raise_signal(signal.SIGTERM)
            return
        where = running.address
        if json:
            console.print_json({"address": where, "regions": list(dispatchers)})
        else:
            print(f"Serving {', '.join(dispatchers)} on {where}; stop with Ctrl-C.", flush=True)
        tours.begin()

    first_dispatcher = next(iter(dispatchers.values()))
    with flow, tours, starting, _telemetry(config) as telemetry, _osrm_endpoint(server.osrm, first_dispatcher):
        starting.enter_context(console.working("Starting"))
        raise typer.Exit(
            run(dispatchers, server.address, options, fleets, ready, feeds, telemetry, config.ledger_url())
        )
