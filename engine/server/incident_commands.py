"""Requests of IncidentService as commands of live state."""

from __future__ import annotations

import base64
import random
import time
from dataclasses import replace as with_
from datetime import datetime
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask  # ty: ignore[missing-module-member]  # made at run time
from towline.v1 import incident_pb2
from towline.v1 import incident_service_pb2 as pb

from engine.intake import CLOCK_SKEW
from engine.live.commands.filing import CreateIncident, FileIncident, UpdateIncident
from engine.live.records import IncidentRecord, LegState
from engine.server import enums, incoming, outgoing_incident
from engine.server.names import ids, incident_name, require_region
from engine.server.wire_time import read_time
from graphs.posts import Posts

#: What an update may name, as the engine calls it.
UPDATABLE = {
    "priority": "priority",
    "promise_duration": "promise",
    "required_capabilities": "requires",
    "drop_off": "drop_off",
    "garages": "garages",
    "earliest": "earliest",
    "latest": "latest",
    "service_duration": "service_time",
    "customer_price": "revenue",
    "customer": "customer",
}


def create(
    request: pb.CreateIncidentRequest,
    region: str,
    now: datetime,
    wall: datetime,
    posts: Posts | None,
    most_open: int,
) -> CreateIncident:
    """The command of a request, whose incident has a name from here on.

    ``now`` is the time that live state goes by, ``wall`` that of the machine: a caller who is right by the latter is
    taken at his word though the former has not followed a jump of the machine's clock yet.
    """
    message = request.incident
    fresh = not message.name
    if fresh:
        message.name = incident_name(region, new_id())
    received = read_time(message.received_at, now, "incident.received_at") if message.HasField("received_at") else now
    if now < received <= wall + CLOCK_SKEW:
        received = now
    message.received_at.FromDatetime(received)
    if request.draft:
        found, key = ids(message.name)
        require_region(found, region, message.name, "incident.name")
        return CreateIncident(key, received, message.customer, None, fresh, most_open)
    need = incoming.incident(message, region, now, "incident", posts)
    return CreateIncident(need.id, received, message.customer, need, fresh, most_open)


def file(request: pb.FileIncidentRequest, region: str, now: datetime, posts: Posts | None) -> FileIncident:
    message = request.incident
    message.received_at.FromDatetime(now)  # the draft's own counts
    return FileIncident(incoming.incident(message, region, now, "incident", posts), message.customer)


def update(
    request: pb.UpdateIncidentRequest, known: IncidentRecord, region: str, now: datetime, posts: Posts | None
) -> UpdateIncident:
    """The fields that the mask names, read as they would be in the whole incident."""
    paths = list(request.update_mask.paths)
    whole = outgoing_incident.incident(known, region)
    for path in paths:
        whole.ClearField(path)
    FieldMask(paths=paths).MergeMessage(request.incident, whole, True, True)
    changes: dict[str, Any] = {}
    if "customer" in paths:
        changes["customer"] = request.incident.customer
    if known.need is not None and set(paths) != {"customer"}:
        whole.ClearField("due_at")
        need = with_(incoming.incident(whole, region, now, "incident", posts), received_at=known.need.received_at)
        changes |= {UPDATABLE[path]: getattr(need, UPDATABLE[path]) for path in paths if path != "customer"}
    return UpdateIncident(known.id, request.incident.etag, request.reason, changes)


def reached(number: int) -> LegState:
    return enums.LEG_STATE.read(number)  # ty: ignore[invalid-explicit-return]


def read_mask(mask: FieldMask, given: bool) -> FieldMask | None:
    """The mask, if there is one."""
    return mask if given and mask.paths else None


def masked(message: incident_pb2.Incident, mask: FieldMask | None) -> incident_pb2.Incident:
    if mask is None:
        return message
    short = incident_pb2.Incident()
    mask.MergeMessage(message, short)
    return short


def new_id() -> str:
    """An id that nobody has: the time in milliseconds, then 50 random bits; later ones sort behind earlier ones."""
    raw = int(time.time() * 1000).to_bytes(6, "big") + random.randbytes(7)
    return "i" + base64.b32hexencode(raw).decode().rstrip("=").lower()
