"""Requests about coverage as values of the engine; run in the processes that evaluate.

Nothing of a request names a file: whatever would is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

import numpy as np
from google.protobuf.struct_pb2 import Struct, Value  # ty: ignore[missing-module-member]  # made at run time
from towline.v1 import coverage_service_pb2 as pb

from engine.coverage.layer import DemandLayer
from engine.coverage.stands import Crews, Stands
from engine.errors import DemandError, DemandRowsError, ScenarioError, TableError
from engine.model import Fleet, Provider, Service
from engine.policy import Policy
from engine.scenario.problems import Problems, ScenarioProblem
from engine.scenario.read import INCLUDE, parse_scenario
from engine.scenario.scenario import Scenario
from engine.server import enums, incoming
from engine.server.coverage_words import CrewSelection
from engine.server.fault_field import fault_fields
from engine.server.wire_time import read_any_time, read_duration
from graphs.posts import Posts
from graphs.region import Region

_NO_INCLUDE = "cannot be followed here; send one scenario with all it needs"


def scenario_of(message: pb.CoverageScenario, path: str) -> Scenario:
    """By its form, with the rows of its layer; ScenarioError with every problem, its field the path. DemandError."""
    form = message.WhichOneof("form")
    try:
        found = parse_scenario(message.toml, "", None) if form == "toml" else _of_content(message.content)
    except ScenarioError as error:
        raise error.about(path, field=f"{path}.{form}") from None
    source = message.WhichOneof("layer_source")
    if source is None:
        return found
    if found.demand.layer is None:
        field = f"{path}.{source}"
        raise DemandError(f"{field} are the rows of no file: the scenario names no demand.layer", field=field)
    return found.changed(brought=_layer(getattr(message, source), f"{path}.{source}"))


def _of_content(content: Struct) -> Scenario:
    raw = table_of(content)
    problems = Problems()
    if INCLUDE in raw:
        problems.add((INCLUDE,), _NO_INCLUDE)
        del raw[INCLUDE]
    when = raw.get("when")
    if isinstance(when, dict) and isinstance(when.get("at"), str):
        with suppress(ValueError):
            when["at"] = datetime.fromisoformat(when["at"])
    return Scenario.of_raw(raw, None, {}, problems)


def table_of(content: Struct) -> dict[str, Any]:
    """What a TOML file with the same keys would hold."""
    return {key: _value(content.fields[key]) for key in sorted(content.fields)}


def _value(value: Value) -> Any:
    """As TOML would have it: JSON has no whole numbers, so those that are whole are taken as such."""
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return table_of(value.struct_value)
    if kind == "list_value":
        return [_value(each) for each in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if abs(number) < 2**53 and number == int(number) else number
    return None if kind in (None, "null_value") else getattr(value, kind)


def services_of(numbers: Iterable[int]) -> tuple[Service, ...]:
    """In their order, each once."""
    asked = enums.SERVICE.read_all(numbers)
    return tuple(each for each in Service if each in asked)


def layer_of(terms: pb.CoverageTerms) -> DemandLayer | None:
    """The request's own demand, None where it has none; DemandError with the field."""
    source = terms.WhichOneof("demand_source")
    return None if source is None else _layer(getattr(terms, source), f"terms.{source}")


def _layer(message: pb.DemandCells | pb.DemandPoints, path: str) -> DemandLayer:
    if isinstance(message, pb.DemandCells):
        what, places, sizes = "cells", message.cells, {"demand": len(message.demand)}
    else:
        what, places, sizes = "lon", message.lon, {"lat": len(message.lat)}
        if message.demand:
            sizes["demand"] = len(message.demand)
    for name, size in sizes.items():
        if size != len(places):
            raise DemandError(
                f"{path} has {len(places):,} {what} but {size:,} {name}; give one for each", field=f"{path}.{name}"
            )
    weight = np.array(message.demand) if message.demand else np.ones(len(places))
    # By its file a layer that is put on roads says which of its rows are far from any.
    named: dict[str, Any] = {"file": path, "rows": np.arange(len(places))}
    name, unit = message.display_name or "request", message.unit or "demand"
    try:
        if isinstance(message, pb.DemandCells):
            return DemandLayer(name, unit, weight, cells=tuple(message.cells), **named)
        return DemandLayer(name, unit, weight, lon=np.array(message.lon), lat=np.array(message.lat), **named)
    except DemandError as error:
        row = error.metadata.get("row")
        field = path if row is None else f"{path}.demand[{row}]"
        raise error.about(path, field=field) from None


def off_roads(error: TableError) -> DemandRowsError:
    """Rows of the request's demand that are not on roads, as problems of its field."""
    path = error.problems[0].file
    what = "cells" if error.problems[0].column == "cell" else "lon"
    problems = tuple(ScenarioProblem("", 0, f"{what}[{each.row}]", each.message) for each in error.problems)
    first, count = error.problems[0], len(problems)
    more = f" (and {count - 1:,} more)" if count > 1 else ""
    return DemandRowsError(f"{path}.{what}[{first.row}] {first.value} {first.message}{more}", problems, field=path)


def fleet_of(request: Any, stored: Fleet | None, region_id: str, posts: Posts | None, now: datetime) -> Fleet:
    """The request's own fleet, or that of the server; the error of the first provider or unit that cannot be used."""
    return _complete(incoming.fleet(request.fleet, region_id, now, posts=posts) if stored is None else stored)


def stands_of(request: Any, fleet: Fleet, region: Region, policy: Policy, now: datetime, crews: Crews) -> Stands:
    """Where the crews that count set off from; the error of the first provider or unit that cannot be used."""
    with fault_fields(unit=("fleet.units", fleet.units), provider=("fleet.providers", fleet.providers)):
        return Stands.of(
            region, fleet, policy, crews=crews, at=time_of(request, now), told_minutes=told_minutes(request)
        )


def crews_of(request: Any) -> Crews:
    """Which count."""
    found: Any = enums.CREW_SELECTION.read(request.terms.crews) if request.terms.crews else CrewSelection.ALL
    return found.value


def time_of(request: Any, now: datetime) -> datetime:
    """When crews are on duty, or free."""
    return read_any_time(request.terms.at) if request.terms.HasField("at") else now


def told_minutes(request: Any) -> float:
    """From a call until a crew is told of it."""
    return minutes_of(request.terms, "told_duration", 0.0)


def minutes_of(message: Any, field: str, default: float) -> float:
    """A duration in minutes."""
    return read_duration(getattr(message, field)).total_seconds() / 60 if message.HasField(field) else default


def _complete(fleet: Fleet) -> Fleet:
    """With providers of whom a request says nothing but their units: they serve everywhere."""
    known = {provider.id for provider in fleet.providers}
    missing = dict.fromkeys(unit.provider_id for unit in fleet.units if unit.provider_id not in known)
    return Fleet((*fleet.providers, *(Provider(name) for name in missing)), fleet.units) if missing else fleet
