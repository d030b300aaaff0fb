"""What happened to one incident, asked of a running server."""

from __future__ import annotations

from typing import Any

from cli.calling import ANSWER_S

_PAGE = 1000


def events_of(channel: Any, incident: Any) -> list[Any]:
    """All events about an incident up to the version that is given, in order."""
    from towline.v1 import watch_service_pb2 as pb
    from towline.v1.watch_service_pb2_grpc import WatchServiceStub

    parent = incident.name.rpartition("/incidents/")[0]
    request = pb.WatchEventsRequest(parent=parent, after_number=0, filter=pb.EventFilter(incidents=[incident.name]))
    stream = WatchServiceStub(channel).WatchEvents(request, timeout=ANSWER_S)
    found: list[Any] = []
    for answer in stream:
        found += answer.events
        if answer.last_number >= incident.event_number:
            break
    stream.cancel()
    return [event for event in found if event.number <= incident.event_number]


def decisions_of(channel: Any, name: str, language: str = "") -> list[Any]:
    """What was known at every decision about it, oldest first."""
    from towline.v1 import incident_service_pb2 as pb
    from towline.v1.incident_service_pb2_grpc import IncidentServiceStub

    stub, found, token = IncidentServiceStub(channel), [], ""
    while True:
        request = pb.ListDecisionsRequest(parent=name, page_size=_PAGE, page_token=token, language_code=language)
        answer = stub.ListDecisions(request, timeout=ANSWER_S)
        found += answer.decisions
        token = answer.next_page_token
        if not token:
            return found
