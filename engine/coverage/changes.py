"""Before and after: the same moments and services without and with what a scenario changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from engine.coverage.evaluation import Result
from engine.coverage.planner import Planner, offered
from engine.coverage.result_json import evaluation_json
from engine.coverage.stands import Stands
from engine.coverage.told import ToldResult
from engine.model import Service
from engine.scenario.scenario import Scenario

#: Title of the answer about how things are.
AS_IT_IS = "As it is"


def baseline_of(scenario: Scenario) -> Scenario:
    """A scenario's moments and services, and nothing that it changes: usual weather, promises, roads and fleet."""
    return Scenario(title=AS_IT_IS, when=replace(scenario.when, weather=None))


def before_and_after(
    planner: Planner, stands: Stands, scenario: Scenario, services: Collection[Service] = ()
) -> tuple[Result, Result]:
    """(as it is, under the scenario), evaluation by evaluation the same moment and service."""
    checked = planner.checked(scenario, stands)
    asked = scenario.when.services or tuple(services) or offered(stands)
    return planner.evaluate(stands, baseline_of(scenario), asked), planner.evaluate(stands, checked, asked)


def change_json(before: Result, after: Result, *, gaps_shown: int = 20) -> dict[str, Any]:
    """Both, and what changed: demand covered and reached by nobody, share, 90 % minutes, after less before.

    ``later_minutes`` is the mean over the demand that is reached before and after: means over different people are
    never taken from each other.
    """
    return told_change_json(ToldResult.of(before), ToldResult.of(after, gaps_shown, before=before), gaps_shown)


def told_change_json(before: ToldResult, after: ToldResult, gaps_shown: int) -> dict[str, Any]:
    """The same of results that were told, ``after`` with so many gaps."""
    rows = []
    for first, then in zip(before.evaluations, after.evaluations, strict=True):
        old, new = first.figures, then.figures
        rows.append(
            {
                "moment": then.moment,
                "service": then.service.value,
                "before": evaluation_json(first, 0, 0),
                "after": evaluation_json(then, gaps_shown, 0),
                "change": {
                    "covered": round(new.covered - old.covered, 3),
                    "share": round(new.share - old.share, 6),
                    "unreached": round(new.unreached - old.unreached, 3),
                    "later_minutes": None if then.later_minutes is None else round(then.later_minutes, 3),
                    "p90_minutes": _less(new.p90_minutes, old.p90_minutes),
                },
            }
        )
    return {"title": after.title, "result_before": before.digest, "result": after.digest, "evaluations": rows}


def _less(new: float | None, old: float | None) -> float | None:
    return None if new is None or old is None else round(new - old, 3)
