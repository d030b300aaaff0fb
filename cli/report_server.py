"""The overdue analysis of a running server: what `engine.live.report` reads in a ledger, asked for over its API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from cli.calling import ANSWER_S
from cli.incident_story import decisions_of, events_of
from engine.wire_words import word

if TYPE_CHECKING:
    from engine.live.report import Overdue
    from engine.live.report.slim import Expected, SlimIncident, Step

Tell = Callable[[str, int, int], object]
_PAGE = 1000


def overdue_of(
    channel: Any,
    parent: str,
    *,
    zone: tzinfo,
    resolution: int,
    since: datetime | None,
    until: datetime | None,
    tell: Tell,
) -> Overdue:
    """As `engine.live.report.overdue`, as known at the last event of the server."""
    from engine.live.report import Overdue
    from engine.live.report.overdue import explain, take

    found = Overdue(datetime.now(UTC), zone, resolution)
    closer: list[Any] = []
    for count, message in enumerate(_incidents(channel, parent, since, until), 1):
        if count % _PAGE == 0:
            tell("incidents", count, 0)
        if not take(found, slim(message)):
            closer.append(message)
    for count, message in enumerate(closer):
        tell("broken promises", count, len(closer))
        explain(found, _steps(events_of(channel, message)), _expectations(channel, message.name))
    return found


def _incidents(channel: Any, parent: str, since: datetime | None, until: datetime | None) -> Iterator[Any]:
    from towline.v1 import enums_pb2
    from towline.v1 import incident_service_pb2 as pb
    from towline.v1.incident_service_pb2_grpc import IncidentServiceStub

    states = [number for number in enums_pb2.IncidentState.values() if number]
    wanted = pb.IncidentFilter(states=states)
    if since is not None:
        wanted.since.FromDatetime(since)
    if until is not None:
        wanted.until.FromDatetime(until)
    stub, token = IncidentServiceStub(channel), ""
    while True:
        request = pb.ListIncidentsRequest(parent=parent, page_size=_PAGE, page_token=token, filter=wanted)
        answer = stub.ListIncidents(request, timeout=ANSWER_S)
        yield from answer.incidents
        token = answer.next_page_token
        if not token:
            return


def _steps(events: Sequence[Any]) -> list[Step]:
    from engine.live.report.slim import Step

    found: list[Step] = []
    for event in events:
        leg = event.details.get("leg", "")
        found.append(
            Step(
                event.number,
                event.at.ToDatetime(UTC),
                word("EventKind", event.kind),
                event.unit.rpartition("/")[2],
                int(leg) if leg.isdecimal() else None,
                slim(event.incident),
            )
        )
    return found


def _expectations(channel: Any, name: str) -> dict[int, dict[str, Expected]]:
    from engine.live.report.slim import Expected

    found: dict[int, dict[str, Expected]] = {}
    for made in decisions_of(channel, name):
        told = made.recommendation
        candidates = [*([told.best] if told.HasField("best") else []), *told.runners_up]
        found[made.event_number] = {
            unit: Expected(unit, each.departs_at.ToDatetime(UTC), each.arrives_at.ToDatetime(UTC))
            for each in candidates
            if (unit := each.unit.rpartition("/")[2])
        }
    return found


def slim(message: Any) -> SlimIncident:
    """An incident of the contract as the analysis reads it."""
    from engine.live.report.slim import Due, Need, Place, SlimIncident, SlimLeg

    place = message.location
    filed = message.service != 0
    earliest = message.earliest.ToDatetime(UTC) if message.HasField("earliest") else None
    return SlimIncident(
        id=message.name.rpartition("/")[2],
        received_at=message.received_at.ToDatetime(UTC),
        need=Need(word("Service", message.service), Place(place.lon, place.lat, place.road), earliest)
        if filed
        else None,
        promise=Due(message.promise.due_at.ToDatetime(UTC)) if message.HasField("promise") else None,
        legs=tuple(
            SlimLeg(
                word("LegState", leg.state),
                leg.unit.rpartition("/")[2],
                leg.unit.split("/")[3] if leg.unit.count("/") == 5 else "",
                leg.since.ToDatetime(UTC) if leg.HasField("since") else None,
                leg.arrives_at.ToDatetime(UTC) if leg.HasField("arrives_at") else None,
            )
            for leg in message.legs
        ),
        closed_at=message.closed_at.ToDatetime(UTC) if message.HasField("closed_at") else None,
        reopened=message.reopen_count,
        reopened_at=None,
        purged_at=message.purged_at.ToDatetime(UTC) if message.HasField("purged_at") else None,
    )
