"""Questions for advice as values of the engine; run in the processes that evaluate."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from towline.v1 import planning_service_pb2 as pb

from engine.coverage.planner import Planner
from engine.coverage.siting_candidates import Candidates, heaviest_cells, usual_mobilisation
from engine.coverage.stands import Stands
from engine.errors import DuplicateIdError, SitingError, StaffingError
from engine.model import Fleet, Service
from engine.policy import Policy
from engine.server import coverage_incoming as incoming
from engine.server.names import parse_unit, require_region
from engine.server.wire_time import read_duration
from engine.staffing import ShiftRules, parse_rules
from engine.standby import StandbyLimits
from engine.standby.free import free_units, willing
from graphs.position import Positions
from graphs.region import Region


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
    found = []
    for index, name in enumerate(names):
        field = f"units[{index}]"
        region, _, unit = parse_unit(name, field)
        require_region(region, region_id, name, field)
        found.append(unit)
    if found:
        willing(free_units(fleet, at), frozenset(found), fleet)
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
