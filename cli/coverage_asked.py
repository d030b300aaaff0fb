"""The coverage commands asked of a running server: the same answers, about the fleet that it keeps."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli import console
from cli import planning_messages as reading
from cli.coverage_files import tell_files
from cli.planning import tell_hours, tell_mobilisation
from cli.planning_server import (
    PlanningServer,
    duration,
    formats_of,
    scenario_message,
    service_names,
    write_contents,
)

if TYPE_CHECKING:
    from engine.coverage.siting_candidates import Candidates
    from engine.model import Service
    from engine.scenario import Scenario
    from engine.staffing.told import ToldShifts
    from engine.standby import StandbyLimits
    from engine.texts import Language

Files = dict[str, Path | None]  # by option


def evaluate(
    at: PlanningServer,
    scenario: Scenario | None,
    services: tuple[Service, ...],
    terms: dict[str, Any],
    gaps: int,
    worth: int,
    files: Files,
    told_minutes: float,
    calls: tuple[float, tuple[Service, ...]] | None,
    language: Language,
) -> None:
    """`towline coverage evaluate`."""
    from towline.v1 import coverage_service_pb2 as pb

    from cli.views import coverage as view
    from engine.coverage.expected_result import expected_json
    from engine.coverage.result_json import told_json

    asked: Any = {} if scenario is None else {"scenario": scenario_message(scenario)}
    request = pb.EvaluateCoverageRequest(
        parent=at.parent,
        server_fleet={},
        services=service_names(services),
        terms=terms,
        detail={"gap_count": gaps, "provider_count": worth} | _files_asked(files, language),
        calls_per_day=None if calls is None else calls[0],
        call_services=() if calls is None else service_names(calls[1]),
        **asked,
    )
    answer = at.coverage("EvaluateCoverage", request, "Looking who is where first", scenario)
    (variant,) = answer.variants
    at.raise_of(variant, scenario)
    result = reading.result_of(variant.title, variant.evaluations, answer)
    expected = None if calls is None else reading.expected_of(variant)
    if expected is not None:
        result = replace(result, calls=expected.calls)
    tell_hours(answer.traffic, scenario)
    _write(answer.files, files, len(result.evaluations))
    if console.json_wanted():
        console.print_json(told_json(result, gaps, worth) | expected_json(expected))
        return
    screen = console.stdout()
    view.print_result(screen, at.title, result, told_minutes)
    if expected is not None:
        view.print_expected(screen, expected, result)
    if len(result.evaluations) == 1:
        view.print_gaps(screen, result.evaluations[0].gaps)
        view.print_worth(screen, result.evaluations[0].worth, result.evaluations[0].demand_unit)


def whatif(
    at: PlanningServer,
    scenario: Scenario,
    services: tuple[Service, ...],
    terms: dict[str, Any],
    gaps: int,
    files: Files,
    language: Language,
) -> None:
    """`towline coverage whatif`."""
    from towline.v1 import coverage_service_pb2 as pb

    from cli.views import coverage as view
    from engine.coverage.changes import told_change_json

    request = pb.CompareCoverageRequest(
        parent=at.parent,
        server_fleet={},
        scenarios=[scenario_message(scenario, "scenarios[0]")],
        services=service_names(services),
        terms=terms,
        detail={"gap_count": gaps} | _files_asked(files, language),
    )
    answer = at.coverage("CompareCoverage", request, "Looking before and after", scenario)
    (both,) = answer.comparisons
    at.raise_of(both, scenario)
    before, after = (
        reading.result_of(title, found, answer) for title, found in (("", both.before), (both.title, both.after))
    )
    tell_hours(answer.traffic, scenario)
    _write(answer.files, files, len(after.evaluations))
    if console.json_wanted():
        console.print_json(told_change_json(before, after, gaps))
        return
    view.print_change(console.stdout(), at.title, before, after)


def compare(
    at: PlanningServer,
    scenarios: Sequence[Scenario],
    services: tuple[Service, ...],
    terms: dict[str, Any],
    map: Path | None,
    language: Language,
) -> tuple[list[Any], list[Any], str, Sequence[Any]]:
    """`towline coverage compare`: (rows under the scenarios, rows as it is, traffic, the map as it was sent)."""
    from towline.v1 import coverage_service_pb2 as pb

    request = pb.CompareCoverageRequest(
        parent=at.parent,
        server_fleet={},
        scenarios=[scenario_message(each, f"scenarios[{index}]") for index, each in enumerate(scenarios)],
        services=service_names(services),
        terms=terms,
        detail={"gap_count": 0, "language_code": language.value},
        comparison_files=formats_of(map),
    )
    answer = at.coverage("CompareCoverage", request, "Looking at scenarios", *scenarios)
    return *reading.rows_of(answer.comparisons, scenarios), answer.traffic, answer.comparison_files


def site(
    at: PlanningServer,
    question: dict[str, Any],
    scenario: Scenario | None,
    service: Service,
    terms: dict[str, Any],
    seconds: float,
    files: Files,
    write_scenario: Path | None,
    language: Language,
) -> None:
    """`towline coverage site`."""
    from towline.v1 import planning_service_pb2 as pb

    from cli.views import siting as view
    from engine.coverage.siting_result import moved_text, told_sites_json

    asked: Any = question if scenario is None else question | {"scenario": scenario_message(scenario)}
    request = pb.ChooseSitesRequest(
        parent=at.parent,
        server_fleet={},
        service=f"SERVICE_{service.name}",
        terms=terms,
        search_duration=duration(seconds),
        **_files_asked(files, language),
        **asked,
    )
    answer = at.advice("ChooseSites", request, "Looking for the best sites", scenario)
    told = reading.sites_of(answer.plan, answer)
    if answer.plan.HasField("mobilisation_duration") and not request.heaviest_cells.HasField("mobilisation_duration"):
        tell_mobilisation(answer.plan.mobilisation_duration.ToTimedelta().total_seconds() / 60)
    tell_hours(answer.traffic, scenario)
    text = told.scenario
    if write_scenario is not None and scenario is not None:
        text = moved_text(text, scenario.folder, write_scenario)
    _write(answer.files, files, len(told.after.evaluations), write_scenario, text)
    if console.json_wanted():
        console.print_json(told_sites_json(told))
        return
    view.print_answer(console.stdout(), at.title, told)


def candidates_message(found: Candidates) -> dict[str, Any]:
    """Of a table."""
    from engine.model import Service

    every = frozenset(Service)
    return {
        "display_name": found.name[:100],
        "candidates": [
            {
                "id": name,
                "lon": found.lon[row],
                "lat": found.lat[row],
                "contract_cost": found.contract_cost[row] if found.priced else None,
                "crew_count": int(found.crews[row]) if found.sized else None,
                "services": [] if found.services[row] == every else service_names(tuple(found.services[row])),
                "mobilisation_duration": duration(60 * found.mobilisation_minutes[row]),
            }
            for row, name in enumerate(found.ids)
        ],
    }


def standby(
    at: PlanningServer,
    question: dict[str, Any],
    scenario: Scenario | None,
    services: tuple[Service, ...],
    terms: dict[str, Any],
    limits: StandbyLimits,
    map: Path | None,
    language: Language,
) -> None:
    """`towline coverage standby`."""
    from towline.v1 import planning_service_pb2 as pb

    from cli.views.standby import print_advice

    asked: Any = question if scenario is None else question | {"scenario": scenario_message(scenario)}
    request = pb.AdviseStandbyRequest(
        parent=at.parent,
        server_fleet={},
        services=service_names(services),
        terms=terms,
        move_count=limits.moves,
        drive_duration=duration(60 * limits.drive_minutes),
        least_gain_share=limits.least_gain,
        search_duration=duration(limits.seconds),
        **_files_asked({"--map": map}, language),
        **asked,
    )
    answer = at.advice("AdviseStandby", request, "Looking where units would help most", scenario)
    advice, versions = reading.advice_of(answer.advice, answer.demand, limits), reading.versions_of(answer.versions)
    _write(answer.files, {"--map": map}, 1)
    if console.json_wanted():
        console.print_json(advice.to_json() | {"versions": asdict(versions), "traffic": answer.traffic})
        return
    print_advice(console.stdout(), at.title, advice, answer.traffic, versions)


def shifts(
    at: PlanningServer,
    rules: Path | None,
    said: dict[str, Any],
    scenario: Scenario | None,
    services: tuple[Service, ...],
    terms: dict[str, Any],
    seconds: float,
    gap: float,
    save: Path | None,
    map: Path | None,
    picture: Path | None,
    language: Language,
    play: bool,
) -> ToldShifts:
    """`towline coverage shifts`; the plan that was told."""
    from towline.v1 import planning_service_pb2 as pb

    from cli.views.staffing import print_plan

    content: dict[str, Any] = {} if rules is None else tomllib.loads(rules.read_text("utf-8"))
    given = {name: value for name, value in said.items() if value is not None}
    if "target" in given or "crew_hours" in given:
        content = {name: value for name, value in content.items() if name not in ("target", "crew_hours")}
    asked: Any = {} if scenario is None else {"scenario": scenario_message(scenario)}
    request = pb.PlanShiftsRequest(
        parent=at.parent,
        server_fleet={},
        services=service_names(services),
        terms=terms,
        gap_share=gap,
        search_duration=duration(seconds),
        skip_play=not play,
        **_files_asked({"--map": map, "--picture": picture}, language),
        **asked,
    )
    request.shift_rules.content.update(content | given)
    answer = at.advice("PlanShifts", request, "Planning shifts", scenario)
    told = reading.shifts_of(answer.plan, answer)
    texts = {} if save is None else {save: answer.plan.scenario_toml}
    write_contents(answer.files, {"--map": map, "--picture": picture}, texts)
    tell_files(1, map, picture, None, None)
    tell_hours(answer.traffic)
    if console.json_wanted():
        console.print_json(told.to_json() | {"traffic": answer.traffic})
    else:
        print_plan(console.stdout(), at.title, told, answer.traffic)
    return told


def _files_asked(files: Files, language: Language) -> dict[str, Any]:
    return {"files": formats_of(*files.values()), "language_code": language.value}


def _write(sent: Any, files: Files, evaluations: int, scenario: Path | None = None, text: str = "") -> None:
    write_contents(sent, files, {} if scenario is None else {scenario: text})
    tell_files(evaluations, files.get("--map"), files.get("--picture"), files.get("--gis"), scenario)
