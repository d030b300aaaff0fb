"""Messages of the contract, which keep its rules, as values of the engine.

What is checked here takes other fields, the clock or the fleet; every error names the field by its path in the request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

from towline.v1 import fleet_pb2, incident_pb2

from engine.errors import DuplicateIdError, UnknownReferenceError
from engine.model import Capability, Fleet, Incident, Location, Priority, Provider, Service, Unit, UnitStatus
from engine.server import enums
from engine.server.incoming_places import location
from engine.server.incoming_terms import incident_terms, provider_terms, unit_terms
from engine.server.names import ids, provider_name, require_region
from engine.server.wire_time import read_duration, read_time, require
from graphs.posts import Posts

Value = TypeVar("Value")


def provider(message: fleet_pb2.Provider, region: str, field: str, posts: Posts | None = None) -> Provider:
    found, provider_id = ids(message.name)
    require_region(found, region, message.name, field, "name")
    services = cast(frozenset[Service], enums.SERVICE.read_all(message.services))
    return Provider(
        id=provider_id,
        name=message.display_name,
        services=services or frozenset(Service),
        territory=frozenset(message.territory_cells),
        base=location(message.base, f"{field}.base", posts) if message.HasField("base") else None,
        call_out_price=message.call_out_price,
        **provider_terms(message),
    )


def unit(
    message: fleet_pb2.Unit,
    region: str,
    providers: Mapping[str, Provider] | None,
    now: datetime,
    field: str,
    known: Location | None = None,
    posts: Posts | None = None,
) -> Unit:
    """A unit; without services it has its provider's, without location the ``known`` one.

    ``providers`` by id; None when the request leaves providers out altogether.
    """
    found, provider_id, unit_id = ids(message.name)
    require_region(found, region, message.name, field, "name")
    if providers is not None and provider_id not in providers:
        name = provider_name(region, provider_id)
        raise UnknownReferenceError(f"{field}.name: there is no {name}; add it first", field=f"{field}.name", name=name)
    if message.HasField("location"):
        known = location(message.location, f"{field}.location", posts)
    if known is None:
        require(False, f"{field}.location", "where the unit is")
    services = cast(frozenset[Service], enums.SERVICE.read_all(message.services))
    if not services:
        require(providers is not None, f"{field}.services", "what it can do, or give its provider")
        services = cast(Mapping[str, Provider], providers)[provider_id].services
    capabilities = enums.CAPABILITY.read_all(message.capabilities)
    return Unit(
        id=unit_id,
        provider_id=provider_id,
        location=cast(Location, known),
        services=services,
        capabilities=cast(frozenset[Capability], capabilities),
        status=cast(UnitStatus, enums.UNIT_STATUS.read(message.status)),
        free_at=read_time(message.free_at, now, f"{field}.free_at") if message.HasField("free_at") else None,
        free_location=(
            location(message.free_location, f"{field}.free_location", posts)
            if message.HasField("free_location")
            else None
        ),
        mobilisation=read_duration(message.mobilisation),
        **unit_terms(message, now, field),
    )


def incident(
    message: incident_pb2.Incident, region: str, now: datetime, field: str, posts: Posts | None = None
) -> Incident:
    found, incident_id = ids(message.name)
    require_region(found, region, message.name, field, "name")
    requires = enums.CAPABILITY.read_all(message.required_capabilities)
    priority = enums.PRIORITY.read(message.priority) if message.priority else Priority.NORMAL
    promise = None
    if message.HasField("promise_duration"):
        promise = read_duration(message.promise_duration)
    assigned = None
    if message.assigned_unit:
        in_region, _, assigned = ids(message.assigned_unit)
        require_region(in_region, region, message.assigned_unit, field, "assigned_unit")
    if message.pinned and assigned is None:
        require(False, f"{field}.assigned_unit", "the unit it is pinned to")
    return Incident(
        id=incident_id,
        location=location(message.location, f"{field}.location", posts),
        service=cast(Service, enums.SERVICE.read(message.service)),
        received_at=read_time(message.received_at, now, f"{field}.received_at"),
        requires=cast(frozenset[Capability], requires),
        priority=cast(Priority, priority),
        promise=promise,
        due_at=read_time(message.due_at, now, f"{field}.due_at") if message.HasField("due_at") else None,
        assigned_unit_id=assigned,
        pinned=message.pinned,
        **incident_terms(message, now, field, posts),
    )


def incidents(
    messages: Sequence[incident_pb2.Incident],
    region: str,
    now: datetime,
    field: str = "incidents",
    posts: Posts | None = None,
) -> list[Incident]:
    return unique(messages, lambda message, path: incident(message, region, now, path, posts), field)


def check_assigned(
    messages: Sequence[incident_pb2.Incident], find: Callable[[str], Unit | None], paths: Sequence[str]
) -> None:
    """UnknownReferenceError when an incident's unit is not there, or is another provider's than its name says."""
    for message, path in zip(messages, paths, strict=True):
        if message.assigned_unit:
            _, provider_id, unit_id = ids(message.assigned_unit)
            found = find(unit_id)
            if found is None or found.provider_id != provider_id:
                raise UnknownReferenceError(
                    f"{path}.assigned_unit: {message.assigned_unit} is not among the units; add it or leave this empty",
                    field=f"{path}.assigned_unit",
                    name=message.assigned_unit,
                )


def fleet(
    message: fleet_pb2.Fleet, region: str, now: datetime, field: str = "fleet", posts: Posts | None = None
) -> Fleet:
    """The providers and units of a stateless request."""
    providers = unique(message.providers, lambda item, path: provider(item, region, path, posts), f"{field}.providers")
    by_id = {item.id: item for item in providers} or None
    units = unique(
        message.units, lambda item, path: unit(item, region, by_id, now, path, posts=posts), f"{field}.units"
    )
    return Fleet(tuple(providers), tuple(units))


def unique(messages: Sequence[Any], read: Callable[[Any, str], Value], field: str) -> list[Value]:
    """Every message read, with its path; DuplicateIdError when two have one id."""
    values: list[Value] = []
    seen: dict[str, int] = {}
    for index, message in enumerate(messages):
        path = f"{field}[{index}]"
        value = read(message, path)
        first = seen.setdefault(value.id, index)  # ty: ignore[missing-attribute]  # all have an id
        if first != index:
            raise DuplicateIdError(
                f"{path}.name has the id of {field}[{first}]; give every one its own",
                field=f"{path}.name",
                value=message.name,
                first=f"{field}[{first}]",
            )
        values.append(value)
    return values
