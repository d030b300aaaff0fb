"""Values of the engine as messages of the contract.

Parts of decisions, of which there are hundreds a second, as their fields: one message is built from nested dicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from towline.v1 import fleet_pb2, location_pb2, plan_pb2

from engine.arrival.offer import Offerable
from engine.bookings.slots import Slot
from engine.decision import (
    COST_PARTS,
    Assignment,
    Candidate,
    CostParts,
    Plan,
    Promise,
    Reason,
    Recommendation,
    Unserved,
    cost_amounts,
)
from engine.model import Location, Provider, Unit
from engine.server import enums
from engine.server.names import incident_name, provider_name, unit_name
from engine.server.outgoing_terms import provider_terms, unit_terms
from engine.server.snapping import fields_of, message_of
from engine.server.wire_time import duration_fields, time_fields, write_duration, write_time
from engine.texts import Language, reason_in

Fields = dict[str, Any]
_COST_FIELDS = tuple(f"{part}_millimin" for part in COST_PARTS)


def location(value: Location) -> location_pb2.Location:
    """In WGS-84, with what is known of it."""
    if value.is_plain:
        return location_pb2.Location(lon=value.lon, lat=value.lat)
    return location_pb2.Location(
        lon=value.lon,
        lat=value.lat,
        heading_deg=value.heading,
        heading_tolerance_deg=value.heading_tolerance,
        accuracy_m=value.accuracy_m,
        road=value.road,
        direction=value.direction,
        level=value.level,
        side=enums.ROAD_SIDE.write(value.side),
    )


def provider(value: Provider, region: str, etag: str = "") -> fleet_pb2.Provider:
    return fleet_pb2.Provider(
        name=provider_name(region, value.id),
        display_name=value.name,
        services=enums.SERVICE.write_all(value.services),
        territory_cells=sorted(value.territory),
        base=location(value.base) if value.base else None,
        call_out_price=value.call_out_price,
        etag=etag,
        **provider_terms(value),
    )


def unit(value: Unit, region: str, etag: str = "", position_at: datetime | None = None) -> fleet_pb2.Unit:
    return fleet_pb2.Unit(
        name=unit_name(region, value.provider_id, value.id),
        location=location(value.location),
        services=enums.SERVICE.write_all(value.services),
        capabilities=enums.CAPABILITY.write_all(value.capabilities),
        status=enums.UNIT_STATUS.write(value.status),
        free_at=write_time(value.free_at) if value.free_at else None,
        free_location=location(value.free_location) if value.free_location else None,
        mobilisation=write_duration(value.mobilisation) if value.mobilisation else None,
        etag=etag,
        position_at=write_time(position_at) if position_at else None,
        **unit_terms(value),
    )


def cost(value: CostParts) -> Fields:
    amounts = cost_amounts(value)
    fields = {field: amount for field, amount in zip(_COST_FIELDS, amounts, strict=True) if amount}
    fields["total_millimin"] = sum(amounts)
    return fields


def reason(value: Reason) -> Fields:
    return {"code": enums.REASON_CODE.write(value.code), "message": value.message, "details": value.details}


def promise(value: Promise) -> Fields:
    return {
        "due_at": time_fields(value.due_at),
        "promise_class": enums.PROMISE_CLASS.write(value.promise_class),
        "reason": value.reason,
    }


def candidate(value: Candidate, region: str) -> Fields:
    return {
        "unit": unit_name(region, value.provider_id, value.unit_id),
        "departs_at": time_fields(value.departs_at),
        "arrives_at": time_fields(value.arrives_at),
        "travel_duration": duration_fields(value.travel),
        "slack": duration_fields(value.slack),
        "promise_kept": value.promise_kept,
        "cost": cost(value.cost),
        "lost": reason(value.lost) if value.lost else None,
        "promise_probability": value.promise_probability,
    }


def recommendation(value: Recommendation, region: str) -> Fields:
    return {
        "incident": incident_name(region, value.incident_id),
        "promise": promise(value.promise),
        "best": candidate(value.best, region) if value.best else None,
        "runners_up": [candidate(rival, region) for rival in value.runners_up],
        "unserved": reason(value.unserved) if value.unserved else None,
        "policy_version": value.policy_version,
        "region_version": value.region_version,
        "metric_version": value.metric_version,
        "snapped_location": fields_of(value.snapped) if value.snapped else None,
    }


def offerable(value: Offerable, region: str, language: Language) -> plan_pb2.OfferablePromise:
    unit = unit_name(region, value.provider_id, value.unit_id) if value.provider_id and value.unit_id else ""
    return plan_pb2.OfferablePromise(
        confidence=value.confidence,
        within=None if value.within is None else write_duration(value.within),
        promise_duration=None if value.promise is None else write_duration(value.promise),
        unit=unit,
        unserved=reason(reason_in(value.unserved, language)) if value.unserved else None,
    )


def plan(value: Plan, region: str, previous: Mapping[str, str]) -> plan_pb2.Plan:
    """``previous``: by incident id, the name of the unit that the request said it was assigned to."""
    return plan_pb2.Plan(
        now=write_time(value.now),
        assignments=[_assignment(item, region, previous) for item in value.assignments],
        unserved=[_unserved(item, region, previous) for item in value.unserved],
        cost=cost(value.cost),
        gap_millimin=value.gap,
        solver=value.solver,
        policy_version=value.policy_version,
        region_version=value.region_version,
        metric_version=value.metric_version,
        stage_durations={stage: write_duration(taken) for stage, taken in value.durations.items()},
        why=reason(value.why) if value.why else None,
    )


def _assignment(value: Assignment, region: str, previous: Mapping[str, str]) -> plan_pb2.Assignment:
    return plan_pb2.Assignment(
        incident=incident_name(region, value.incident_id),
        promise=promise(value.promise),
        chosen=candidate(value.chosen, region),
        runners_up=[candidate(rival, region) for rival in value.runners_up],
        previous_unit=previous.get(value.incident_id, ""),
        changed=value.changed,
        snapped_location=message_of(value.snapped) if value.snapped else None,
        tour_index=value.position - 1,
        after=incident_name(region, value.after) if value.after else "",
    )


def _unserved(value: Unserved, region: str, previous: Mapping[str, str]) -> plan_pb2.Unserved:
    return plan_pb2.Unserved(
        incident=incident_name(region, value.incident_id),
        promise=promise(value.promise),
        reason=reason(value.reason),
        cost=cost(value.cost),
        previous_unit=previous.get(value.incident_id, ""),
        snapped_location=message_of(value.snapped) if value.snapped else None,
    )


def slot(value: Slot, region: str, provider_of: Mapping[str, str], language: Language) -> plan_pb2.Slot:
    """``provider_of``: by unit id, the id of its provider."""
    written = plan_pb2.Slot(
        start=write_time(value.start),
        latest=write_time(value.latest),
        offered=value.offered,
        added_millimin=value.cost,
        unit=unit_name(region, provider_of[value.unit_id], value.unit_id) if value.unit_id else "",
        after=incident_name(region, value.after) if value.after else "",
        reason=reason(reason_in(value.reason, language)) if value.reason else None,
    )
    if value.arrives_at is not None:
        written.arrives_at.CopyFrom(write_time(value.arrives_at))
    return written
