"""Questions for advice as values of the engine; run in the processes that evaluate."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import numpy as np
from towline.v1 import planning_service_pb2 as pb

from engine.coverage.planner import Planner
from engine.coverage.siting_candidates import Candidates, heaviest_cells, usual_mobilisation
from engine.coverage.stands import Stands
from engine.errors import (
    DuplicateIdError,
    SitingError,
    SitingImpossibleError,
    StaffingError,
    StaffingImpossibleError,
    StandbyError,
)
from engine.model import Fleet, Service
from engine.policy import Policy
from engine.server import coverage_incoming as incoming
from engine.server.names import parse_unit, require_region
from engine.server.wire_time import read_duration
from engine.staffing import ShiftRules, parse_rules
from engine.standby import StandbyLimits
from engine.standby.free import free_units
from graphs.position import Positions
from graphs.region import Region

#: What the engine calls fields, as the requests do.
_NAMES = {
    "sites": "site_count",
    "units": "site_count",
    "busy": "busy_share",
    "moves": "move_count",
    "drive_minutes": "drive_duration",
    "least_gain": "least_gain_share",
    "cells": "cell_count",
    "seconds": "search_duration",
}


@contextmanager
def asked_in(request: Any) -> Generator[None, None, None]:
    """Within, errors about advice name the request's field."""
    try:
        yield
    except (SitingError, SitingImpossibleError, StandbyError, StaffingError, StaffingImpossibleError) as error:
        if (field := error.metadata.get("field")) is None:
            raise
        known = {**error.metadata, "field": _path(request, str(field), error.metadata.get("index"))}
        raise type(error)(error.message, **known) from None


def _path(request: Any, field: str, index: Any) -> str:
    """Of what the engine calls a field; as it is where the request has it itself."""
    kind, root = request.DESCRIPTOR.name, field.split(".")[0].split("[")[0]
    if field == "candidates" and kind == "ChooseSitesRequest":
        if not request.HasField("candidates"):
            return "heaviest_cells"
        return "candidates.candidates" if index is None else f"candidates.candidates[{index}].id"
    if root in ("provider", "shift", "when") and request.HasField("scenario"):
        return f"scenario.{request.scenario.WhichOneof('form')}.{field}"
    if kind == "AdviseStandbyRequest" and field == "units":
        return field
    if field in _NAMES:
        return _NAMES[field]
    if kind == "PlanShiftsRequest" and root not in request.DESCRIPTOR.fields_by_name:
        return f"shift_rules.{request.shift_rules.WhichOneof('form')}.{field}"
    return field


def optional(message: Any, field: str) -> Any:
    """None where it is not set."""
    return getattr(message, field) if message.HasField(field) else None


def seconds_of(request: Any, default: float) -> float:
    """How long a search may take."""
    given = request.HasField("search_duration")
    return read_duration(request.search_duration).total_seconds() if given else default


def candidates_of(message: pb.SiteCandidates, region: Region, policy: Policy, stands: Stands) -> Candidates:
    """Those that a request lists; SitingError, DuplicateIdError and what snapping raises, with the field."""
    sent = message.candidates
    taken = {provider.id for provider in stands.providers}
    twice = Counter(each.id for each in sent)
    for index, each in enumerate(sent):
        if each.id in taken or twice[each.id] > 1:
            whose = "a provider of the fleet" if each.id in taken else "another candidate"
            field = f"candidates.candidates[{index}].id"
            raise DuplicateIdError(f"{field} {each.id!r} is that of {whose}; take another", field=field, id=each.id)
    priced = [each.HasField("contract_cost") for each in sent]
    if any(priced) and not all(priced):
        index = priced.index(False)
        raise SitingError(
            f"candidates.candidates[{index}] has no contract_cost and others have: give all of them one, or none",
            field=f"candidates.candidates[{index}].contract_cost",
        )
    lon, lat = np.array([each.lon for each in sent]), np.array([each.lat for each in sent])
    _on_roads(region, lon, lat, policy, "candidates.candidates")
    everything = frozenset(Service)
    return Candidates(
        message.display_name or "the request",
        tuple(each.id for each in sent),
        lon,
        lat,
        np.array([each.contract_cost for each in sent], np.float64),
        np.array([each.crew_count if each.HasField("crew_count") else 1 for each in sent], np.int64),
        tuple(frozenset(incoming.services_of(each.services)) or everything for each in sent),
        np.array([incoming.minutes_of(each, "mobilisation_duration", 0.0) for each in sent]),
        priced=all(priced),
        sized=any(each.HasField("crew_count") for each in sent),
    )


def heaviest_of(message: pb.HeaviestCells, planner: Planner, stands: Stands, service: Service) -> Candidates:
    """A candidate in each of so many cells."""
    minutes = incoming.minutes_of(message, "mobilisation_duration", usual_mobilisation(stands, service))
    return heaviest_cells(planner.pieces, planner.demand, message.cell_count, mobilisation_minutes=minutes)


def places_of(
    sent: Sequence[pb.WaitingPlace], region: Region, policy: Policy
) -> tuple[tuple[str, ...], Positions] | None:
    """Names and positions of where units may wait; None where nothing is said."""
    if not sent:
        return None
    lon, lat = np.array([each.lon for each in sent]), np.array([each.lat for each in sent])
    names = tuple(each.display_name or f"place {row}" for row, each in enumerate(sent))
    return names, _on_roads(region, lon, lat, policy, "places")


def units_of(names: Sequence[str], region_id: str, fleet: Fleet, at: datetime) -> tuple[str, ...]:
    """Ids of the units that may move; StandbyError for one that is not there, or not free."""
    found: list[str] = []
    free = {unit for units in free_units(fleet, at) for unit in units} if names else set[str]()
    provider_of = {unit.id: unit.provider_id for unit in fleet.units} if names else {}
    for index, name in enumerate(names):
        field = f"units[{index}]"
        region, provider, unit = parse_unit(name, field)
        require_region(region, region_id, name, field)
        if provider_of.get(unit) != provider:
            raise StandbyError(f"there is no unit {name} in the fleet", field=field, unit=name)
        if unit not in free:
            raise StandbyError(
                f"unit {name} is not free; advice is for free units, name others", field=field, unit=name
            )
        found.append(unit)
    return tuple(found)


def limits_of(request: pb.AdviseStandbyRequest, usual: StandbyLimits) -> StandbyLimits:
    """What is asked of units."""
    return StandbyLimits(
        request.move_count if request.HasField("move_count") else usual.moves,
        incoming.minutes_of(request, "drive_duration", usual.drive_minutes),
        request.least_gain_share if request.HasField("least_gain_share") else usual.least_gain,
        seconds_of(request, usual.seconds),
    )


def rules_of(message: pb.ShiftRules) -> ShiftRules:
    """By their form; StaffingError with the path of what is wrong."""
    form = message.WhichOneof("form")
    try:
        raw = tomllib.loads(message.toml) if form == "toml" else incoming.table_of(message.content)
        return parse_rules(raw)
    except tomllib.TOMLDecodeError as error:
        raise StaffingError(f"shift_rules.toml is no TOML: {error}", field="shift_rules.toml") from None
    except (ValueError, RecursionError):  # an integer of thousands of digits; lists in each other without end
        raise StaffingError("shift_rules.toml is no TOML that can be read", field="shift_rules.toml") from None
    except StaffingError as error:
        key = error.metadata.get("field", "")
        path = f"shift_rules.{form}{'.' if key else ''}{key}"
        raise error.about("shift_rules", field=path) from None


def _on_roads(region: Region, lon: np.ndarray, lat: np.ndarray, policy: Policy, path: str) -> Positions:
    """The error of the first place that is far from roads, with its field."""
    limit = policy.limits.max_snap_m
    for row, error in sorted(region.snapper.snap_each(lon, lat, limit).errors.items()):
        raise error.about(f"{path}[{row}]", field=f"{path}[{row}]")
    return region.snapper.snap(lon.tolist(), lat.tolist(), limit)
