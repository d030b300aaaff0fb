"""Incidents as the server keeps them, and events about them, as messages of the contract.

Hundreds of these are written a second: a message is built from nested dicts in one call, which is several times faster
than message by message.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace as with_
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace
from towline.v1 import fleet_pb2, incident_pb2
from towline.v1 import watch_service_pb2 as watch_pb2

from engine.decision import Promise, ReasonCode
from engine.live.commands.base import etag_of
from engine.live.events import Entity, Event
from engine.live.records import Clock, Escalation, IncidentRecord, Leg, Offer
from engine.model import Garage, Incident, Location, Provider, Unit
from engine.server import enums, outgoing
from engine.server.etags import etag
from engine.server.names import ANY
from engine.server.wire_time import duration_fields, time_fields

#: By unit id, the id of its provider; None when the unit is not known (any more).
ProviderOf = Callable[[str], str | None]
Fields = dict[str, Any]

#: The stubs type fields as their enum, which at run time is an int: hence Any.
_STATES: Mapping[Any, Any] = enums.INCIDENT_STATE.numbers
_LEGS: Mapping[Any, Any] = enums.LEG_STATE.numbers
_OFFERS: Mapping[Any, Any] = enums.OFFER_STATE.numbers
_CLOCKS: Mapping[Any, Any] = enums.CLOCK_KIND.numbers
_EVENTS: Mapping[Any, Any] = enums.EVENT_KIND.numbers
_CLASSES: Mapping[Any, Any] = enums.PROMISE_CLASS.numbers
_SERVICES: Mapping[Any, Any] = enums.SERVICE.numbers
_PRIORITIES: Mapping[Any, Any] = enums.PRIORITY.numbers
_REASONS: Mapping[str, Any] = {code.value: enums.REASON_CODE.write(code) for code in ReasonCode}


def incident(
    record: IncidentRecord, region: str, provider_of: ProviderOf | None = None, own: str | None = None
) -> incident_pb2.Incident:
    """All that is kept of an incident; with ``own`` what that provider may see of it (`seen_by`).

    Units that are not to be asked are named after ``provider_of``, else after the incident's own legs and offers; with
    ``-`` in the provider's place (AIP-159) where neither knows them.
    """
    if own is not None:
        record = seen_by(record, own)
    base = f"regions/{region}/"
    name = f"{base}incidents/{record.id}"
    return incident_pb2.Incident(
        **(_need(record.need, record, base, provider_of) if record.need is not None else {}),
        name=name,
        received_at=_time(record.received_at),
        customer=record.customer,
        state=_STATES[record.state],
        etag=etag_of(record),
        event_number=record.number,
        promise=None if record.promise is None else _promise(record.promise),
        legs=[_leg(leg, base) for leg in record.legs],
        offers=[_offer(offer, name, base) for offer in record.offers],
        clocks=[_clock(clock) for clock in record.clocks],
        escalations=[_escalation(item, name) for item in record.escalations],
        filed_at=_time(record.filed_at),
        called_back_at=_time(record.called_back_at),
        closed_at=_time(record.closed_at),
        outcome=record.outcome,
        reopen_count=record.reopened,
        unserved=_REASONS.get(record.unserved, 0),
        refused_units=[_unit_of(unit, record, base, provider_of) for unit in sorted(record.refused)],
        purged_at=_time(record.purged_at),
    )


def seen_by(record: IncidentRecord, own: str) -> IncidentRecord:
    """What a provider may see of an incident: its own legs and offers, not who else is there or was asked, or paid."""
    need = record.need
    return replace(
        record,
        need=None if need is None else with_(need, revenue=0.0, assigned_unit_id=None, pinned=False),
        legs=tuple(leg if leg.provider == own else Leg(leg.state) for leg in record.legs),
        offers=tuple(offer for offer in record.offers if offer.provider == own),
        escalations=(),
        refused=frozenset(offer.unit for offer in record.offers if offer.provider == own) & record.refused,
    )


def event(value: Event, region: str, provider_of: ProviderOf | None = None, own: str | None = None) -> watch_pb2.Event:
    """One event; with the incident, the unit or the provider as it stands after it.

    With ``own`` what that provider may see: of an event about another one's unit neither unit, actor nor why.
    """
    theirs = own is not None and value.provider not in ("", own)
    return watch_pb2.Event(
        number=value.number,
        at=_time(value.at),
        kind=_EVENTS[value.kind],
        actor="" if theirs else value.actor,
        reason="" if theirs else value.reason,
        unit="" if theirs else _unit_name(f"regions/{region}/", value.provider, value.unit),
        details={} if own is not None else {key: detail(item) for key, item in value.data.items()},
        **_about(value, region, provider_of, own),
    )


def detail(value: Any) -> str:
    """What is particular to an event, as text: times in RFC 3339, durations in seconds, lists and maps in JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}"
    if value is None:
        return ""
    return json.dumps(value, default=str, ensure_ascii=False, sort_keys=isinstance(value, Mapping))


def _about(value: Event, region: str, provider_of: ProviderOf | None, own: str | None) -> Fields:
    record = value.record
    if value.entity is Entity.INCIDENT:
        return {"incident": None if record is None else incident(record, region, provider_of, own)}
    if value.entity is Entity.UNIT:
        return {"stored_unit": _stored_unit(value, region)}
    if isinstance(record, Provider):
        return {"stored_provider": outgoing.provider(record, region, etag(record))}
    return {"stored_provider": fleet_pb2.Provider(name=f"regions/{region}/providers/{value.id}")}


def _stored_unit(value: Event, region: str) -> fleet_pb2.Unit:
    """The unit; of one that is gone only its name."""
    if isinstance(value.record, Unit):
        return outgoing.unit(value.record, region, etag(value.record))
    return fleet_pb2.Unit(name=_unit_name(f"regions/{region}/", value.provider or ANY, value.id))


def _need(need: Incident, record: IncidentRecord, base: str, provider_of: ProviderOf | None) -> Fields:
    """What was filed: the inverse of `incoming.incident`."""
    fields: Fields = {
        "location": _location(need.location),
        "service": _SERVICES[need.service],
        "required_capabilities": enums.CAPABILITY.write_all(need.requires),
        "priority": _PRIORITIES[need.priority],
        "pinned": need.pinned,
        "customer_price": need.revenue,
    }
    if need.promise is not None:
        fields["promise_duration"] = duration_fields(need.promise)
    if need.due_at is not None:
        fields["due_at"] = _time(need.due_at)
    if need.assigned_unit_id is not None:
        fields["assigned_unit"] = _unit_of(need.assigned_unit_id, record, base, provider_of)
    if need.drop_off is not None:
        fields["drop_off"] = _location(need.drop_off)
    if need.garages:
        fields["garages"] = [_garage(garage) for garage in need.garages]
    if need.units_needed != 1:
        fields["unit_count"] = need.units_needed
    if need.unit_requires:
        fields["unit_needs"] = [{"capabilities": enums.CAPABILITY.write_all(each)} for each in need.unit_requires]
    if need.earliest is not None:
        fields["earliest"] = _time(need.earliest)
    if need.latest is not None:
        fields["latest"] = _time(need.latest)
    if need.service_time is not None:
        fields["service_duration"] = duration_fields(need.service_time)
    return fields


def _garage(garage: Garage) -> Fields:
    return {
        "location": _location(garage.location),
        "display_name": garage.name,
        "drop_off_price": garage.price,
    }


def _leg(leg: Leg, base: str) -> Fields:
    return {
        "state": _LEGS[leg.state],
        "unit": _unit_name(base, leg.provider, leg.unit),
        "since": _time(leg.since),
        "arrives_at": _time(leg.arrives_at),
        "promise_probability": leg.probability,
        "ends_at": _time(leg.ends_at) if leg.arrives_at is not None else None,
        "held": leg.held,
        "at_risk": leg.warned,
    }


def _offer(offer: Offer, incident_name: str, base: str) -> Fields:
    return {
        "name": f"{incident_name}/offers/{offer.id}",
        "leg_index": offer.leg,
        "unit": _unit_name(base, offer.provider, offer.unit),
        "state": _OFFERS[offer.state],
        "made_at": _time(offer.made_at),
        "expires_at": _time(offer.expires_at),
        "answered_at": _time(offer.answered_at),
        "reason": offer.reason,
    }


def _clock(clock: Clock) -> Fields:
    return {
        "kind": _CLOCKS[clock.kind],
        "due_at": _time(clock.due_at),
        "met_at": _time(clock.met_at),
        "warned_at": _time(clock.warned_at),
        "broken_at": _time(clock.broken_at),
    }


def _escalation(item: Escalation, incident_name: str) -> Fields:
    return {
        "name": f"{incident_name}/escalations/{item.id}",
        "kind": _CLOCKS[item.kind],
        "owner": item.owner,
        "raised_at": _time(item.raised_at),
        "acknowledged_at": _time(item.acknowledged_at),
        "acknowledged_by": item.acknowledged_by,
    }


def _promise(promise: Promise) -> Fields:
    return {
        "due_at": _time(promise.due_at),
        "promise_class": _CLASSES[promise.promise_class],
        "reason": promise.reason,
    }


def _location(value: Location) -> Any:
    return {"lon": value.lon, "lat": value.lat} if value.is_plain else outgoing.location(value)


def _time(value: datetime | None) -> Fields | None:
    return None if value is None else time_fields(value)


def _unit_name(base: str, provider: str, unit: str) -> str:
    return f"{base}providers/{provider}/units/{unit}" if unit else ""


def _unit_of(unit: str, record: IncidentRecord, base: str, provider_of: ProviderOf | None) -> str:
    """The name of a unit of which only the id is kept."""
    found = provider_of(unit) if provider_of is not None else None
    if found is None:
        asked = (item.provider for item in (*record.legs, *record.offers) if item.unit == unit)
        found = next(asked, ANY)
    return _unit_name(base, found, unit)
