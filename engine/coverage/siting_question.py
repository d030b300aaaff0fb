"""Whether a question about sites can be asked so: all that is known before anything is searched for."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engine.coverage.siting_candidates import Candidates
from engine.coverage.siting_steps import Goal
from engine.errors import SitingError
from engine.model import Service
from engine.scenario.model import AddProvider
from engine.scenario.scenario import Scenario
from engine.siting.expected import check_units, spendable
from engine.siting.limits import Limits


def check_question(
    goal: Goal,
    service: Service,
    candidates: Candidates,
    sites: int | None,
    budget: float | None,
    busy: float | None,
    scenario: Scenario | None,
) -> None:
    """SitingError, or SitingImpossibleError, with the field, for what `choose_sites` cannot answer."""
    if goal is Goal.ALL and (sites is not None or budget is not None):
        raise SitingError(
            "to cover all is to ask how many are needed: leave out the number and the budget",
            field="sites" if budget is None else "budget",
        )
    if goal is not Goal.ALL and sites is None and budget is None:
        raise SitingError("say how many sites may be opened, or what they may cost", field="sites")
    if (busy is None) is (goal is Goal.EXPECTED):
        what = "say how busy crews are, as a share of the time such as 0.3" if busy is None else "leave it out"
        raise SitingError(f"the goal expected, and no other, counts busy crews: {what}", field="busy")
    if budget is not None and not candidates.priced:
        raise SitingError(
            f"{candidates.name}: nothing says what candidates cost; a budget needs the contract_cost of each",
            field="budget",
        )
    if scenario is not None and scenario.sweep is not None:
        raise SitingError("the scenario holds a sweep, many questions at once: give one without", field="scenario")
    usable = candidates.offering(service)
    costs = candidates.contract_cost[usable]
    if goal is Goal.EXPECTED:
        check_units(1 if sites is None else sites, busy or 0.0)
        spendable(costs, budget)
    elif goal is not Goal.ALL:
        Limits.among(np.asarray(costs, np.float64), sites, budget)
    added = [each.id for each in (scenario.providers if scenario else ()) if isinstance(each, AddProvider)]
    refuse_taken(candidates, added)


def refuse_taken(candidates: Candidates, there: Iterable[str]) -> None:
    """SitingError for an id of two candidates, or of a provider that is there or that the scenario adds."""
    taken = set(there)
    for row, each in enumerate(candidates.ids):
        if each in taken:
            raise SitingError(
                f"candidate {row} of {candidates.name} has the id {each!r} of another; give it one of its own",
                field="candidates",
                index=row,
            )
        taken.add(each)
