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

from engine.errors import FieldMaskError, RequiredFieldError, ValueRangeError
from engine.intake import CLOCK_SKEW
from engine.live.commands.filing import CreateIncident, FileIncident, UpdateIncident
from engine.live.records import IncidentRecord, LegState
from engine.server import enums, incoming, outgoing_incident
from engine.server.names import check_id, incident_name, parse_incident
from engine.server.wire_time import read_time, require
from graphs.errors import InputError
from graphs.posts import Posts

MOST_CUSTOMER = 128
#: Fields that the server decides, and nobody sends.
_SERVERS = ("assigned_unit", "pinned", "due_at")
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
#: Units an advance can say that a unit has reached.
REACHED = (LegState.ACCEPTED, LegState.UNDER_WAY, LegState.ON_SCENE, LegState.TOWING, LegState.DONE)


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
    require(request.HasField("incident"), "incident", "the incident")
    message = request.incident
    _refuse_servers(message, "incident")
    fresh = not message.name
    if fresh:
        message.name = incident_name(region, new_id())
    received = read_time(message.received_at, now, "incident.received_at") if message.HasField("received_at") else now
    if now < received <= wall + CLOCK_SKEW:
        received = now
    message.received_at.FromDatetime(received)
    customer = _customer(message.customer, "incident.customer")
    if request.draft:
        found, key = parse_incident(message.name, "incident.name")
        incoming.require_region(found, region, message.name, "incident.name")
        return CreateIncident(check_id(key, "incident.name"), received, customer, None, fresh, most_open)
    need = incoming.incident(message, region, now, "incident", posts)
    return CreateIncident(need.id, received, customer, need, fresh, most_open)


def file(request: pb.FileIncidentRequest, region: str, now: datetime, posts: Posts | None) -> FileIncident:
    require(request.HasField("incident"), "incident", "the incident")
    message = request.incident
    _refuse_servers(message, "incident")
    message.received_at.FromDatetime(now)  # the draft's own counts
    return FileIncident(
        incoming.incident(message, region, now, "incident", posts), _customer(message.customer, "incident.customer")
    )


def update(
    request: pb.UpdateIncidentRequest, known: IncidentRecord, region: str, now: datetime, posts: Posts | None
) -> UpdateIncident:
    """The fields that the mask names, read as they would be in the whole incident."""
    paths = list(request.update_mask.paths)
    if not paths:
        raise RequiredFieldError("update_mask is missing; name the fields to change", field="update_mask")
    for path in paths:
        if path not in UPDATABLE:
            raise FieldMaskError(
                f"update_mask: {path!r} cannot be changed; use any of {', '.join(UPDATABLE)}",
                field="update_mask",
                value=path,
            )
    whole = outgoing_incident.incident(known, region)
    for path in paths:
        whole.ClearField(path)
    FieldMask(paths=paths).MergeMessage(request.incident, whole, True, True)
    changes: dict[str, Any] = {}
    if "customer" in paths:
        changes["customer"] = _customer(request.incident.customer, "incident.customer")
    if known.need is not None and set(paths) != {"customer"}:
        whole.ClearField("due_at")
        need = with_(incoming.incident(whole, region, now, "incident", posts), received_at=known.need.received_at)
        changes |= {UPDATABLE[path]: getattr(need, UPDATABLE[path]) for path in paths if path != "customer"}
    return UpdateIncident(known.id, request.incident.etag, request.reason, changes)


def reached(number: int) -> LegState:
    state = enums.LEG_STATE.read(number, "state")
    if state not in REACHED:
        raise ValueRangeError(
            f"state: a unit cannot be said to be {state.value}; use {', '.join(each.name for each in REACHED)}",
            field="state",
            value=state.value,
        )
    return state  # ty: ignore[invalid-explicit-return]


def read_mask(mask: FieldMask, given: bool) -> FieldMask | None:
    """The mask, if there is one; FieldMaskError for fields that an incident does not have."""
    if not given or not mask.paths:
        return None
    if not mask.IsValidForDescriptor(incident_pb2.Incident.DESCRIPTOR):
        raise FieldMaskError(
            f"read_mask {', '.join(mask.paths)!r} names a field that an incident does not have; see incident.proto",
            field="read_mask",
            value=", ".join(mask.paths),
        )
    return mask


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


def _customer(text: str, field: str) -> str:
    if len(text) > MOST_CUSTOMER or (text and not text.isprintable()):
        raise InputError(
            f"{field} must be at most {MOST_CUSTOMER} printable characters: a reference of your own, never a name or "
            "a number",
            field=field,
        )
    return text


def _refuse_servers(message: incident_pb2.Incident, field: str) -> None:
    for name in _SERVERS:
        if message.HasField(name) if name == "due_at" else getattr(message, name):
            raise InputError(
                f"{field}.{name} is the server's to say; leave it out, and use AssignUnit for a unit of your choice",
                field=f"{field}.{name}",
            )
