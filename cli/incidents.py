"""`towline incidents`: what a running server keeps of incidents, read; and one filed."""

from __future__ import annotations

import shlex
from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from cli import console
from cli.calling import (
    ANSWER_S,
    DEFAULT,
    ServedRegion,
    ServerChoice,
    calling,
    denied,
    failing_as_ours,
    named_region,
)
from cli.choices import clock
from cli.failures import FailureGroup
from cli.negative import PlaceCommand
from cli.places import PLACE, DatumChoice

app = typer.Typer(cls=FailureGroup, help="The incidents that a running server keeps.", no_args_is_help=True)

IncidentChoice = Annotated[str, typer.Argument(metavar="INCIDENT", help="Its id, or its whole name.")]
Language = Annotated[str, typer.Option("--lang", help="Of reasons: en or zh.")]
#: Rows on the terminal unless --limit says otherwise.
SHOWN, _PAGE = 40, 1000


@app.command("list")
def list_(
    server: ServerChoice = DEFAULT,
    region: ServedRegion = None,
    state: Annotated[
        list[str] | None, typer.Option("--state", help="Only in this state, e.g. on_scene; may be repeated.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    since: Annotated[str | None, typer.Option("--since", metavar="TIME", help="Received at or after.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Received before.")] = None,
    customer: Annotated[str, typer.Option("--customer", help="Of this customer's reference.")] = "",
    provider: Annotated[str, typer.Option("--provider", metavar="ID", help="That a unit of this provider has.")] = "",
    at_risk: Annotated[bool, typer.Option("--at-risk", help="Whose promise is broken or at risk.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help=f"At most so many; default: {SHOWN}, with --json all.")
    ] = None,
    json: console.Json = False,
) -> None:
    """Incidents by when they were received; open ones unless told otherwise.

    Example: towline incidents list --all --since 2026-03-01T00:00+08:00 --state cancelled
    """
    from towline.v1 import incident_service_pb2 as pb

    from cli.views import incidents as view
    from engine.times import parse_time

    wanted = pb.IncidentFilter(states=_states(state, every), customer=customer, at_risk=at_risk)
    for name, text in (("since", since), ("until", until)):
        if text is not None:
            getattr(wanted, name).FromDatetime(parse_time(text, field=f"--{name}"))
    most = limit if limit is not None else (None if json else SHOWN)
    with _connected(server, region) as (channel, found):
        if provider:
            wanted.provider = f"{found.name}/providers/{provider.rpartition('/')[2]}"
        rows, more = _listed(channel, found.name, wanted, most)
    if json:
        console.print_json({"incidents": [view.as_json(row) for row in rows], "more": more})
    else:
        view.print_list(console.stdout(), found, rows, more, clock())


@app.command("show")
def show(
    incident: IncidentChoice,
    server: ServerChoice = DEFAULT,
    region: ServedRegion = None,
    language: Language = "en",
    json: console.Json = False,
) -> None:
    """The story of one incident: what happened, who did it and why; clocks, offers, and why which unit was sent.

    Example: towline incidents show R-1040
    """
    from cli.incident_story import events_of
    from cli.views import incidents as view

    with _connected(server, region) as (channel, found):
        message = _get(channel, found.name, incident)
        events, decisions = events_of(channel, message), _decisions_if_allowed(channel, message.name, language)
    if json:
        document = {
            "incident": view.as_json(message),
            "events": [view.as_json(event, without="incident") for event in events],
            "decisions": [view.as_json(made) for made in decisions],
        }
        console.print_json(document)
    else:
        view.print_story(console.stdout(), found, message, events, decisions, clock())


@app.command("decisions")
def decisions(
    incident: IncidentChoice,
    server: ServerChoice = DEFAULT,
    region: ServedRegion = None,
    language: Language = "en",
    json: console.Json = False,
) -> None:
    """Why not the nearer one? What was known each time a unit was chosen, the runners-up and why each lost.

    Example: towline incidents decisions R-1040 --lang zh
    """
    from cli.incident_story import decisions_of
    from cli.views import incidents as view

    with _connected(server, region) as (channel, found):
        message = _get(channel, found.name, incident)
        made = decisions_of(channel, message.name, language)
    if json:
        console.print_json({"decisions": [view.as_json(each) for each in made]})
    else:
        view.print_decisions(console.stdout(), found, made, clock())


@app.command("file", cls=PlaceCommand)
def file(
    place: Annotated[
        str, typer.Argument(metavar="PLACE", help=f"{PLACE.replace('with --posts', 'where the server has posts,')}.")
    ],
    service: Annotated[str, typer.Option("--service", help="What is wanted, e.g. towing or breakdown_repair.")],
    server: ServerChoice = DEFAULT,
    region: ServedRegion = None,
    priority: Annotated[
        str | None, typer.Option("--priority", help="low, normal, high or emergency; default: normal.")
    ] = None,
    requires: Annotated[
        list[str] | None,
        typer.Option("--requires", metavar="NAME", help="What the unit must have, e.g. flatbed; may be repeated."),
    ] = None,
    drop_off: Annotated[
        str | None, typer.Option("--drop-off", metavar="PLACE", help="Where the vehicle or the passenger is taken.")
    ] = None,
    earliest: Annotated[
        str | None,
        typer.Option("--earliest", metavar="TIME", help="A booking: wanted then, e.g. 2026-03-01T18:30+08:00."),
    ] = None,
    latest: Annotated[
        str | None, typer.Option("--latest", metavar="TIME", help="Nobody is sent who would arrive later.")
    ] = None,
    units: Annotated[
        int | None, typer.Option("--units", min=1, max=20, help="How many are needed; default: 1.")
    ] = None,
    customer: Annotated[
        str, typer.Option("--customer", metavar="REFERENCE", help="Your own reference; never a name or a number.")
    ] = "",
    request_id: Annotated[
        str, typer.Option("--request-id", metavar="UUID", help="Of your choice: sent twice, it is filed once.")
    ] = "",
    datum: DatumChoice = "wgs84",
    language: Language = "en",
    json: console.Json = False,
) -> None:
    """File an incident, and see which unit was chosen for it, and why not the others.

    Example: towline incidents file -71.2519,-29.9027 --service towing --drop-off -71.25,-29.96
    """
    from towline.v1.incident_service_pb2_grpc import IncidentServiceStub

    from cli.incident_file import request_of
    from cli.views import incidents as view

    wanted = request_of(
        place,
        service,
        datum=datum,
        priority=priority,
        requires=requires or (),
        drop_off=drop_off,
        earliest=earliest,
        latest=latest,
        units=units,
        customer=customer,
        request_id=request_id,
        language=language,
    )
    with _connected(server, region) as (channel, found):
        wanted.parent = found.name
        answer = IncidentServiceStub(channel).CreateIncident(wanted, timeout=ANSWER_S)
    if json:
        made = [view.as_json(each) for each in answer.decisions]
        console.print_json({"incident": view.as_json(answer.incident), "decisions": made})
    else:
        same = [*(["--server", server] if server != DEFAULT else []), *(["--region", region] if region else [])]
        view.print_filed(console.stdout(), found, answer.incident, answer.decisions, clock(), shlex.join(same))


def _decisions_if_allowed(channel: Any, name: str, language: str) -> list[Any]:
    """None for who may see the incident and not why which unit was sent; he is told so."""
    import grpc

    from cli.incident_story import decisions_of

    try:
        return decisions_of(channel, name, language)
    except grpc.RpcError as error:
        if not denied(error):
            raise
        console.note("who you are may not read why which unit was chosen: the story is without decisions")
        return []


@contextmanager
def _connected(server: str, region: str | None) -> Generator[tuple[Any, Any]]:
    """A channel, and the region that is meant."""
    from cli.connecting import open_channel

    with calling(server) as stub:
        found = named_region(stub, server, region)
    with failing_as_ours(server), open_channel(server) as channel:
        yield channel, found


def _get(channel: Any, parent: str, incident: str) -> Any:
    from towline.v1 import incident_service_pb2 as pb
    from towline.v1.incident_service_pb2_grpc import IncidentServiceStub

    name = incident if incident.startswith("regions/") else f"{parent}/incidents/{incident}"
    return IncidentServiceStub(channel).GetIncident(pb.GetIncidentRequest(name=name), timeout=ANSWER_S).incident


def _listed(channel: Any, parent: str, wanted: Any, most: int | None) -> tuple[list[Any], bool]:
    """At most so many, and whether there are more."""
    from towline.v1 import incident_service_pb2 as pb
    from towline.v1.incident_service_pb2_grpc import IncidentServiceStub

    stub, rows, token = IncidentServiceStub(channel), [], ""
    while True:
        size = _PAGE if most is None else min(_PAGE, most - len(rows))
        request = pb.ListIncidentsRequest(parent=parent, page_size=size, page_token=token, filter=wanted)
        answer = stub.ListIncidents(request, timeout=ANSWER_S)
        rows += answer.incidents
        token = answer.next_page_token
        if not token or (most is not None and len(rows) >= most):
            return rows, bool(token)


def _states(names: list[str] | None, every: bool) -> list[Any]:
    """Numbers of the states that are wanted; none: all open ones."""
    from towline.v1 import enums_pb2

    from engine.errors import OptionError
    from engine.wire_words import word

    known = {word("IncidentState", number): number for number in enums_pb2.IncidentState.values() if number}
    if every and not names:
        return list(known.values())
    found = []
    for name in names or ():
        if name.replace(" ", "_").lower() not in known:
            raise OptionError(f"--state {name!r} is none; use one of: {', '.join(known)}", option="--state")
        found.append(known[name.replace(" ", "_").lower()])
    return found
