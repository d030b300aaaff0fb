"""Bad input is refused with a typed error that names the row and says what to do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.errors import SitingError, SitingImpossibleError
from engine.siting import SitingProblem, expected_cover, max_cover, p_centre, p_median, set_cover
from graphs.search import INF

GOOD: dict[str, Any] = {
    "arrival_ms": [[10, 90], [80, 20]],
    "weight": [1.0, 2.0],
    "within_ms": [30, 30],
    "contract_cost": [5.0, 7.0],
    "existing": [False, False],
}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"arrival_ms": np.empty((0, 2)), "weight": [], "within_ms": []}, "no demand"),
        ({"arrival_ms": np.empty((2, 0)), "contract_cost": [], "existing": []}, "no sites"),
        ({"arrival_ms": [1, 2]}, "2 dimensions"),
        ({"arrival_ms": "far"}, "array of numbers"),
        ({"arrival_ms": [[10, 90], [80, -1]]}, r"arrival_ms\[1, 1\]"),
        ({"arrival_ms": [[10, float("nan")], [80, 1]]}, r"arrival_ms\[0, 1\]"),
        ({"arrival_ms": [[INF, INF], [INF, INF]]}, "no site has a way"),
        ({"weight": [1.0, -2.0]}, r"weight\[1\]"),
        ({"weight": [float("nan"), 1.0]}, r"weight\[0\]"),
        ({"weight": [float("inf"), 1.0]}, r"weight\[0\]"),
        ({"weight": [0.0, 0.0]}, "all weights are zero"),
        ({"weight": [1.0]}, "row of demand"),
        ({"within_ms": [30, 0]}, r"within_ms\[1\]"),
        ({"within_ms": [30]}, "row of demand"),
        ({"contract_cost": [5.0, -1.0]}, r"contract_cost\[1\]"),
        ({"contract_cost": [5.0]}, "each site"),
        ({"existing": [False]}, "each site"),
        ({"existing": [False, 3]}, "true or false"),
        ({"crews": [1]}, "each site"),
        ({"crews": [1, 0.5]}, r"crews\[1\]"),
    ],
)
def test_a_problem_that_cannot_be_used(changed: dict[str, Any], message: str) -> None:
    """Each wrong field is named, with the row or site where there is one."""
    with pytest.raises(SitingError, match=message):
        SitingProblem(**{**GOOD, **changed})


@pytest.mark.parametrize("sites", [0, -1, 3, 1.5])
@pytest.mark.parametrize("question", [max_cover, p_median, p_centre])
def test_a_number_of_sites_that_cannot_be(question: Any, sites: Any) -> None:
    """None, less, more than there are, and parts of sites are refused."""
    with pytest.raises(SitingError, match="give 1 to 2"):
        question(SitingProblem(**GOOD), sites)


@pytest.mark.parametrize("question", [max_cover, p_median, p_centre])
def test_a_budget_that_buys_nothing(question: Any) -> None:
    """The cheapest candidate is named."""
    with pytest.raises(SitingImpossibleError, match="cheapest candidate costs 5"):
        question(SitingProblem(**GOOD), budget=4.0)


def test_other_questions_that_cannot_be() -> None:
    """No limits, no candidates, no time, odd budgets, shares and words."""
    problem = SitingProblem(**GOOD)
    full = SitingProblem(**{**GOOD, "existing": [True, True]})
    for ask, message in [
        (lambda: max_cover(problem), "how many sites"),
        (lambda: max_cover(full, 1), "no candidates"),
        (lambda: set_cover(full), "no candidates"),
        (lambda: expected_cover(full, 1, 0.3), "no candidates"),
        (lambda: p_median(problem, 1, seconds=0.0), "deadline"),
        (lambda: p_median(problem, 1, float("nan")), "budget"),
        (lambda: p_median(problem, 1, unreached_ms=5.0), "longest arrival"),
        (lambda: set_cover(problem, "people"), "sites or cost"),  # ty: ignore[invalid-argument-type]
        (lambda: expected_cover(problem, 0, 0.3), "0 units"),
        (lambda: expected_cover(problem, 1, 1.0), "busy is 1.0"),
        (lambda: expected_cover(problem, 1, 0.3, -1.0), "budget"),
        (lambda: expected_cover(problem, 1, 0.3, most_at_site=[1]), "each site"),
        (lambda: expected_cover(problem, 1, 0.3, most_at_site=[0, 0]), "no unit anywhere"),
        (lambda: expected_cover(problem, 1, 0.3, most_at_site=[1, -1]), r"most_at_site\[1\]"),
    ]:
        with pytest.raises(SitingError, match=message):
            ask()
    with pytest.raises(SitingImpossibleError, match="costs 5 a unit"):
        expected_cover(problem, 1, 0.3, 4.0)


def test_existing_sites_serve_and_cost_nothing() -> None:
    """Who is served already stays served, and neither the number nor the budget counts it."""
    problem = SitingProblem(**{**GOOD, "existing": [True, False]})
    plan = max_cover(problem, 1, 7.0)
    assert plan.covered_share == 1.0
    assert plan.chosen.tolist() == [1]
    assert plan.cost == 7.0
    assert plan.assignment.tolist() == [0, 1]
