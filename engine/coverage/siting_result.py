"""A siting answer as a document, and as the scenario file that tells it again."""

from __future__ import annotations

import math
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from engine.coverage.changes import told_change_json
from engine.coverage.siting import SiteAnswer
from engine.coverage.siting_steps import Figures
from engine.coverage.siting_told import ToldSites
from engine.scenario.scenario import Scenario


def answer_json(answer: SiteAnswer) -> dict[str, Any]:
    """The chosen sites, exact figures before and after, bound and gap; demand and minutes to three decimals."""
    return told_sites_json(ToldSites.of(answer))


def told_sites_json(answer: ToldSites) -> dict[str, Any]:
    """The same of an answer that was told."""
    return {
        "goal": answer.goal.value,
        "service": answer.service.value,
        "busy": answer.busy,
        "candidates": {"name": answer.candidates, "count": answer.candidate_count, "offering": answer.offering},
        "unit": answer.unit,
        "objective": _rounded(answer.objective, 9),
        "bound": _rounded(answer.bound, 9),
        "gap": _rounded(answer.gap, 9),
        "proven": answer.proven,
        "cost": round(answer.cost, 3),
        "places": answer.places,
        "places_looked_at": answer.places_looked_at,
        "beyond": round(answer.beyond, 3),
        "chosen": [
            {
                "id": each.id,
                "lon": each.lon,
                "lat": each.lat,
                "road": each.road,
                "crews": each.crews,
                "contract_cost": each.contract_cost,
                "adds": round(each.adds, 3),
                "then": _figures_json(each.then),
                "first_for": round(each.first_for, 3),
                "lost_without": round(each.lost_without, 3),
            }
            for each in answer.chosen
        ],
        "before": _figures_json(answer.figures_before),
        "after": _figures_json(answer.figures_after),
        "evaluations": told_change_json(answer.before, answer.after, 0)["evaluations"],
        "scenario": answer.scenario,
        "result": answer.after.digest,
        "versions": [asdict(each.versions) for each in answer.after.evaluations],
    }


def scenario_text(answer: SiteAnswer, path: str | Path) -> str:
    """The scenario as it is to stand in a file there: what it names by a path is found from its folder."""
    return _moved(answer.scenario, path).to_toml()


def moved_text(text: str, folder: Path | None, path: str | Path) -> str:
    """The same of a scenario's text, whose own file would be in that folder."""
    from engine.scenario.read import parse_scenario

    return _moved(parse_scenario(text, "", folder), path).to_toml()


def _moved(scenario: Scenario, path: str | Path) -> Scenario:
    layer = scenario.demand.layer
    if layer is not None and scenario.folder is not None:
        there = os.path.relpath((scenario.folder / layer).resolve(), Path(path).resolve().parent)
        scenario = replace(scenario, demand=replace(scenario.demand, layer=Path(there).as_posix()))
    return scenario


def _figures_json(figures: Figures) -> dict[str, Any]:
    return {
        "demand": round(figures.demand, 3),
        "covered": round(figures.covered, 3),
        "share": round(figures.share, 6),
        "unreached": round(figures.unreached, 3),
        "mean_minutes": _rounded(figures.mean_minutes, 3),
        "longest_minutes": _rounded(figures.longest_minutes, 3),
        "expected_share": _rounded(figures.expected_share, 6),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, digits)
