"""Siting: where the next sites should be, with a bound and a gap (docs/siting.md)."""

from __future__ import annotations

from engine.siting.expected import expected_cover as expected_cover
from engine.siting.max_cover import max_cover as max_cover
from engine.siting.p_centre import p_centre as p_centre
from engine.siting.p_median import p_median as p_median
from engine.siting.plan import SitingPlan as SitingPlan
from engine.siting.problem import SitingProblem as SitingProblem
from engine.siting.set_cover import set_cover as set_cover
